"""A run's learning curves."""

from __future__ import annotations

from pathlib import Path


def plot_curves(history: list[dict], path, metric: str, baseline: float | None = None) -> Path:
    """Draws the loss and `metric` over the epochs, training and validation, into a PNG.

    Args:
        history: one dictionary an epoch, as in `history.csv`: `epoch`, `loss`, `val_loss`, the metrics.
        path: the picture's file.
        metric: the metric of the right-hand panel.
        baseline: drawn as a dashed line there.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.5), layout="constrained")
    epochs = [row["epoch"] for row in history]
    for axes, name in zip(figure.subplots(1, 2), ("loss", metric), strict=True):
        if name in history[0]:  # What is decoded is scored on validation alone.
            axes.plot(epochs, [row[name] for row in history], marker=".", label="training")
        axes.plot(epochs, [row[f"val_{name}"] for row in history], marker=".", label="validation")
        if name == metric and baseline is not None:
            axes.axhline(baseline, color="grey", linestyle="--", label="trivial baseline")
        axes.set(xlabel="epoch", title=name.replace("_", " "))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend()
    figure.savefig(path, dpi=110)
    return Path(path)
