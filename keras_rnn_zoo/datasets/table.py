"""A table of one's own: texts and their classes, or texts and their translations."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, check_classes, deal, given_splits, own_path, own_text
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.splits import connected
from keras_rnn_zoo.datasets.text_classes import text_class_dataset
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import normalize, squeeze
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

SUFFIXES = {".csv": ",", ".tsv": "\t"}


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
    seed = whole("seed", seed, minimum=0)
    if label is not None and translation is not None:
        raise ZooError(f"Give `label` or `translation`, received both: {label!r} and {translation!r}.")
    if translation is None and translation_language is not None:
        raise ZooError(
            f"`translation_language` goes with `translation`, received {translation_language!r} without one."
        )
    file = own_path(path, "a .csv or .tsv file")
    answer = next(name for name in (translation, label, "label") if name is not None)
    columns, lines = read(file, [text, answer] + [split] * (split is not None))
    texts, answers = columns[text], columns[answer]
    keys = [_alike(value, language) for value in texts]
    classes = None if translation is not None else answers
    if classes is None:
        keys = connected(list(zip(keys, (_alike(value, translation_language or "en") for value in answers)))).tolist()
    else:
        check_classes(classes, f"{file}, column {answer!r}")
        _check_agreement(texts, classes, lines, file)
    if split is None:
        splits = deal(keys, classes, seed, str(file))
    else:
        splits = given_splits(columns[split], f"{file}, column {split!r}", classes)
    rows = {name: [(texts[i], answers[i]) for i in chosen] for name, chosen in splits.items()}
    about = {"name": "table", "licence": LICENCE, "citation": file.name}
    options = {"unit": unit, "lower": lower, "max_size": max_size, "min_count": min_count}
    if classes is None:
        return _translations(rows, (language, translation_language or "en"), options, about)
    return _classes(rows, sorted(set(classes)), {**options, "language": language}, about)


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
            "there, or give their names as options."
        )
    columns: dict[str, list[str]] = {name: [] for name in names}
    lines = []
    for line, row in rows:
        if len(row) != len(head):
            raise ZooError(f"{path}, line {line} should have {len(head)} columns, received {len(row)}: {row!r:.80}.")
        lines.append(line)
        for name, values in columns.items():
            values.append(_field(row[head.index(name)], name, path, line))
    if not lines:
        raise ZooError(f"{path} should have rows below its first line, received none.")
    return columns, lines


def _rows(path: Path):
    """Each row with the number of the line that it begins on; empty lines are left out."""
    delimiter = SUFFIXES.get(path.suffix.lower())
    if delimiter is None:
        raise ZooError(f"{path} should be a table whose name ends in {' or '.join(SUFFIXES)}. Rename or convert it.")
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    lines = csv.reader(io.StringIO(own_text(path), newline=""), delimiter=delimiter, quoting=quoting, strict=True)
    line = 1
    try:
        for row in lines:
            if row:
                yield line, row
            line = lines.line_num + 1
    except csv.Error as error:
        raise ZooError(f"{path}, line {line} should begin a row of a table, but: {error}.") from error


def _field(value: str, name: str, path: Path, line: int) -> str:
    value = normalize(value).strip()
    if not value:
        raise ZooError(f"{path}, line {line}, column {name!r} should not be empty. Fill it, or leave the row out.")
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


def _classes(rows: dict[str, list[tuple[str, str]]], labels: list[str], options: dict, about: dict) -> Dataset:
    numbers = {label: number for number, label in enumerate(labels)}
    splits = {name: [(text, numbers[label]) for text, label in pairs] for name, pairs in rows.items()}
    return text_class_dataset(
        splits, labels, description=f"The class of a text: {', '.join(labels)}.", **options, **about
    )


def _translations(
    rows: dict[str, list[tuple[str, str]]], languages: tuple[str, str], options: dict, about: dict
) -> Dataset:
    splits = {name: tuple(map(list, zip(*pairs))) for name, pairs in rows.items()}
    learnt = (learn_vocabulary(side, language=code, **options) for side, code in zip(splits["train"], languages))
    description = f"The translation of a text, from {languages[0]} to {languages[1]}."
    return translation_dataset(splits, *learnt, description=description, scores=("bleu", "chrf"), **about)
