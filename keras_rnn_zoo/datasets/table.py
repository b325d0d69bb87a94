"""A table of one's own: texts and their classes, or texts and their translations."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from keras_rnn_zoo.datasets.known import Known, numbered
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, check_classes, deal, given_splits, own_path, own_text
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.splits import connected
from keras_rnn_zoo.datasets.text_classes import classified_texts
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.text import normalize, squeeze
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

SUFFIXES = {".csv": ",", ".tsv": "\t"}
_FIELD = re.compile(r'(?:"(?:[^"]|"")*"|[^",\n][^,\n]*)?(?=[,\n]|\Z)')  # of a .csv

Rows = dict[str, list[tuple[str, str]]]  # for each split the text and the answer of each row
Learn = Callable[[list[str]], BaseVocabulary]  # a vocabulary out of training texts


def load(
    path: str,
    text: str = "text",
    label: str | None = None,
    translation: str | None = None,
    split: str | None = None,
    unit: str = "word",
    language: str = "en",
    translation_language: str | None = None,
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 2,
    seed: int = 0,
) -> Dataset:
    """The rows of a `.csv` or `.tsv` file whose first line names the columns: a text, and its class or its translation.

    With a label, for the builder `sentiment_classifier` and its configurations, such as `lstm_uci_sentiment`; with a
    translation, for `translator` and, for instance, `attention_gru_tatoeba_tr_en`, scored by BLEU and chrF.

    Args:
        path: the table, UTF-8. In a `.csv` commas part the columns and a text may stand in quotation marks; in a `.tsv` tabs do,
            and a quotation mark is one.
        text: the column of the text. label: the column of its class; `"label"` if there is no `translation`.
        translation: the column of its translation, in place of a class.
        split: the column that says `train`, `validation` or `test`, kept as it is. By default the rows are dealt 80/10/10, each
            class in its proportion; rows of equal text are in one split, and so are translations that share a side. Texts that
            differ in case and spaces alone are equal.
        unit: `"word"`, `"subword"`, `"character"`, `"token"` or `"byte"`.
        language, translation_language: ISO 639 codes, for the casing of `lower`; of the translation by default `"en"`.
        lower: whether the texts are lowered.
        max_size: keep that many symbols, of each language.
        min_count: symbols that the training split holds less often are unknown.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, there is no such table, a column is missing, a line has another form (the error names
            it), a text has two classes, there is one class alone, one that is not trained on or is too small to be dealt, or a
            split has no rows.
    """
    if translation is None and translation_language is not None:
        raise ZooError(
            f"`translation_language` goes with `translation`, received {translation_language!r} without one."
        )
    languages = language, translation_language or "en"
    rows, about = _dealt(path, (text, label, translation, split), languages, seed)
    options = {"unit": unit, "lower": lower, "max_size": max_size, "min_count": min_count}
    if translation is None:
        return _classes(rows, _labels(rows), partial(learn_vocabulary, language=language, **options), about)
    learn = [partial(learn_vocabulary, language=code, **options) for code in languages]
    return _translations(rows, learn, about)


def load_like(
    known: Known,
    path: str,
    text: str = "text",
    label: str | None = None,
    translation: str | None = None,
    split: str | None = None,
    max_size: int | None = None,
    min_count: int = 1,
    seed: int = 0,
) -> Dataset:
    """The same for a trained model, whose symbols and classes are kept.

    Args:
        known: what the model knows.
        path, text, label, translation, split, seed: as in `load`.
        max_size, min_count: of the symbols that are added to each vocabulary.

    Raises:
        ZooError: as `load`; or the model reads no text, or writes none where there is a translation.
    """
    fields = ("inputs",) if translation is None else ("source", "targets")
    languages = [known.vocabulary(field).language for field in fields]
    rows, about = _dealt(path, (text, label, translation, split), (*languages, "en"), seed)
    learn = [partial(known.vocabulary, field, max_size=max_size, min_count=min_count) for field in fields]
    if translation is None:
        return _classes(rows, known.classes(_labels(rows)), *learn, about)
    return _translations(rows, learn, about)


def _dealt(path: str, names: Sequence[str | None], languages: Sequence[str], seed: int) -> tuple[Rows, dict]:
    """The rows of each split, and what the specification says of them.

    Args:
        names: of the columns of text, label, translation and split, as `load` takes them.
        languages: of the text and of its translation.
    """
    text, label, translation, split = names
    seed = whole("seed", seed, minimum=0)
    if label is not None and translation is not None:
        raise ZooError(f"Give `label` or `translation`, received both: {label!r} and {translation!r}.")
    file = own_path(path, "a .csv or .tsv file")
    answer = next(name for name in (translation, label, "label") if name is not None)
    columns, lines = read(file, [text, answer] + [split] * (split is not None))
    texts, answers = columns[text], columns[answer]
    keys = [_alike(value, languages[0]) for value in texts]
    classes = None if translation is not None else answers
    if classes is None:
        keys = connected(list(zip(keys, (_alike(value, languages[1]) for value in answers)))).tolist()
    else:
        check_classes(classes, f"{file}, column {answer!r}")
        _check_agreement(texts, classes, lines, file)
    if split is None:
        splits = deal(keys, classes, seed, str(file), lines)
    else:
        splits = given_splits(columns[split], f"{file}, column {split!r}", classes)
    about = {"name": "table", "licence": LICENCE, "citation": file.name}
    return {name: [(texts[i], answers[i]) for i in chosen] for name, chosen in splits.items()}, about


def read(path: Path, names: Sequence[str]) -> tuple[dict[str, list[str]], list[int]]:
    """The columns `names` of a table, NFC, without spaces at their ends, and the line that each row begins on.

    Raises:
        ZooError: `names` are not different strings, a column is missing, a line has more or fewer columns than the
            first, or a field is empty.
    """
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        raise ZooError(f"The columns to read of {path} should be different names, received {list(names)}.")
    rows = _rows(path)
    _, head = next(rows)
    missing = [name for name in names if name not in head]
    if missing or len(set(head)) != len(head):
        what = f"no {', '.join(map(repr, missing))}" if missing else "one of them twice"
        raise ZooError(
            f"{path}, line 1 should name the columns {', '.join(map(repr, names))}; received {what} in {head}. Name the columns "
            "there, or give their names as options, for instance --set dataset.options.text=NAME. Commas (.csv) or tabs (.tsv) part them."
        )
    columns: dict[str, list[str]] = {name: [] for name in names}
    lines = []
    for line, row in rows:
        if len(row) != len(head):
            raise ZooError(_other_width(row, head, f"{path}, line {line}", _delimiter(path)))
        lines.append(line)
        for name, values in columns.items():
            values.append(_field(row, head.index(name), f"{path}, line {line}", name))
    if not lines:
        raise ZooError(f"{path} should have rows below its first line, received none.")
    return columns, lines


def _rows(path: Path):
    """Each row with the number of the line that it begins on; empty lines are left out."""
    delimiter, text = _delimiter(path), own_text(path)
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
    line = 1
    try:
        for row in lines:
            if row:
                yield line, row
            line = lines.line_num + 1
    except csv.Error as error:
        raise ZooError(f"{path}, line {line}, {_misquoted(text, line, str(error))}") from error


def _delimiter(path: Path) -> str:
    """What parts the columns of a table, by its name; a `ZooError` if that is none of a table's."""
    delimiter = SUFFIXES.get(path.suffix.lower())
    if delimiter is None:
        raise ZooError(f"{path} should be a table whose name ends in {' or '.join(SUFFIXES)}. Rename or convert it.")
    return delimiter


