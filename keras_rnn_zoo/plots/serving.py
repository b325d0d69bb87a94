"""Milliseconds for one answer, by each way of asking."""

from __future__ import annotations

from pathlib import Path


def plot_serving(record: dict, path) -> Path:
    """Draws a group of bars for each preset into a PNG, on a logarithmic scale.

    Args:
        record: the content of the serving bench's JSON file.
        path: the picture's file.
    """
    from matplotlib.figure import Figure

    rows = record["rows"]
    figure = Figure(figsize=(2 + 2.6 * len(rows), 4), layout="constrained")
    axes = figure.subplots()
    for number, way in enumerate(rows[0]["ms"]):
        places = [place + 0.2 * (number - 1.5) for place in range(len(rows))]
        bars = axes.bar(places, [row["ms"][way] for row in rows], 0.19, label=way)
        axes.bar_label(bars, fmt="{:.3g}", fontsize=7)
    axes.set_yscale("log")
    axes.set_xticks(range(len(rows)), [row["preset"] for row in rows], fontsize=8)
    axes.set(ylabel="milliseconds from text to answer")
    axes.margins(y=0.15)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(path, format="png", dpi=110)
    return Path(path)
