"""What loaders of a user's own files share: reading them, and dealing their examples to splits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from keras_rnn_zoo.datasets.splits import SPLITS, grouped, stratified
from keras_rnn_zoo.errors import ZooError

LICENCE = "your own"
LEAST = 6  # of a class, so that a tenth of it, rounded, is not none


class ClassFile(NamedTuple):
    """A file of a class; `split` is `None` where none is given."""

    path: Path
    label: str
    split: str | None


def own_path(path, what: str, folder: bool = False) -> Path:
    """`path` as an absolute `Path`, if there is such a file, or folder; otherwise a `ZooError` that says `what` it should be."""
    if not isinstance(path, (str, Path)) or not str(path):
        raise ZooError(f"`path` should be the path of {what}, received {path!r}.")
    found = Path(path).expanduser().absolute()
    if not (found.is_dir() if folder else found.is_file()):
        there = "another kind of thing" if found.exists() else "nothing there"
        raise ZooError(f"`path` should be {what}, received {str(path)!r}: {there}. Correct the path.")
    return found


def own_text(path: Path) -> str:
    """The text of a UTF-8 file, lines ended by a line feed alone. An empty file, one of another encoding and one with a zero
    byte is a `ZooError`."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(path, error.object, error.start, f"{error.reason} {error.object[error.start]:#04x}") from error
    except OSError as error:
        raise ZooError(f"{path} should be a readable file, received: {error.strerror}.") from error
    if "\0" in text:
        raise _no_text(path, content, content.index(0), "a zero byte, which no text has")
    if not text.strip():
        raise ZooError(f"{path} should hold text, received an empty file.")
    return text.replace("\r\n", "\n")


def _no_text(path: Path, content: bytes, position: int, received: str) -> ZooError:
    begin = content.rfind(b"\n", 0, position) + 1
    line, column = content.count(b"\n", 0, position) + 1, len(content[begin:position].decode("utf-8-sig")) + 1
    return ZooError(
        f"{path}, line {line}, column {column} should be UTF-8 text, received {received}. Save it "
        "as UTF-8; a spreadsheet or another binary file has to be exported as text first."
    )


def class_files(folder: Path, suffixes: Sequence[str]) -> list[ClassFile]:
    """The files of a folder that has a folder for each class, sorted by path; names that begin with a point are left out.

    Args:
        folder: `LABEL/FILE`; or `SPLIT/LABEL/FILE` with the splits `train`, `validation` and `test`.
        suffixes: what a file's name may end in, small letters.

    Raises:
        ZooError: the folder has another form, a file is of another kind or in no class's folder, a class's folder is empty, or
            there are fewer than two classes.
    """
    names = [child.name for child in _folders(folder)]
    given = sorted(set(names) & set(SPLITS))
    if given and sorted(names) != sorted(SPLITS):
        raise ZooError(
            f"{folder} should hold the splits {', '.join(SPLITS)}, or classes alone; received {sorted(names)}."
        )
    roots = [(split, folder / split) for split in SPLITS] if given else [(None, folder)]
    files = [
        ClassFile(file, label.name, split)
        for split, root in roots
        for label in _class_folders(root, suffixes)
        for file in _files(label, suffixes)
    ]
    if not files:
        raise ZooError(
            f"{folder} should hold a folder for each class with its files ({', '.join(suffixes)}) inside, received none."
        )
    check_classes([file.label for file in files], str(folder))
    return files


def check_classes(labels: Sequence[Hashable], where: str) -> None:
    """Raises a `ZooError` unless there are at least two different ones among `labels`."""
    received = sorted(map(str, set(labels)))
    if len(received) < 2:
        raise ZooError(f"{where} should have examples of at least two classes, received {received or 'none'}.")


def digest(path: Path) -> str:
    """What tells files of different contents apart."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def deal(
    keys: Sequence[Hashable],
    labels: Sequence[Hashable] | None,
    seed: int,
    where: str,
    lines: Sequence[int] | None = None,
) -> dict[str, np.ndarray]:
    """Indices of the three splits, 80/10/10, with examples of one key in one split, and each class in its proportion.

    Args:
        keys: equal for examples that belong together.
        labels: the class of each example; `None`: there are none. A key's class is that of its first example.
        seed: of the shuffle. where: the file's name, and lines: on which each example is, for the error.

    Raises:
        ZooError: a split would be empty, or a class is too small to be in each.

    >>> [len(rows) for rows in deal("aabcdefghij", None, 0, "").values()]
    [9, 1, 1]
    """
    numbers: dict[Hashable, int] = {}
    groups = np.array([numbers.setdefault(key, len(numbers)) for key in keys], int)
    if labels is not None:
        return _stratified_groups(groups, labels, seed, where, lines)
    parts = grouped(groups, seed, 0.1)
    if not all(map(len, parts.values())):
        raise ZooError(
            f"{where} should have at least 10 different examples to be dealt to train, validation and test, received "
            f"{len(numbers)} in all. Add more, or give the split."
        )
    return parts


def splits_of(files: Sequence[ClassFile], seed: int, where: str) -> dict[str, np.ndarray]:
    """Indices of the three splits of `files`: as their folders have it, or dealt; equal files are in one split."""
    labels = [file.label for file in files]
    if files[0].split:
        return given_splits([file.split for file in files], f"The folders with files in {where}", labels)
    return deal([digest(file.path) for file in files], labels, seed, where)


def _stratified_groups(groups: np.ndarray, labels: Sequence[Hashable], seed: int, where: str, lines) -> dict:
    firsts = np.unique(groups, return_index=True)[1]
    first_lines = dict(zip(reversed(labels), reversed(lines))) if lines else {}
    _check_sizes(dict.fromkeys(labels, 0) | Counter(labels[i] for i in firsts), where, first_lines)
    chosen = stratified(np.asarray(labels)[firsts], seed)
    return {name: np.flatnonzero(np.isin(groups, members)) for name, members in chosen.items()}


def _check_sizes(counts: dict[Hashable, int], where: str, first_lines: dict[Hashable, int]) -> None:
    small = sorted((count, str(label)) for label, count in counts.items() if count < LEAST)
    if small:
        count, label = small[0]
        first = f", first on line {first_lines[label]}" if label in first_lines else ""
        others = f" and too few of {len(small) - 1:,} more" if small[1:] else ""
        raise ZooError(
            f"{where} should have at least {LEAST} different examples of each class to be dealt to train, validation and test, "
            f"received {count} of {label!r}{first}{others}. Add more, leave the class out, or give the split."
        )


def given_splits(names: Sequence[str], where: str, labels: Sequence[Hashable] | None = None) -> dict[str, np.ndarray]:
    """Indices of the three splits as `names` has them.

    Args:
        names: the split of each example. where: they are, for the error.
        labels: the class of each example; `None`: there are none.

    Raises:
        ZooError: another name, a split without examples, or a class that is not trained on.

    >>> {name: rows.tolist() for name, rows in given_splits(["test", "train", "validation", "train"], "").items()}
    {'train': [1, 3], 'validation': [2], 'test': [0]}
    """
    received = sorted(set(map(str, names)))
    if received != sorted(SPLITS):
        raise ZooError(f"{where} should be train, validation or test, each at least once; received {received}.")
    splits = {split: np.flatnonzero(np.asarray(names) == split) for split in SPLITS}
    if labels is not None:
        _check_trained_on(labels, splits["train"], where)
    return splits


def _check_trained_on(labels: Sequence[Hashable], train: np.ndarray, where: str) -> None:
    counts = Counter(labels)
    unseen = sorted(map(str, set(counts) - {labels[i] for i in train}))
    if unseen:
        count = {str(label): number for label, number in counts.items()}[unseen[0]]
        raise ZooError(
            f"{where} should have examples of each class in train, received none of {unseen[0]!r}, which has {count} elsewhere. "
            "Move some to train, or leave the class out."
        )


def _folders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))


def _class_folders(root: Path, suffixes: Sequence[str]) -> list[Path]:
    found = sorted(child for child in root.iterdir() if child.is_file() and not child.name.startswith("."))
    loose = [child.name for child in found if child.suffix.lower() in suffixes]
    if loose:
        raise ZooError(
            f"{root} should hold a folder for each class with its files inside, received {loose[0]!r} in no such folder, "
            f"{len(loose):,} of the kind. Move each into the folder of its class."
        )
    return _folders(root)


def _files(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    files = sorted(child for child in folder.iterdir() if not child.name.startswith("."))
    if not files:
        raise ZooError(f"{folder} should hold files of its class, received none. Fill the folder, or remove it.")
    for file in files:
        if not file.is_file() or file.suffix.lower() not in suffixes:
            raise ZooError(
                f"{file} should be a file whose name ends in {', '.join(suffixes)}. Take it out of the folder."
            )
    return files
