"""Tokens a second of each round, the zoo's and stock Keras's."""

from __future__ import annotations

from pathlib import Path

_WAYS = {"stock": "stock Keras", "zoo": "train"}


def plot_training(record: dict, path) -> Path:
    """Draws a panel for each configuration, a line for each way, into a PNG.

    Args:
        record: the content of the training bench's JSON file.
        path: the picture's file.
    """
    from matplotlib.figure import Figure

    rows = record["rows"]
    figure = Figure(figsize=(1 + 3.6 * len(rows), 3.6), layout="constrained")
    for axes, row in zip(figure.subplots(1, len(rows), squeeze=False)[0], rows):
        for way, label in _WAYS.items():
            speeds = row[way]["tokens_per_second"]
            axes.plot(range(1, 1 + len(speeds)), speeds, marker="o", label=label)
        axes.set_title(f"{row['config'].split('/')[-1]}: {row['ratio']:.2f} times", fontsize=9)
        axes.set(xlabel="round", ylabel="tokens a second", ylim=(0, None))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(axis="y", alpha=0.3)
        axes.legend(fontsize=8)
    figure.savefig(path, format="png", dpi=110)
    return Path(path)
