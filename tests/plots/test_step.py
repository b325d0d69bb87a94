"""Pictures of one step: what they show is what the cell computes, and nothing in them overlaps."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import cells
from keras_rnn_zoo.cards import cell_cards
from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.plots.cell_step import draw_cell_step, plot_cell_step
from keras_rnn_zoo.plots.step_formula import Formulas
from keras_rnn_zoo.plots.step_graph import StepGraph
from keras_rnn_zoo.plots.step_layout import StepLayout
from keras_rnn_zoo.plots.step_text import step_text
from tests.cells.cell_cases import SETTINGS, name_of
from tests.plots.rendering import renderer_of

BATCH, FEATURES, UNITS = 2, 3, 8
EVERY = [*SETTINGS, ("lstm", {}), ("gru", {})]
every_setting = pytest.mark.parametrize("setting", EVERY, ids=name_of)
every_cell = pytest.mark.parametrize("name", cells.CELLS)


def built(setting):
    name, options = setting
    made = {"lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell}.get(name) or cells.get(name)
    cell = made(**{"units": UNITS, **options})
    cell.build((None, FEATURES))
    rng = np.random.default_rng(0)
    cell.set_weights([rng.normal(size=weight.shape).astype("float32") for weight in cell.weights])
    return cell


def graph_of(name, cell):
    weights = {weight.name: ops.convert_to_numpy(weight) for weight in cell.weights}
    equation = cell_cards.KERAS_OWN.get(name) or cell_cards.EQUATIONS[name]
    return StepGraph(equation, cell, weights, [FEATURES, *state_sizes(cell)], cell_cards.card_of(name))


def step_inputs(cell, name):
    rng = np.random.default_rng(1)
    states = [rng.normal(size=(BATCH, size)).astype("float32") for size in state_sizes(cell)]
    if name == "clockwork_rnn":
        states[1] = np.array([[2.0], [5.0]], "float32")
    return rng.normal(size=(BATCH, FEATURES)).astype("float32"), states


def by_graph(step, x, states):
    """The new states and the output, each whole, by the nodes of the picture alone."""
    sources = np.concatenate(states, axis=-1)
    ends = np.cumsum([state.width for state in step.before])[:-1]
    values = dict(zip(step.sources, [x, *np.split(sources, ends, axis=-1)], strict=True))
    for node in step.nodes:
        values[node] = node.compute([values[read] for read in node.inputs])
    return [np.concatenate([values[node] for node in nodes], axis=-1) for nodes in (step.after, step.outputs)]


@every_setting
def test_the_graph_computes_what_the_cell_does(setting):
    cell = built(setting)
    x, states = step_inputs(cell, setting[0])
    new, output = by_graph(graph_of(setting[0], cell), x, states)
    expected_output, expected = cell(ops.convert_to_tensor(x), [ops.convert_to_tensor(state) for state in states])
    expected = np.concatenate([ops.convert_to_numpy(state) for state in expected], axis=-1)
    np.testing.assert_allclose(new, expected, atol=1e-5)
    np.testing.assert_allclose(output, ops.convert_to_numpy(expected_output), atol=1e-5)


@every_setting
def test_every_node_is_drawn_and_every_name_is_used_once(setting):
    step = graph_of(setting[0], built(setting))
    names = [str(name) for node, name in step.names.items()]
    shifted = sum(node in step.before for node in step.after)
    assert len(set(names)) == len(names), names
    assert len(step.names) == len(step.sources) + len(step.rows)
    layout = StepLayout(step)
    assert set(layout.nodes) == {node for node in step.nodes if node.kind != "part"}
    assert shifted == 0 or setting[0] == "time_skip_rnn"


@every_setting
def test_the_text_is_narrow_complete_and_has_an_ascii_form(setting):
    step = graph_of(setting[0], built(setting))
    drawing, plain = step_text(step), step_text(step, unicode=False)
    assert max(map(len, drawing.splitlines())) <= 100 and max(map(len, plain.splitlines())) <= 100
    assert plain.isascii()
    assert all(f" {name} = " in f" {plain}" for name in map(str, map(step.names.get, step.rows)))
    assert all(str(step.names[node]) in plain for node in [*step.sources, *step.after])
    assert sum("o" in line.replace("clo", "").split(" = ")[0] for line in plain.splitlines()) >= len(step.rows)


def test_a_text_by_heart():
    cell = built(("coupled_lstm", {}))
    assert step_text(graph_of("coupled_lstm", cell)).splitlines() == [
        " x_t   h_t-1 c_t-1",
        "  │     │     │",
        "  ●─────●─────┼─────╮            f = σ(W_f x_t + R_f h_t-1 + b_f)",
        "  ●─────●─────┼─────┼───╮       c~ = tanh(W_c x_t + R_c h_t-1 + b_c)",
        "  │     │     ●─────●───●───╮  c_t = f ⊙ c_t-1 + (1 - f) ⊙ c~",
        "  ●─────●───────────╮       │    o = σ(W_o x_t + R_o h_t-1 + b_o)",
        "                    ●───┬───●  h_t = o ⊙ tanh(c_t)",
        "                        ▼   ▼",
        "                       h_t c_t",
    ]


@pytest.mark.parametrize(
    "name, row, formula",
    [
        ("simple_rnn", "h_t", "tanh(U x_t + W h_t-1 + b)"),
        ("peephole_lstm", "o", "sigma(W_xo x_t + W_ho h_t-1 + w_co * c_t + b_o)"),
        ("lstm_1997", "g", "4 sigma(W_g x_t + R_g y_t-1 + b_g) - 2"),
        ("layer_norm_lstm", "h_t", "o * tanh(LN(c_t; alpha_3) + beta_3)"),
        ("projected_lstm", "h_t", "P (o * tanh(c_t))"),
        ("clockwork_rnn", "h^2_t", "a^2 if clock_t-1 mod 2 = 0 else h^2_t-1"),
        ("min_lstm", "h_t", "f / (f + i) * h_t-1 + i / (f + i) * h~"),
        ("gru", "h~", "tanh(W_h x_t + r * u + b_h)"),
    ],
)
def test_formulas_read_as_on_the_card(name, row, formula):
    step = cell_cards.step_of(name)
    formulas = Formulas(step)
    assert {str(step.names[node]): formulas[node] for node in step.rows}[row] == formula


@every_setting
def test_nothing_overlaps(setting):
    step = graph_of(setting[0], built(setting))
    layout = StepLayout(step)
    places = [(layout.lane[node], layout.column[node]) for node in layout.nodes]
    assert len(set(places)) == len(places)
    for value in layout.lane:
        for other in layout.lane:
            if value is not other and layout.lane[value] == layout.lane[other]:
                assert ends_before(layout, value, other) or ends_before(layout, other, value)


def ends_before(layout, value, other):
    """Whether the wire of `value` has come to its end where that of `other` begins."""
    readers = [layout.column[node] for node in layout.readers(value)]
    end = layout.columns if layout.leaves(value) else max(readers, default=layout.column.get(value, -1))
    return end <= layout.column.get(other, -1)


@every_setting
def test_wires_within_a_column_go_round_its_parts(setting):
    layout = StepLayout(graph_of(setting[0], built(setting)))
    for node in layout.nodes:
        for read in layout.inputs(node):
            low, high = sorted((layout.lane[node], layout.lane[read]))
            between = [
                n for n in layout.nodes if layout.column[n] == layout.column[node] and low < layout.lane[n] < high
            ]
            assert not between


@pytest.mark.parametrize("suffix, start", [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_pictures(suffix, start, tmp_path):
    path = plot_cell_step(cell_cards.step_of("lstm"), tmp_path / f"step{suffix}", "lstm")
    assert path.read_bytes().startswith(start)


@every_cell
def test_texts_in_a_picture_do_not_touch(name):
    figure = draw_cell_step(cell_cards.step_of(name), name)
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    renderer = renderer_of(figure)
    boxes = [text.get_window_extent(renderer) for text in texts]
    page = figure.bbox
    for number, box in enumerate(boxes):
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, texts[number]
        assert not any(box.overlaps(other) for other in boxes[number + 1 :]), texts[number]