def _misquoted(text: str, line: int, reason: str) -> str:
    """What is wrong with the first field of the row that begins on `line` which cannot be read, and in which column it is."""
    row = "\n".join(text.split("\n")[line - 1 :])
    column, start = 1, 0
    while (found := _FIELD.match(row, start)) and row[found.end() : found.end() + 1] == ",":
        column, start = column + 1, found.end() + 1
    if row[start : start + 1] != '"':
        return f"column {column} should be a field of a table, but: {reason}."
    if re.fullmatch(r'"(?:[^"]|"")*', row[start:]):
        return f"column {column} begins with a quotation mark that is never closed. Close it, or write it twice where it is meant."
    return (
        f"column {column} should end with its closing quotation mark, but more follows. Write a quotation mark inside of a "
        "text twice."
    )


def _other_width(row: list[str], head: list[str], where: str, delimiter: str) -> str:
    column = min(len(row), len(head)) + 1
    kept = "" if delimiter == "\t" else " A text with a comma stands in quotation marks."
    word = "is one too many" if len(row) > len(head) else f"{head[column - 1]!r} is missing"
    return (
        f"{where}, column {column} {word}: the first line names {len(head)} columns, this one has {len(row)}: {row!r:.80}."
        f"{kept}"
    )


def _field(row: list[str], column: int, where: str, name: str) -> str:
    value = normalize(row[column]).strip()
    if not value:
        raise ZooError(f"{where}, column {column + 1} ({name!r}) should not be empty. Fill it, or leave the row out.")
    return value


def _check_agreement(texts: list[str], classes: list[str], lines: list[int], path: Path) -> None:
    """Raises a `ZooError` if a text is there with two classes."""
    first: dict[str, int] = {}
    for i, text in enumerate(texts):
        other = first.setdefault(text, i)
        if classes[i] != classes[other]:
            raise ZooError(
                f"{path} should have one class for a text, received {text!r:.80} as {classes[other]!r} on line {lines[other]} "
                f"and as {classes[i]!r} on line {lines[i]}. Correct one of them, or take it out."
            )


def _alike(text: str, language: str) -> str:
    return squeeze(normalize(text, language, lower=True))


def _labels(rows: Rows) -> list[str]:
    return sorted({label for pairs in rows.values() for _, label in pairs})


def _classes(rows: Rows, labels: Sequence[str], learn: Learn, about: dict) -> Dataset:
    splits = {
        name: list(zip((text for text, _ in pairs), numbered([label for _, label in pairs], labels)))
        for name, pairs in rows.items()
    }
    vocabulary = learn([text for text, _ in rows["train"]])
    return classified_texts(
        splits, labels, vocabulary, description=f"The class of a text: {', '.join(labels)}.", **about
    )


def _translations(rows: Rows, learn: Sequence[Learn], about: dict) -> Dataset:
    splits = {name: tuple(map(list, zip(*pairs))) for name, pairs in rows.items()}
    source, target = (one(texts) for one, texts in zip(learn, splits["train"]))
    description = f"The translation of a text, from {source.language} to {target.language}."
    return translation_dataset(splits, source, target, description=description, scores=("bleu", "chrf"), **about)
