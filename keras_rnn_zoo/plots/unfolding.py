"""A recurrent graph, folded and unfolded in time (Goodfellow et al. 2016, sec. 10.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

ELLIPSIS = "..."


@dataclass
class Node:
    """A quantity of the folded graph.

    Attributes:
        name: unique in the graph; of a layer's output, the layer's place in the model.
        letter: what it is called, for instance `h`. index: its number among those of one letter, or 0.
        label: what it is, for a reader: name, class, width.
        kind: `"input"`, `"layer"`, `"state"`, `"sum"`, `"context"`, `"attention"`, `"output"`, `"loss"` or `"target"`.
        when: `"each"` time step has one, the `"last"` alone, or it is there `"once"`, outside time.
        side: 0 for the sequence that is read, 1 for the one that is written; each has time steps of its own.
        backward: it is a state that is read from the end.
        lag: the value of so many steps ago, as what was written before each step.
        from_end: the sequence is read from its end, so that step 1 has the last value.
        since: the first time step that has one.
        whole: it stands for a whole sequence, not for a step of it.
    """

    name: str
    letter: str
    label: str
    kind: str
    when: str = "each"
    side: int = 0
    index: int = 0
    backward: bool = False
    lag: int = 0
    from_end: bool = False
    since: int = 1
    whole: bool = False


@dataclass(frozen=True)
class Edge:
    """What a node is made of.

    Attributes:
        source, target: names of nodes.
        label: the weights on it.
        delay: from a time step to so many later, 1 or -1.
        source_at, target_at: where not the same time step is meant: `"first"`, `"last"` or `"each"`.
        kind: `"feeds"`, `"recurs"`, `"skips"` a layer, `"hands over"` a state, or `"looks"` as attention does.
    """

    source: str
    target: str
    label: str = ""
    delay: int = 0
    source_at: str | None = None
    target_at: str | None = None
    kind: str = "feeds"


@dataclass
class Graph:
    """Nodes from the bottom up, and the edges between them."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)


@dataclass(frozen=True)
class Copy:
    """A node at a time step; `None` outside time."""

    name: str
    time: int | str | None = None


@dataclass(frozen=True)
class UnfoldedEdge:
    """An edge between copies, and the folded edge that it is a copy of."""

    source: Copy
    target: Copy
    folded: Edge


def unfold(graph: Graph, columns: dict[int, list]) -> tuple[list[Copy], list[UnfoldedEdge]]:
    """The graph with a copy of each node for each time step.

    Args:
        graph: the folded one.
        columns: for each side its time steps, for instance `[1, 2, 3, ELLIPSIS, "n"]`; at the ellipsis stand only nodes that
            are linked along time.

    Returns:
        The copies, and the edges between them.

    >>> h, loop = Node("h", "h", "", "state"), Edge("h", "h", "W", delay=1)
    >>> copies, edges = unfold(Graph({"h": h}, [loop]), {0: [1, 2]})
    >>> [(edge.source.time, edge.target.time) for edge in edges]
    [(1, 2)]
    """
    times = {name: _times(node, columns[node.side]) for name, node in graph.nodes.items()}
    linked = {name for edge in graph.edges if edge.delay for name in (edge.source, edge.target)}
    edges = [UnfoldedEdge(*pair, edge) for edge in graph.edges for pair in _pairs(edge, graph, times, columns)]
    copies = [Copy(name, time) for name in graph.nodes for time in times[name]]
    copies += [
        Copy(name, ELLIPSIS) for name in graph.nodes if name in linked and ELLIPSIS in columns[graph.nodes[name].side]
    ]
    return copies, edges


def _times(node: Node, columns: list) -> list:
    """The time steps that have the node, the ellipsis apart."""
    if node.when == "once":
        return [None]
    if node.when == "last":
        return [columns[-1]]
    return [time for time in columns if time != ELLIPSIS and not (isinstance(time, int) and time < node.since)]


def _pairs(edge: Edge, graph: Graph, times: dict, columns: dict):
    source, target = graph.nodes[edge.source], graph.nodes[edge.target]
    if edge.delay:
        steps = [time for time in columns[source.side] if time == ELLIPSIS or time in times[edge.source]]
        steps = steps if edge.delay > 0 else steps[::-1]
        for before, after in zip(steps, steps[1:]):
            if after == ELLIPSIS or after in times[edge.target]:
                yield Copy(edge.source, before), Copy(edge.target, after)
        return
    if source.when == target.when == "each" and not (edge.source_at or edge.target_at):
        yield from (
            (Copy(edge.source, time), Copy(edge.target, time))
            for time in times[edge.source]
            if time in times[edge.target]
        )
        return
    for before in _chosen(times[edge.source], edge.source_at):
        for after in _chosen(times[edge.target], edge.target_at):
            yield Copy(edge.source, before), Copy(edge.target, after)


def _chosen(times: list, at: str | None) -> list:
    return {"first": times[:1], "last": times[-1:]}.get(at, times)
