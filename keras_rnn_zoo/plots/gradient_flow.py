"""Errors on their way back through time, and the norm of every update's gradients."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.plots.legible import legible

_COLUMNS, _LINES = 3, 6

# What lies more than this factor below a panel's longest error is left below its edge.
_DEPTH = 1e-30


def plot_gradient_flow(error_norms: dict, updates: dict, path) -> Path:
    """Draws a panel for each layer, the error's norm over the steps before and during training, then the updates.

    Args:
        error_norms: by epoch and layer, `(timesteps,)`; epoch 0 is before training. Of many epochs the first, the last and
            some between are drawn.
        updates: by epoch, the joint gradient norm before and after clipping, `(updates, 2)`.
        path: the picture's file, `.png`.
    """
    layers = list(next(iter(error_norms.values())))
    figure, panels = _panels(len(layers) + 2)
    shown = _some_of(list(error_norms))
    for axes, layer in zip(panels, layers):
        for number, epoch in enumerate(shown):
            label = "before training" if epoch == 0 else f"after epoch {epoch}"
            axes.plot(_drawable(error_norms[epoch][layer]), color=_shade(number, len(shown)), label=label)
        _over_time(axes, layer)
    panels[0].legend(fontsize="small")
    _draw_norms(panels[-2], updates)
    _draw_shares(panels[-1], updates)
    figure.savefig(path, dpi=110)
    return Path(path)


def plot_error_norms(runs: dict, path) -> Path:
    """Draws a panel for each model: the error's norm over the steps of its layers, untrained and trained.

    Args:
        runs: by the model's name and the layer's, a pair of such norms `(timesteps,)`.
        path: the picture's file, `.png`.
    """
    figure, panels = _panels(len(runs), share=True)
    for axes, (name, layers) in zip(panels, runs.items()):
        for number, (layer, (untrained, trained)) in enumerate(layers.items()):
            label = "" if len(layers) == 1 else f"{legible(layer)}, "
            axes.plot(_drawable(untrained), color=f"C{number}", linestyle="--", label=f"{label}untrained")
            axes.plot(_drawable(trained), color=f"C{number}", label=f"{label}trained")
        _over_time(axes, name)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=110)
    return Path(path)


def _panels(count, share=False):
    from matplotlib.figure import Figure

    columns = 2 if count == 4 else min(_COLUMNS, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(4.4 * columns, 3.4 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, sharey=share, squeeze=False).flat)
    for axes in panels[count:]:
        axes.remove()
    return figure, panels[:count]


def _over_time(axes, title):
    axes.set_yscale("log")
    axes.set(xlabel="time step t", ylabel=r"$\|\partial L\,/\,\partial\,\mathrm{state}_t\|$", title=legible(title))
    axes.title.set_fontsize("medium")


def _draw_norms(axes, updates):
    epochs = list(updates)
    for column, label, style in ((0, "before clipping", "-"), (1, "after clipping", "--")):
        means = [norms[:, column].mean() if len(norms) else np.nan for norms in updates.values()]
        axes.plot(epochs, _drawable(means), style, color=f"C{column}", marker=".", label=f"mean {label}")
    largest = [norms[:, 0].max() if len(norms) else np.nan for norms in updates.values()]
    axes.plot(epochs, _drawable(largest), ":", color="C0", label="largest before clipping")
    axes.set_yscale("log")
    axes.set(xlabel="epoch", title="joint norm of the gradients")
    axes.title.set_fontsize("medium")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2)


def _draw_shares(axes, updates):
    shares = [np.mean(norms[:, 1] < norms[:, 0] * (1 - 1e-5)) if len(norms) else np.nan for norms in updates.values()]
    axes.plot(list(updates), shares, marker=".")
    axes.set(xlabel="epoch", title="share of updates clipped", ylim=(-0.03, 1.03))
    axes.title.set_fontsize("medium")
    axes.xaxis.get_major_locator().set_params(integer=True)


def _drawable(norms) -> np.ndarray:
    """What a logarithmic axis can show: not zero, nor what is no number."""
    norms = np.asarray(norms, dtype="float64")
    seen = norms[np.isfinite(norms)]
    floor = seen.max() * _DEPTH if len(seen) else 0.0
    return np.where(np.isfinite(norms) & (norms > floor), norms, np.nan)


def _some_of(epochs: list) -> list:
    """At most `_LINES` of them, the first and the last among them."""
    chosen = np.unique(np.linspace(0, len(epochs) - 1, min(_LINES, len(epochs))).round().astype(int))
    return [epochs[number] for number in chosen]


def _shade(number, count):
    from matplotlib import colormaps

    return colormaps["viridis"](0.9 * number / max(count - 1, 1))
