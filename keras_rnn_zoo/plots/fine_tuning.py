"""Accuracy over the number of labels, with and without training before."""

from __future__ import annotations

from pathlib import Path

_STYLE = {
    "fine-tuned": {"color": "C0", "marker": "o", "shift": 0.97},
    "from scratch": {"color": "C1", "marker": "s", "shift": 1.03},
}


def plot_fine_tuning(record: dict, path) -> Path:
    """Draws a panel for each transfer into a PNG: means with standard deviations, every seed, baseline and the model as it was.

    Args:
        record: the content of the fine-tuning bench's JSON file.
        path: the picture's file.
    """
    from matplotlib.figure import Figure

    transfers = record["transfers"]
    figure = Figure(figsize=(5.5 * len(transfers), 4.2), layout="constrained")
    for axes, about in zip(figure.subplots(1, len(transfers), squeeze=False)[0], transfers):
        _draw(axes, about, [row for row in record["rows"] if row["transfer"] == about["name"]], record["split"])
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _draw(axes, about: dict, rows: list[dict], split: str):
    for arm, style in _STYLE.items():
        _draw_arm(axes, arm, [row for row in rows if row["arm"] == arm and row["labels"]], **style)
    for row in rows:
        if not row["labels"]:
            axes.axhline(row["mean"], color="C0", linestyle=":", label="as it was, no label")
    base = about["baseline"]
    axes.axhline(base["accuracy"], color="grey", linestyle="--", label=base["name"])
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks(about["labels"], [f"{count:,}" for count in about["labels"]])
    axes.set(
        title=about["title"],
        xlabel=f"labelled {about['unit']}",
        ylabel=f"accuracy on {about['scored']:,} {split} {about['unit']}",
    )
    axes.title.set_fontsize(10)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)


def _draw_arm(axes, arm: str, rows: list[dict], color: str, marker: str, shift: float):
    places = [row["labels"] * shift for row in rows]
    spreads = [row["standard_deviation"] or 0.0 for row in rows]
    axes.errorbar(places, [row["mean"] for row in rows], spreads, label=arm, color=color, marker=marker, capsize=4)
    for place, row in zip(places, rows):
        axes.plot([place] * len(row["accuracy"]), row["accuracy"], ".", color=color, alpha=0.4, markersize=5)
