"""Where the nodes of a recurrent graph stand, and the ways between them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from keras_rnn_zoo.plots.unfolding import Copy, Graph

# In units of the picture: a circle's radius, the distance of time steps, of directions, and what a way keeps from a circle.
RADIUS, COLUMN, LANE, CLEARANCE = 0.3, 1.6, 0.45, 0.08
ABOVE, BESIDE = 1.05, 0.55  # The height between levels, and between the two directions of one.
_BULGES = (0.0, 0.5, -0.5, 0.75, -0.75, 1.0, -1.0, 1.3, -1.3, 1.7, -1.7, 2.2, -2.2, 2.7, -2.7, 3.3, -3.3)


@dataclass(frozen=True)
class Layout:
    """Positions of copies, and the width of all of them."""

    places: dict[Copy, tuple[float, float]]
    width: float


def layout(graph: Graph, copies: list[Copy], columns: dict[int, list]) -> Layout:
    """Time runs to the right; on each side the nodes stand above one another in their order, what is outside time between
    the sides."""
    heights, starts, width = _heights(graph), {}, 0.0
    for place in (0, None, 1):
        if any(_place(graph.nodes[copy.name]) == place for copy in copies):
            starts[place] = width
            width += _width(graph, place, columns)
    places = {}
    for copy in copies:
        node = graph.nodes[copy.name]
        step = columns[node.side].index(copy.time) if copy.time is not None else 0
        x = starts[_place(node)] + step * _column(graph, _place(node)) + _lane(graph, node)
        places[copy] = (x, heights[copy.name])
    return Layout(places, width)


def routes(ways: list[tuple], circles: list[tuple]) -> list[float]:
    """How far each way between two circles must bend to its side, 0 being straight, so that it passes all other circles and
    no two ways are one.

    Args:
        ways: `(start, end)`, centres of circles.
        circles: the centres of all.
    """
    taken, found = defaultdict(set), []
    for start, end in ways:
        free = [bulge for bulge in _BULGES if bulge not in taken[start, end]] if start != end else [0.0]
        bulge = _first_clear(start, end, free, [centre for centre in circles if centre not in (start, end)])
        taken[start, end].add(bulge)
        taken[end, start].add(-bulge)
        found.append(bulge)
    return found


def _first_clear(start, end, bulges, others) -> float:
    gaps = {}
    for bulge in bulges:
        gaps[bulge] = _gap(start, end, bulge, others)
        if gaps[bulge] >= RADIUS + CLEARANCE:
            return bulge
    return max(gaps, key=gaps.get)


def points_on(start, end, bulge, count=24):
    """Points of the curve from `start` to `end` whose middle lies `bulge` to the right of the straight line."""
    (x0, y0), (x1, y1) = start, end
    length = math.dist(start, end) or 1.0
    control = ((x0 + x1) / 2 + 2 * bulge * (y1 - y0) / length, (y0 + y1) / 2 - 2 * bulge * (x1 - x0) / length)
    for number in range(count + 1):
        t = number / count
        yield tuple((1 - t) ** 2 * a + 2 * t * (1 - t) * c + t**2 * b for a, c, b in zip(start, control, end))


def _gap(start, end, bulge, others) -> float:
    return min(
        (math.dist(point, centre) for point in points_on(start, end, bulge) for centre in others), default=math.inf
    )


def _place(node):
    return None if node.when == "once" else node.side


def _both_ways(graph, side) -> bool:
    ways = {node.backward for node in graph.nodes.values() if node.side == side and node.kind == "state"}
    return len(ways) > 1


def _column(graph, side) -> float:
    return COLUMN + (2 * LANE if side is not None and _both_ways(graph, side) else 0)


def _width(graph, place, columns) -> float:
    return _column(graph, place) * (len(columns[place]) if place is not None else 1) + 0.35


def _lane(graph, node) -> float:
    if node.kind != "state" or not _both_ways(graph, node.side):
        return 0.0
    return LANE if node.backward else -LANE


def _heights(graph) -> dict[str, float]:
    heights, tops = {}, {None: _above_what_is_read(graph)}
    for node in graph.nodes.values():
        place = _place(node)
        beside = node.kind == "state" and node.backward and _both_ways(graph, node.side)
        if place in tops:
            tops[place] += BESIDE if beside else ABOVE
        heights[node.name] = tops.setdefault(place, 0.0)
    return heights


def _above_what_is_read(graph) -> float:
    """Where what is outside time begins: above the states of the side that is read, so that arrows run freely."""
    reading = [node for node in graph.nodes.values() if _place(node) == 0]
    return -ABOVE + sum(BESIDE if node.backward else ABOVE for node in reading)
