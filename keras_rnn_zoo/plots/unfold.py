"""A recurrent graph, folded and unfolded side by side, in the manner of Goodfellow et al. 2016, figs. 10.3 and 10.11."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.plots.legible import legible
from keras_rnn_zoo.plots.unfold_panel import FOLDED, Panel
from keras_rnn_zoo.plots.unfolding import ELLIPSIS, Graph

_INCH, _LETTER = 0.72, 0.098  # Of a unit of the picture; a letter's width in units.
_BESIDE, _GAP = 1.25, 1.6  # Units between a column and the names at its side, and between the two drawings.


def plot_unfold(graph: Graph, path, title: str = "") -> Path:
    """Draws a graph folded, with a square for a delay of one step, and beside it unfolded in time.

    Args:
        graph: a folded graph, see `unfolding.Graph`.
        path: the picture's file, `.png` or `.svg`.
        title: what stands above it.
    """
    figure = draw_unfold(graph, title)
    figure.savefig(path, dpi=120)
    return Path(path)


def draw_unfold(graph: Graph, title: str = ""):
    """The figure of `plot_unfold`."""
    from matplotlib.figure import Figure

    folded, unfolded = panels_of(graph)
    right = unfolded.edges_of_columns[1] + _room(graph, 1)
    top, bottom = max(folded.top, unfolded.top) + 1.4, min(folded.bottom, unfolded.bottom) - 0.6
    figure = Figure(figsize=(right * _INCH, (top - bottom) * _INCH))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, right), ylim=(bottom, top))
    axes.axis("off")
    for panel in (folded, unfolded):
        panel.draw(axes)
    _draw_names(axes, graph, folded, unfolded)
    _draw_unfolding(axes, (folded.edges_of_columns[1] + unfolded.edges_of_columns[0]) / 2, (top - 1.4) / 2)
    axes.text(right / 2, top - 0.4, legible(title), ha="center", va="center", fontsize=11)
    return figure


def panels_of(graph: Graph) -> tuple[Panel, Panel]:
    """The two drawings of a graph, folded and unfolded."""
    folded = Panel(graph, FOLDED, _room(graph, 0))
    return folded, Panel(graph, columns_of(graph), folded.edges_of_columns[1] + 2 * _GAP)


def columns_of(graph: Graph) -> dict[int, list]:
    """The time steps that are shown: 1, 2, 3, an ellipsis and the last; of two sides one fewer each."""
    dated = [node for node in graph.nodes.values() if node.when != "once"]
    both = len({node.side for node in dated}) > 1
    last = {0: "n", 1: "m"} if both else {0: r"\tau", 1: r"\tau"}
    first = {side: min((node.since for node in dated if node.side == side), default=1) for side in last}
    return {side: [*range(first[side], 3 if both else 4), ELLIPSIS, last[side]] for side in last}


def _room(graph, edge) -> float:
    """The room for the names at the left (0) or right (1) edge of the picture."""
    longest = max((len(node.label) for node in graph.nodes.values() if _named_at(node, graph) == edge), default=0)
    return _BESIDE + 0.3 + _LETTER * longest


def _named_at(node, graph) -> int | None:
    """The edge of the picture where a node's name stands; `None`: above the node."""
    reads = any(other.side == 0 for other in graph.nodes.values() if other.when != "once")
    if node.when == "once":
        return None if reads else 0
    return node.side if reads else 1


def _draw_names(axes, graph, folded, unfolded):
    edges = folded.edges_of_columns[0] - _BESIDE, unfolded.edges_of_columns[1] + _BESIDE - 0.3
    look = {"fontsize": 7.5, "color": "#444444"}
    for copy, (x, y) in folded.places.items():
        node, edge = graph.nodes[copy.name], _named_at(graph.nodes[copy.name], graph)
        if edge is None:
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85}
            axes.text(x, y + 0.38, legible(node.label), ha="center", va="bottom", bbox=box, **look)
        else:
            axes.text(edges[edge], y, legible(node.label), ha=("right", "left")[edge], va="center", **look)


def _draw_unfolding(axes, x, y):
    arrow = {"arrowstyle": "-|>", "linewidth": 2.0}
    axes.annotate("", xy=(x + 0.35, y), xytext=(x - 0.35, y), arrowprops=arrow)
    axes.text(x, y + 0.2, "unfold", ha="center", va="bottom", fontsize=8)
