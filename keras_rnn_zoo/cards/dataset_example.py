"""One example of a dataset for the terminal: text as it reads, tags in columns, numbers as shades."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec

SHADES = {True: " ░▒▓█", False: " .:-=+*#%@"}
_COLUMNS, _ROWS, _WORDS, _TEXT = 72, 24, 20, 300


def example_text(dataset: Dataset, numbers: str | None, answer: str, drawn: bool = True, unicode: bool = True) -> str:
    """The first training example.

    Args:
        dataset: whose.
        numbers: the input that is numbers, if there is one. answer: what belongs to the example, in a line.
        drawn: whether the numbers are drawn. unicode: whether by more than ASCII.
    """
    split, spec = dataset.train, dataset.spec
    target = np.asarray(split.targets[0])
    lines = []
    for field, rows in split.inputs.items():
        if field in spec.vocabularies and field in ("inputs", "source") and np.ndim(rows[0]) == 1:
            lines.append(f"{field}: {_quoted(spec.vocabularies[field].decode(rows[0]))}")
    if numbers is not None and drawn:
        lines.append(shades(np.asarray(split.inputs[numbers][0]), unicode))
    if spec.objective == "labels":
        lines.append(_tags(spec, split.inputs.get("inputs", [None])[0], target))
    elif answer and not {"inputs", "targets"} <= set(
        spec.vocabularies
    ):  # A language model's targets are its inputs, one on.
        lines.append(f"{'class' if spec.objective == 'class' else 'targets'}: {_quoted(answer)}")
    return "\n".join(lines)


def names_of(spec: DatasetSpec, numbers: np.ndarray) -> list[str]:
    """The names of classes by their numbers; the numbers themselves where they have no names."""
    return [spec.labels[i] if spec.labels else str(i) for i in numbers.tolist()]


def shades(values: np.ndarray, unicode: bool = True) -> str:
    """Numbers as characters, dark to light: a picture, the middle frame of a video, or a sequence with time to the right.

    >>> print(shades(np.eye(3)[:, ::-1], unicode=False))
    @
     @
      @
    """
    grid = _grid(values)
    low, high = float(grid.min()), float(grid.max())
    levels = SHADES[unicode]
    scaled = (grid - low) / ((high - low) or 1.0) * (len(levels) - 1)
    return "\n".join("".join(levels[i] for i in row).rstrip() for row in scaled.round().astype(int))


def _grid(values: np.ndarray) -> np.ndarray:
    """Two axes, up to down and left to right, no larger than a terminal shows."""
    if values.ndim == 4:
        values = values[len(values) // 2]
    if values.ndim == 3:
        rows, columns = values.shape[:2]
        grid, height = values.mean(axis=-1), max(1, round(rows / columns * min(columns, _COLUMNS) / 2))
    else:
        grid = np.atleast_2d(values.T)[::-1]  # The last feature, the highest note, on top.
        height = len(grid)
    return _shrunk(_shrunk(grid, min(height, _ROWS), 0), min(grid.shape[1], _COLUMNS), 1)


def _shrunk(grid: np.ndarray, size: int, axis: int) -> np.ndarray:
    """`size` means of neighbours along `axis`."""
    edges = np.linspace(0, grid.shape[axis], size + 1).round().astype(int)
    return np.stack([part.mean(axis=axis) for part in np.split(grid, edges[1:-1], axis=axis)], axis=axis)


def _tags(spec: DatasetSpec, ids, target: np.ndarray) -> str:
    """Of text a line for each word, word and tag; else the labels of the steps, how often each comes in turn."""
    labels = names_of(spec, target)
    vocabulary = spec.vocabularies.get("inputs")
    if vocabulary is None:
        runs = [(label, len(list(same))) for label, same in groupby(labels)]
        return "labels: " + ", ".join(f"{label} x {count}" if count > 1 else label for label, count in runs)
    words = [vocabulary.decode([i]) for i in np.asarray(ids)[:_WORDS]]
    width = max(map(len, words))
    rest = [f"and {len(labels) - _WORDS} more"] if len(labels) > _WORDS else []
    return "\n".join([*(f"  {word:<{width}}  {label}" for word, label in zip(words, labels)), *rest])


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _TEXT else text[:_TEXT] + "...")
