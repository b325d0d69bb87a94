"""One drawing of a recurrent graph: folded, or unfolded."""

from __future__ import annotations

import math
from dataclasses import dataclass

from keras_rnn_zoo.plots.unfold_layout import RADIUS, layout, points_on, routes
from keras_rnn_zoo.plots.unfolding import ELLIPSIS, Copy, Edge, Graph, Node, unfold

_COLORS = {
    "input": "#eeeeee",
    "layer": "#d9e8f5",
    "state": "#9ecae1",
    "sum": "#ffffff",
    "context": "#d8c8e8",
    "attention": "#c4a9dd",
    "output": "#c7e9c0",
    "loss": "#fdd0a2",
    "target": "#eeeeee",
}
_EDGES = {"feeds": "#333333", "recurs": "#1f6fb2", "skips": "#d9822b", "hands over": "#7b4fa3", "looks": "#7b4fa3"}
_TIP, _LOOP = 0.04, 0.5  # What an arrow keeps from its circle; how far a loop reaches.
_SHARES, _ROOM = (
    (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15),
    0.3,
)  # Where on a way its label may stand; how far from others.
FOLDED = {0: [None], 1: [None]}


@dataclass(frozen=True)
class Way:
    """A drawn edge: from where to where, and how far it bends to its side."""

    source: Copy
    target: Copy
    edge: Edge
    bulge: float


class Panel:
    """Copies of a graph's nodes with their places, and the ways between them.

    Args:
        graph: the folded graph.
        columns: the time steps of each side, see `unfolding.unfold`; `FOLDED`: the graph itself.
        left: where its first column stands.
    """

    def __init__(self, graph: Graph, columns: dict[int, list], left: float = 0.0):
        self.graph, self.columns, self.folded = graph, columns, columns == FOLDED
        self.copies, edges = self._copies()
        placed = layout(graph, self.copies, columns)
        self.width = placed.width
        self.places = {copy: (x + left, y) for copy, (x, y) in placed.places.items()}
        ends = [(self.places[source], self.places[target]) for source, target, _ in edges]
        self.ways = [Way(*edge, bulge) for edge, bulge in zip(edges, routes(ends, list(self.places.values())))]

    def _copies(self):
        if self.folded:
            edges = [(Copy(edge.source), Copy(edge.target), edge) for edge in self.graph.edges]
            return [Copy(name) for name in self.graph.nodes], edges
        copies, edges = unfold(self.graph, self.columns)
        return copies, [(edge.source, edge.target, edge.folded) for edge in edges]

    @property
    def edges_of_columns(self) -> tuple[float, float]:
        """Where the first and the last column stand."""
        across = [x for x, _ in self.places.values()]
        return min(across), max(across)

    @property
    def top(self) -> float:
        """How high it reaches."""
        return max(y for way in self.ways for _, y in self._line(way))

    @property
    def bottom(self) -> float:
        """How low it reaches."""
        return min(y for way in self.ways for _, y in self._line(way))

    def _line(self, way) -> list[tuple[float, float]]:
        return [*self.points_of(way), self.places[way.source], self.places[way.target]]

    def points_of(self, way: Way) -> list[tuple[float, float]]:
        """The points of a way's line, from circle to circle."""
        start, end = self.places[way.source], self.places[way.target]
        if way.source == way.target:
            return self._loop(way)
        points = points_on(start, end, way.bulge, 80)
        return [p for p in points if math.dist(p, start) >= RADIUS and math.dist(p, end) >= RADIUS + _TIP]

    def _loop(self, way) -> list[tuple[float, float]]:
        (x, y), side = self.places[way.source], self._side_of_loop(way.source.name)
        start, end = ((x + side * 0.18, y + up * 0.24) for up in (1, -1))
        return list(points_on(start, end, -_LOOP * side, 40))

    def _side_of_loop(self, name) -> int:
        """-1: at the left, so that it crosses neither what goes on to a second side nor the other direction."""
        node, others = self.graph.nodes[name], self.graph.nodes.values()
        both_ways = any(
            other.backward != node.backward for other in others if other.kind == "state" and other.side == node.side
        )
        goes_on = node.side == 0 and any(other.side == 1 for other in others)
        return -1 if (both_ways and not node.backward) or (goes_on and not node.backward) else 1

    def draw(self, axes):
        """Draws it."""
        self._labels = []
        for way in self.ways:
            self._draw_way(axes, way, self.points_of(way))
        for copy in self.copies:
            self._draw_node(axes, copy)

    def _draw_way(self, axes, way, points):
        color, style = _EDGES[way.edge.kind], "--" if way.edge.kind == "hands over" else "-"
        axes.plot(*zip(*points), color=color, linewidth=0.9, linestyle=style, zorder=2)
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 0.9, "mutation_scale": 8, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=points[-1], xytext=points[-3], arrowprops=arrow, zorder=2)
        if self.folded and way.edge.delay:
            axes.plot(*points[len(points) // 2], marker="s", markersize=5, color=color, zorder=5)
        if way.edge.label and way.source.time != ELLIPSIS:
            self._draw_label(axes, way, points)

    def _draw_label(self, axes, way, points):
        look = {"ha": "center", "va": "center", "fontsize": 7.5, "zorder": 2.5}
        if way.source == way.target:
            x, y = points[len(points) // 2]
            axes.text(x + 0.2 * self._side_of_loop(way.source.name), y, f"${way.edge.label}$", **look)
            return
        place = max(_SHARES, key=lambda share: (min(self._room_at(points, share), _ROOM), -_SHARES.index(share)))
        self._labels.append(points[int(place * len(points))])
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85}
        axes.text(*self._labels[-1], f"${way.edge.label}$", bbox=box, **look)

    def _room_at(self, points, share) -> float:
        """How far that place on a way is from all circles and labels."""
        place = points[int(share * len(points))]
        from_circles = min(math.dist(place, centre) for centre in self.places.values()) - RADIUS + 0.12
        return min(from_circles, *(math.dist(place, label) for label in self._labels), math.inf)

    def _draw_node(self, axes, copy):
        from matplotlib.patches import Circle

        node, place = self.graph.nodes[copy.name], self.places[copy]
        if copy.time == ELLIPSIS:
            axes.text(*place, r"$\cdots$", ha="center", va="center", fontsize=12, zorder=3)
            return
        axes.add_patch(
            Circle(place, RADIUS, facecolor=_COLORS[node.kind], edgecolor="#333333", linewidth=0.8, zorder=3)
        )
        text = symbol(node, copy.time, self.columns[node.side])
        axes.text(*place, text, ha="center", va="center", fontsize=8.5 if len(text) < 16 else 7, zorder=4)


def symbol(node: Node, time, columns: list) -> str:
    """A node's letter with its number and time step, as a formula."""
    letter = node.letter + (f"_{{{node.index}}}" if node.index else "")
    if node.kind == "sum" or node.whole or (time is None and not node.lag):
        return f"${letter}$"
    return f"${letter}^{{({_step(node, time, columns)})}}$"


def _step(node, time, columns) -> str:
    if time is None:
        return f"t-{node.lag}"
    if node.lag:
        return str(time - node.lag) if isinstance(time, int) else f"{time}-{node.lag}"
    if not node.from_end:
        return str(time)
    read, length = columns.index(time), columns[-1]
    return "1" if time == length else f"{length}-{read}" if read else str(length)
