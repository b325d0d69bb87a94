"""How well models do on short and on long inputs, as in Bahdanau et al. 2015, fig. 2."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.legible import legible

_MARKERS = "osD^vPX*"


def plot_by_length(
    curves: dict[str, Sequence[tuple]], path, ylabel: str, xlabel: str = "length of the source in words"
) -> Path:
    """Draws a line a model, a point a range of lengths, into a PNG.

    Args:
        curves: for each model its points `(length_bin, score, count)` from short to long: the range's name, such as
            `"1-5"`, the score, and how many examples fall into it. All models are scored on the same examples.
        path: the picture's file.
        ylabel: what the score is.
        xlabel: what the length is.

    Raises:
        ZooError: no curve, or curves of different ranges or counts.
    """
    from matplotlib.figure import Figure

    bins = _shared_bins(curves)
    figure = Figure(figsize=(max(6.0, 1.5 + 0.8 * len(bins)), 4), layout="constrained")
    axes = figure.subplots()
    for number, (name, points) in enumerate(curves.items()):
        marker = _MARKERS[number % len(_MARKERS)]
        axes.plot([score for _, score, _ in points], marker=marker, alpha=0.8, label=legible(name))
    axes.set_xticks(range(len(bins)), [f"{name}\nn={count:,}" for name, count in bins])
    axes.set(xlabel=f"{xlabel}, and number of examples", ylabel=ylabel)
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _shared_bins(curves) -> list[tuple]:
    ranges = {name: [(length_bin, count) for length_bin, _, count in points] for name, points in curves.items()}
    bins = next(iter(ranges.values()), [])
    if not bins:
        raise ZooError("There is nothing to draw: expected a curve of one or more points, received none.")
    for name, others in ranges.items():
        if others != bins:
            raise ZooError(
                f"All curves should have the same ranges and counts. {name!r} has {others}, the first has {bins}. "
                f"Score all models on the same examples."
            )
    return bins
