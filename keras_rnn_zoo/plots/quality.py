"""The spread of several configurations over their seeds."""

from __future__ import annotations

from pathlib import Path


def plot_quality(scores: dict[str, list[float]], path, metric: str, baseline: float) -> Path:
    """Draws a dot a run, a row a configuration, into a PNG.

    Args:
        scores: each configuration's test scores, in the order of the rows from above.
        path: the picture's file.
        metric: what the scores are.
        baseline: drawn as a dashed line where it lies among the scores.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.2 + 0.4 * len(scores)), layout="constrained")
    axes = figure.subplots()
    for row, values in enumerate(scores.values()):
        axes.plot(values, [row] * len(values), linestyle="", marker="o", alpha=0.6)
    _draw_baseline(axes, baseline)
    axes.set(xlabel=f"test {metric.replace('_', ' ')} (trivial baseline: {baseline:.3f})", yticks=range(len(scores)))
    axes.set_yticklabels(list(scores))
    axes.set_ylim(len(scores) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _draw_baseline(axes, baseline: float):
    low, high = axes.get_xlim()
    if low <= baseline <= high:
        axes.axvline(baseline, color="grey", linestyle="--")
