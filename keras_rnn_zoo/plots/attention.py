"""What a decoder looked at while it wrote, in the manner of Bahdanau et al. 2015, fig. 3."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.legible import legible

_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}

# Inches: a weight's square, a letter, a source without names, and the room for an axis's name and for the colour bar.
_CELL, _LETTER, _NAMELESS, _AXIS, _BAR = 0.25, 0.1, 6.0, 0.55, 0.9


def plot_attention(weights, source_tokens: Sequence[str] | None, target_tokens: Sequence[str], path) -> Path:
    """Draws the weights of one sentence into a PNG: a row for each written token, a column for each step of the source.

    Args:
        weights: numbers of at least 0, `(target, source)`; darker is more.
        source_tokens: names of the columns, or `None` for many steps without names, such as frames of speech.
        target_tokens: what was written.
        path: the picture's file.

    Raises:
        ZooError: the weights do not fit the tokens.
    """
    return plot_attentions([(weights, source_tokens, target_tokens)], path, columns=1)


def plot_attentions(sentences: Sequence[tuple], path, columns: int = 2) -> Path:
    """Draws several sentences into one PNG, from left to right and downwards.

    Args:
        sentences: for each of them `(weights, source_tokens, target_tokens)`, as for `plot_attention`.
        path: the picture's file.
        columns: how many stand side by side.

    Raises:
        ZooError: as for `plot_attention`, and where there is no sentence or no column.
    """
    from matplotlib.figure import Figure

    if not sentences or columns < 1:
        raise ZooError(f"Expected a sentence and a column or more, received {len(sentences)} and {columns!r}.")
    panels = [_Panel(*sentence) for sentence in sentences]
    widths = [max(panel.width for panel in panels[column::columns]) for column in range(min(columns, len(panels)))]
    heights = [max(panel.height for panel in panels[row : row + columns]) for row in range(0, len(panels), columns)]
    figure = Figure(figsize=(sum(widths), sum(heights)))
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        panel.draw(figure, sum(widths[:column]), sum(heights[row:]))
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


class _Panel:
    """A sentence's weights, with room for what is written around them."""

    def __init__(self, weights, source_tokens, target_tokens):
        self.weights = _checked(weights, source_tokens, target_tokens)
        self.source = None if source_tokens is None else [_label(token) for token in source_tokens]
        self.target = [_label(token) for token in target_tokens]
        self.left = _AXIS + _LETTER * max(map(len, self.target))
        self.above = 0.2 + _LETTER * max(map(len, self.source or [""]))
        self.inside = (_CELL * len(self.source) if self.source else _NAMELESS, _CELL * len(self.target))
        self.width = self.left + self.inside[0] + _BAR
        self.height = self.above + self.inside[1] + _AXIS

    def draw(self, figure, left: float, top: float):
        """Draws it with its upper left corner there, in inches from the figure's lower left one."""
        (across, down), (width, height) = figure.get_size_inches(), self.inside
        left, bottom = (left + self.left) / across, (top - self.above - height) / down
        axes = figure.add_axes((left, bottom, width / across, height / down))
        image = axes.imshow(self.weights, cmap="Blues", vmin=0, aspect="auto", interpolation="nearest")
        self._name_axes(axes)
        bar = figure.add_axes((left + (width + 0.15) / across, bottom, 0.12 / across, height / down))
        figure.colorbar(image, cax=bar, ticks=[0, self.weights.max()], format="%.2g")
        bar.set_ylabel("weight", labelpad=-14)

    def _name_axes(self, axes):
        axes.set_yticks(range(len(self.target)), self.target)
        axes.set_yticks(np.arange(len(self.target) + 1) - 0.5, minor=True)
        if self.source:
            axes.xaxis.tick_top()
            axes.set_xticks(range(len(self.source)), self.source, rotation=90)
            axes.set_xticks(np.arange(len(self.source) + 1) - 0.5, minor=True)
        axes.set(ylabel="written", xlabel="source" if self.source else "step of the source")
        axes.grid(which="minor", color="white", linewidth=1)
        axes.tick_params(which="minor", length=0)


def _label(token: str) -> str:
    return legible(_VISIBLE.get(token, token))


def _checked(weights, source_tokens, target_tokens) -> np.ndarray:
    weights = np.asarray(weights, dtype=float)
    columns = len(source_tokens) if source_tokens is not None else weights.shape[-1] if weights.ndim else 0
    if weights.shape != (len(target_tokens), columns) or not weights.size:
        raise ZooError(
            f"`weights` should be (target, source) = ({len(target_tokens)}, {columns}) as the tokens are, and not empty; "
            f"received {weights.shape}. Cut off the padding."
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ZooError("`weights` should be finite numbers of at least 0, as a softmax gives them.")
    return weights
