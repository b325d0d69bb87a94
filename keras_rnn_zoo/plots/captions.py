"""Pictures with what a model wrote about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.legible import legible

_RIGHT, _OTHER, _REFERENCE = "#1b7a2f", "black", "#666666"
_LETTERS, _LINE, _WIDTH = 28, 0.16, 2.4


def plot_captions(
    pictures, written: Sequence[str], references: Sequence[Sequence[str]], path, columns: int = 4
) -> Path:
    """Draws pictures with their captions into a PNG.

    A caption that is word for word one of its references stands in green with a tick; under any other picture stands
    its first reference, in grey.

    Args:
        pictures: `(pictures, height, width)` or `(pictures, height, width, 1, 3 or 4)`; bytes, or floats in [0, 1].
        written: a caption for each.
        references: for each its right captions, one or more.
        path: the picture's file.
        columns: how many stand side by side.

    Raises:
        ZooError: not a caption and references for each picture, or no pictures.
    """
    from matplotlib.figure import Figure

    pictures = _checked(pictures, written, references, columns)
    columns = min(columns, len(pictures))
    above = [_lines(f"✓ {text}" if text in right else text) for text, right in zip(written, references)]
    below = [_lines("" if text in right else f"right: {right[0]}") for text, right in zip(written, references)]
    heights = [_WIDTH + _LINE * lines for lines in _most_lines(above, below, columns)]
    figure = Figure(figsize=(columns * _WIDTH, sum(heights)), layout="constrained")
    grid = figure.add_gridspec(len(heights), columns, height_ratios=heights)
    for number, (picture, text, right) in enumerate(zip(pictures, above, below)):
        axes = figure.add_subplot(grid[divmod(number, columns)])
        axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
        axes.set_title("\n".join(text), fontsize=9, color=_OTHER if right else _RIGHT)
        axes.set_xlabel("\n".join(right), fontsize=8, color=_REFERENCE)
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _checked(pictures, written, references, columns) -> np.ndarray:
    pictures = np.asarray(pictures)
    if pictures.ndim not in (3, 4) or not pictures.size or (pictures.ndim == 4 and pictures.shape[-1] not in (1, 3, 4)):
        raise ZooError(
            "`pictures` should be (pictures, height, width) or (pictures, height, width, 1, 3 or 4) and not empty, "
            f"received {pictures.shape}."
        )
    counts = len(pictures), len(written), len(references)
    if len(set(counts)) > 1 or columns < 1 or any(isinstance(right, str) or not right for right in references):
        raise ZooError(
            "Each picture should have a caption and a list of one or more references, and `columns` be at least 1; "
            f"received {counts[0]} pictures, {counts[1]} captions, {counts[2]} lists and {columns!r} columns."
        )
    pictures = pictures / 255 if pictures.dtype == np.uint8 else pictures
    if not (pictures.min() >= 0 and pictures.max() <= 1):
        raise ZooError(f"Floats of a picture should be from 0 to 1, received {pictures.min()} to {pictures.max()}.")
    return pictures


def _lines(text: str) -> list[str]:
    return [legible(line) for line in wrap(text, _LETTERS)]


def _most_lines(above, below, columns) -> list[int]:
    """The room that each row of pictures needs for its texts."""
    starts = range(0, len(above), columns)
    return [sum(max(map(len, texts[start : start + columns])) for texts in (above, below)) + 1 for start in starts]
