"""What a dataset is: its splits, lengths, classes, vocabularies, licence and source, and an example."""

from __future__ import annotations

import inspect
from itertools import groupby
from pathlib import Path

import numpy as np

from keras_rnn_zoo.cards.dataset_example import example_text, names_of
from keras_rnn_zoo.datasets import catalogue
from keras_rnn_zoo.datasets.spec import Dataset, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.examples import DRAWN, plot_examples
from keras_rnn_zoo.preprocessing.vocabulary import UNKNOWN

SPLITS = ("train", "validation", "test")
_COMMONEST = 20


def describe_dataset(name: str, options: dict, drawn: bool = True, unicode: bool = True) -> str:
    """The whole card as a text.

    Args:
        name: the dataset's. options: of its loader.
        drawn: with an example that is no text, as characters.
        unicode: whether they may be more than ASCII.

    Raises:
        ZooError: an option is unknown or missing, or the dataset's files are.
    """
    return _card(name, options, catalogue.load(name, **options), drawn, unicode)


def describe_dataset_with_picture(name: str, options: dict, path) -> str:
    """The card, and some training examples drawn into the file `path`.

    Raises:
        ZooError: as `describe_dataset`; or the dataset is of texts alone.
    """
    dataset = catalogue.load(name, **options)
    field = field_to_draw(dataset)
    if field is None:
        raise ZooError(
            f"--picture draws pictures, frames, notes and other numbers; {name} with these options is text: leave it out."
        )
    return f"{_card(name, options, dataset, drawn=False)}\n\nExamples: {_draw(dataset, field, path)}"


def field_to_draw(dataset: Dataset) -> str | None:
    """The input that is numbers, which can be drawn; `None` where all are ids of symbols."""
    inputs = dataset.train.inputs
    return next((field for field, rows in inputs.items() if np.asarray(rows[0]).dtype.kind == "f"), None)


def answer_of(dataset: Dataset, split: Examples, index: int) -> str:
    """What belongs to an example, in a line: its text, class, numbers or labels in turn; nothing of notes."""
    spec, target = dataset.spec, np.asarray(split.targets[index])
    if split.texts is not None:
        return split.texts[index]
    if "targets" in spec.vocabularies and spec.objective in ("symbols", "ctc"):
        return spec.vocabularies["targets"].decode(target)
    if spec.objective == "class":
        return spec.labels[int(target)] if spec.labels else str(int(target))
    if spec.objective == "number":
        return ", ".join(f"{number:.4g}" for number in np.ravel(target))
    if spec.objective == "labels":
        return ", ".join(label for label, _ in groupby(names_of(spec, target)))
    return ""


def _card(name: str, options: dict, dataset: Dataset, drawn: bool, unicode: bool = True) -> str:
    spec, field = dataset.spec, field_to_draw(dataset)
    known = inspect.signature(catalogue.DATASETS[name]).parameters
    chosen = {option: options.get(option, parameter.default) for option, parameter in known.items()}
    example = example_text(dataset, field, answer_of(dataset, dataset.train, 0), drawn, unicode)
    fixed = ", ".join(f"{key}={value!r}" for key, value in spec.builder_arguments.items())
    sections = [
        [f"{name}: {spec.description}", f"pattern: {spec.pattern}   learns: {spec.objective}", f"a model: {fixed}"],
        ["options: " + ", ".join(f"{option}={value!r}" for option, value in chosen.items())],
        [f"{split}: {_sizes(getattr(dataset, split))}" for split in SPLITS],
        _classes(dataset),
        [_vocabulary(dataset, text) for text in spec.vocabularies if text != "previous"],
        [f"licence: {spec.licence}", f"source: {spec.citation}"],
        ["an example:", example] if example else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _sizes(split: Examples) -> str:
    fields = {**split.inputs, "targets": split.targets}
    return f"{len(split):,} examples; " + "; ".join(f"{field} {_size(rows)}" for field, rows in fields.items())


def _size(rows) -> str:
    """The shape of one example; where they differ, the shortest, median and greatest length."""
    shapes = {np.shape(row) for row in rows}
    if len(shapes) == 1:
        (shape,) = shapes
        return " x ".join(map(str, shape)) if shape else "one"
    lengths = [len(row) for row in rows]
    further = "".join(f" x {size}" for size in next(iter(shapes))[1:])
    return f"{min(lengths):,} to {max(lengths):,}{further}, median {np.median(lengths):,.0f}"


def _classes(dataset: Dataset) -> list[str]:
    """The share of each class in every split, the commonest first."""
    if dataset.spec.objective not in ("class", "labels"):
        return []
    seen = [np.concatenate([np.ravel(row) for row in getattr(dataset, split).targets]) for split in SPLITS]
    count = max(len(dataset.spec.labels), *(int(numbers.max()) + 1 for numbers in seen))
    shares = [np.bincount(numbers, minlength=count) / len(numbers) for numbers in seen]
    names = dataset.spec.labels or tuple(map(str, range(count)))
    ranked = np.argsort(-shares[0], kind="stable")
    width = max(len(names[i]) for i in ranked[:_COMMONEST])
    lines = [f"{names[i]:<{width}}  " + "  ".join(f"{share[i]:6.1%}" for share in shares) for i in ranked[:_COMMONEST]]
    rest = [f"and {count - _COMMONEST} more"] if count > _COMMONEST else []
    return [f"{count} classes, their shares in {', '.join(SPLITS)}:", *lines, *rest]


def _vocabulary(dataset: Dataset, field: str) -> str:
    vocabulary = dataset.spec.vocabularies[field]
    rows = dataset.test.targets if field == "targets" else dataset.test.inputs[field]
    unknown = np.mean(np.concatenate([np.ravel(row) for row in rows]) == UNKNOWN)
    lowered = ", lower case" if vocabulary.lower else ""
    return (
        f"vocabulary of {field}: {vocabulary.size:,} {vocabulary.unit}s, reserved ids included ({vocabulary.language}{lowered}); "
        f"unknown in test {unknown:.1%}"
    )


def _draw(dataset: Dataset, field: str, path) -> Path:
    split = dataset.train
    chosen = np.unique(np.linspace(0, len(split) - 1, DRAWN).astype(int))
    shown = [np.asarray(split.inputs[field][i]) for i in chosen]
    return plot_examples(shown, [answer_of(dataset, split, i) for i in chosen], path, dataset.spec.name)
