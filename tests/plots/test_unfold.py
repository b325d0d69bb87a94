"""Folded and unfolded graphs: the copies are right, and nothing in the picture lies upon anything else."""

import itertools
import math

import pytest

from keras_rnn_zoo.plots.unfold import columns_of, draw_unfold, panels_of, plot_unfold
from keras_rnn_zoo.plots.unfold_layout import RADIUS
from keras_rnn_zoo.plots.unfold_panel import symbol
from keras_rnn_zoo.plots.unfolding import ELLIPSIS, Copy, Edge, Graph, Node, unfold
from keras_rnn_zoo.views.recurrent_graph import recurrent_graph
from tests.plots.rendering import renderer_of
from tests.views.test_recurrent_graph import MODELS

COLUMNS = {0: [1, 2, ELLIPSIS, "n"], 1: [0, 1, ELLIPSIS, "m"]}


def graph_of(*edges, **nodes):
    made = {name: Node(name, name, name, "state", **options) for name, options in nodes.items()}
    return Graph(made, list(edges))


def pairs(graph):
    return [(edge.source.time, edge.target.time) for edge in unfold(graph, COLUMNS)[1]]


@pytest.mark.parametrize(
    ("edge", "nodes", "expected"),
    [
        (Edge("x", "h"), {"x": {}, "h": {}}, [(1, 1), (2, 2), ("n", "n")]),
        (Edge("h", "h", delay=1), {"h": {}}, [(1, 2), (2, ELLIPSIS), (ELLIPSIS, "n")]),
        (Edge("h", "h", delay=-1), {"h": {}}, [("n", ELLIPSIS), (ELLIPSIS, 2), (2, 1)]),
        (Edge("h", "o", source_at="last"), {"h": {}, "o": {"when": "last"}}, [("n", "n")]),
        (Edge("h", "o", source_at="first"), {"h": {}, "o": {"when": "last"}}, [(1, "n")]),
        (Edge("C", "s", target_at="first"), {"C": {"when": "once"}, "s": {"side": 1}}, [(None, 1)]),
        (Edge("C", "s", target_at="first"), {"C": {"when": "once"}, "s": {"side": 1, "since": 0}}, [(None, 0)]),
        (Edge("C", "s", target_at="each"), {"C": {"when": "once"}, "s": {"side": 1}}, [(None, 1), (None, "m")]),
        (Edge("h", "s", source_at="last", target_at="first"), {"h": {}, "s": {"side": 1}}, [("n", 1)]),
        (Edge("e", "s"), {"e": {"side": 1}, "s": {"side": 1, "since": 0}}, [(1, 1), ("m", "m")]),
        (Edge("s", "s", delay=1), {"s": {"side": 1, "since": 0}}, [(0, 1), (1, ELLIPSIS), (ELLIPSIS, "m")]),
        (Edge("s", "c", delay=1), {"s": {"side": 1}, "c": {"side": 1}}, [(1, ELLIPSIS), (ELLIPSIS, "m")]),
    ],
)
def test_edges_of_the_unfolded_graph(edge, nodes, expected):
    assert pairs(graph_of(edge, **nodes)) == expected


def test_only_what_is_linked_along_time_stands_at_the_ellipsis():
    copies, _ = unfold(graph_of(Edge("x", "h"), Edge("h", "h", delay=1), x={}, h={}), COLUMNS)
    assert [copy.time for copy in copies if copy.name == "x"] == [1, 2, "n"]
    assert Copy("h", ELLIPSIS) in copies


def test_names_of_time_steps():
    columns = [1, 2, ELLIPSIS, "n"]
    told = {
        (): ["1", "2", "n"],
        (("from_end", True),): ["n", "n-1", "1"],
        (("lag", 1),): ["0", "1", "n-1"],
    }
    for options, steps in told.items():
        node = Node("x", "x", "", "input", **dict(options))
        assert [symbol(node, time, columns) for time in (1, 2, "n")] == [f"$x^{{({step})}}$" for step in steps]
    assert symbol(Node("x", "x", "", "input", lag=1), None, [None]) == "$x^{(t-1)}$"
    assert symbol(Node("h", "h", "", "state", index=2), "n", columns) == "$h_{2}^{(n)}$"


@pytest.fixture(scope="module")
def graphs():
    return {name: recurrent_graph(build()) for name, build in MODELS.items()}


@pytest.mark.parametrize("name", MODELS)
def test_circles_and_ways_keep_apart(name, graphs):
    for panel in panels_of(graphs[name]):
        for here, there in itertools.combinations(panel.places.values(), 2):
            assert math.dist(here, there) > 2 * RADIUS
        assert len({(way.source, way.target, way.bulge) for way in panel.ways}) == len(panel.ways)
        for way in panel.ways:
            others = [place for copy, place in panel.places.items() if copy not in (way.source, way.target)]
            assert all(math.dist(point, place) > RADIUS for point in panel.points_of(way) for place in others)


CROWDED = ("bahdanau", "context_alone", "grid", "luong", "one_to_many_both", "residual", "skips", "speech_recognizer")


@pytest.mark.parametrize("name", CROWDED)
def test_texts_keep_apart(name, graphs):
    figure = draw_unfold(graphs[name], name)
    renderer = renderer_of(figure)
    (axes,) = figure.axes
    (_, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for panel in panels_of(graphs[name]):
        drawn = [point for way in panel.ways for point in panel.points_of(way)]
        assert all(RADIUS < x < right - RADIUS and bottom + RADIUS < y < top - RADIUS for x, y in drawn)
    texts = [text for text in axes.texts if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    inside = figure.bbox
    for said, box in boxes:
        assert inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1, said
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.shrunk(0.9, 0.9).overlaps(second.shrunk(0.9, 0.9)), f"{one} and {other}"


def test_what_is_drawn_is_the_graph(graphs):
    for graph in graphs.values():
        folded, unfolded = panels_of(graph)
        assert [(way.source.name, way.target.name) for way in folded.ways] == [
            (e.source, e.target) for e in graph.edges
        ]
        copies, edges = unfold(graph, columns_of(graph))
        assert list(unfolded.places) == copies
        assert [(way.source, way.target) for way in unfolded.ways] == [(edge.source, edge.target) for edge in edges]


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_file(suffix, graphs, tmp_path):
    path = plot_unfold(graphs["many_to_one"], tmp_path / f"a{suffix}", "a title")
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")
