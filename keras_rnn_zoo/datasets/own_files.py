"""What loaders of a user's own files share: reading them, and dealing their examples to splits."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from keras_rnn_zoo.datasets.splits import SPLITS, grouped, stratified
from keras_rnn_zoo.errors import ZooError

LICENCE = "your own"


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
    """The text of a UTF-8 file, lines ended by a line feed alone. An empty file or one of another encoding is a `ZooError`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ZooError(
            f"{path} should be UTF-8 text, received {error.reason} at byte {error.start}. Save it as UTF-8."
        ) from error
    except OSError as error:
        raise ZooError(f"{path} should be a readable file, received: {error.strerror}.") from error
    if not text.strip():
        raise ZooError(f"{path} should hold text, received an empty file.")
    return text.replace("\r\n", "\n")


def class_files(folder: Path, suffixes: Sequence[str]) -> list[ClassFile]:
    """The files of a folder that has a folder for each class, sorted by path; names that begin with a point are left out.

    Args:
        folder: `LABEL/FILE`; or `SPLIT/LABEL/FILE` with the splits `train`, `validation` and `test`.
        suffixes: what a file's name may end in, small letters.

    Raises:
        ZooError: the folder has another form, a file is of another kind, or there are fewer than two classes.
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
        for label in _folders(root)
        for file in _files(label, suffixes)
    ]
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


def deal(keys: Sequence[Hashable], labels: Sequence[Hashable] | None, seed: int, where: str) -> dict[str, np.ndarray]:
    """Indices of the three splits, 80/10/10, with examples of one key in one split, and each class in its proportion.

    Args:
        keys: equal for examples that belong together.
        labels: the class of each example; `None`: there are none. A key's class is that of its first example.
        seed: of the shuffle. where: the file's name, for the error.

    Raises:
        ZooError: a split would be empty.

    >>> [len(rows) for rows in deal("aabcdefghij", None, 0, "").values()]
    [9, 1, 1]
    """
    numbers: dict[Hashable, int] = {}
    groups = np.array([numbers.setdefault(key, len(numbers)) for key in keys], int)
    parts = grouped(groups, seed, 0.1) if labels is None else _stratified_groups(groups, np.asarray(labels), seed)
    if not all(map(len, parts.values())):
        enough = "10 different examples" if labels is None else "5 different examples of a class"
        raise ZooError(
            f"{where} should have at least {enough} to be dealt to train, validation and test, received {len(numbers)} in "
            "all. Add more, or give the split."
        )
    return parts


def splits_of(files: Sequence[ClassFile], seed: int, where: str) -> dict[str, np.ndarray]:
    """Indices of the three splits of `files`: as their folders have it, or dealt; equal files are in one split."""
    if files[0].split:
        return given_splits([file.split for file in files], f"The folders with files in {where}")
    return deal([digest(file.path) for file in files], [file.label for file in files], seed, where)


def _stratified_groups(groups: np.ndarray, labels: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    firsts = np.unique(groups, return_index=True)[1]
    chosen = stratified(labels[firsts], seed)
    return {name: np.flatnonzero(np.isin(groups, members)) for name, members in chosen.items()}


def given_splits(names: Sequence[str], where: str) -> dict[str, np.ndarray]:
    """Indices of the three splits as `names` has them; another name, or a split without examples, is a `ZooError`.

    >>> {name: rows.tolist() for name, rows in given_splits(["test", "train", "validation", "train"], "").items()}
    {'train': [1, 3], 'validation': [2], 'test': [0]}
    """
    received = sorted(set(map(str, names)))
    if received != sorted(SPLITS):
        raise ZooError(f"{where} should be train, validation or test, each at least once; received {received}.")
    return {split: np.flatnonzero(np.asarray(names) == split) for split in SPLITS}


def _folders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))


def _files(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    files = sorted(child for child in folder.iterdir() if not child.name.startswith("."))
    for file in files:
        if not file.is_file() or file.suffix.lower() not in suffixes:
            raise ZooError(
                f"{file} should be a file whose name ends in {', '.join(suffixes)}. Take it out of the folder."
            )
    return files
