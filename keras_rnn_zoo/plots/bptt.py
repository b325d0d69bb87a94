"""The terms of back-propagation through time: how much of the error each step receives, and from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_DEEPEST = 1e-15  # of the greatest norm: what is smaller has the darkest colour


@dataclass(frozen=True)
class BPTTNorms:
    """Norms of one network's terms, a column of the picture.

    Attributes:
        title: of the column.
        by_loss: `(tau, tau)`, of the gradient of L^(s) with respect to h^(t) at `[t - 1, s - 1]`; 0 where s < t.
        grad_h: `(tau,)`, of the gradient of the whole loss with respect to h^(t).
        contributions: `(tau,)`, of the gradient with respect to W^(t), the copy of W that step t uses: what it adds to W's.
    """

    title: str
    by_loss: np.ndarray
    grad_h: np.ndarray
    contributions: np.ndarray


def plot_bptt(networks: Sequence[BPTTNorms], path) -> Path:
    """Draws a column a network into a PNG: which loss reaches which step, and the norms of two terms at every step.

    Args:
        networks: one or more, of the same number of steps.
        path: the picture's file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.6 + 3.6 * len(networks), 8.4), layout="constrained")
    panels = figure.subplots(3, len(networks), sharex=True, sharey="row", squeeze=False, height_ratios=(1.7, 1, 1))
    _draw_by_loss(figure, panels[0], networks)
    for (top, middle, bottom), network in zip(panels.T, networks):
        top.set_title(network.title)
        _draw_norms(middle, "whole loss", network.grad_h, "#1f3d99")
        _draw_norms(middle, "last loss alone", network.by_loss[:, -1], "#2a9d8f")
        _draw_norms(bottom, None, network.contributions, "#b4441f")
        bottom.set_xlabel("step t")
        bottom.xaxis.get_major_locator().set_params(integer=True)
    panels[1, -1].legend(fontsize=9)
    panels[1, 0].set_ylabel(r"$\|\nabla_{h^{(t)}} L\|$")
    panels[2, 0].set_ylabel(r"$\|\nabla_{W^{(t)}} L\|$")
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _draw_by_loss(figure, panels, networks):
    """One scale for all columns."""
    from matplotlib.colors import LogNorm

    tau = len(networks[0].grad_h)
    norms = np.ma.masked_equal([network.by_loss for network in networks], 0)
    scale = LogNorm(max(norms.min(), norms.max() * _DEEPEST), norms.max())
    for axes, values in zip(panels, norms):
        image = axes.imshow(values.T, origin="lower", norm=scale, aspect="auto", extent=[0.5, tau + 0.5] * 2)
        axes.set_facecolor("0.9")
    panels[0].set_ylabel("step s of the loss")
    panels[0].yaxis.get_major_locator().set_params(integer=True)
    figure.colorbar(image, ax=list(panels), label=r"$\|\nabla_{h^{(t)}} L^{(s)}\|$")


def _draw_norms(axes, label, norms, colour):
    """A norm of 0 has no place on a logarithmic axis: W learns nothing from a first state of zeros."""
    steps = np.arange(1, len(norms) + 1)[norms > 0]
    axes.semilogy(steps, norms[norms > 0], marker=".", color=colour, label=label)
    axes.grid(alpha=0.3)
