"""The graph that is drawn is the model: what it says to depend on an input does, and nothing else."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.explanation.walk import recurrent_layers_of
from keras_rnn_zoo.layers.rnn_decoder import CONDITIONINGS
from keras_rnn_zoo.plots.unfolding import Copy, unfold
from keras_rnn_zoo.views.recurrent_graph import recurrent_graph
from tests.contract.test_catalogue import BUILDERS

STEPS = {0: [1, 2, 3, 4], 1: [1, 2, 3]}
WORDS = {"vocabulary_size": 9, "embedding_dim": 4}


def two_inputs():
    """A user's own encoder-decoder."""
    source, previous = keras.Input((None, 3), name="source"), keras.Input((None, 2), name="previous")
    _, *states = layers.LSTM(8, return_state=True, name="reader")(source)
    written = layers.LSTM(8, return_sequences=True, name="writer")(previous, initial_state=states)
    return keras.Model([source, previous], layers.Dense(2, name="answer")(written))


def mean_over_time():
    """A user's own functional model."""
    x = keras.Input((None, 3), name="x")
    up = layers.GRU(4, return_sequences=True, name="up")(layers.Dropout(0.1)(x))
    down = layers.GRU(4, return_sequences=True, go_backwards=True, name="down")(up)
    return keras.Model(
        x, layers.Dense(2, name="y")(layers.GlobalAveragePooling1D(name="mean")(layers.Add()([up, down])))
    )


def translator(**options):
    return lambda: zoo.build_translator((None,), 9, (6, 6), cell="gru", **WORDS, **{"bridge": "dense", **options})


def aligned(**options):
    return lambda: zoo.build_many_to_many_aligned((None, 3), 5, (6, 6), cell="gru", **options)


def catalogued(name):
    arguments, options, _ = BUILDERS[name]
    return lambda: zoo.builders.get(name)(*arguments, **options)


MODELS = {
    **{name: catalogued(name) for name in BUILDERS if name != "one_to_one"},
    **{
        f"one_to_many_{way}": lambda way=way: zoo.build_one_to_many((4,), 6, (5, 5), embedding_dim=3, conditioning=way)
        for way in CONDITIONINGS
    },
    "vectors_written": lambda: zoo.build_one_to_many((4,), 3, 5, cell="simple_rnn", output_activation="linear"),
    "grid": lambda: zoo.build_captioner((20, 20, 1), 9, 6, embedding_dim=4, attention="bahdanau"),
    "bahdanau": translator(attention="bahdanau", bidirectional=True, reverse_source=False),
    "luong": translator(attention="luong_general"),
    "luong_unfed": translator(attention="luong_concat", input_feeding=False),
    "copied": translator(bridge="copy", conditioning="both"),
    "context_alone": translator(conditioning="input", bidirectional=True, skip_connections="residual"),
    "residual": aligned(skip_connections="residual", bidirectional=True),
    "skips": aligned(skip_connections="input", bidirectional=True, output_units=(4, 3), input_units=4),
    "residual_to_one": lambda: zoo.build_many_to_one((None, 3), 5, (4, 4), skip_connections="residual", bidirectional=True),
    "deep_transition": lambda: zoo.build_many_to_many_aligned((None, 3), 5, 6, cell="deep_transition"),
    "two_inputs": two_inputs,
    "mean_over_time": mean_over_time,
    "sequential": lambda: keras.Sequential([keras.Input((None, 3)), layers.LSTM(4), layers.RepeatVector(4), layers.GRU(3)]),
}  # fmt: skip


def inputs_of(graph):
    return [node for node in graph.nodes.values() if node.kind == "input"]


def said_to_depend(graph) -> dict:
    """For each input and step, by the unfolded graph: the outputs' steps that a path leads to."""
    _, edges = unfold(graph, STEPS)
    after = {}
    for edge in edges:
        after.setdefault(edge.source, set()).add(edge.target)
    ends = {edge.source for edge in edges if edge.target.name == f"loss of {edge.source.name}"}
    found = {}
    for node in inputs_of(graph):
        times = [None] if node.when == "once" else STEPS[node.side]
        for number, time in enumerate(times):
            step = len(times) - 1 - number if node.from_end else number
            reached = reachable(Copy(node.name, time), after)
            found[node.name, step] = {copy.time for copy in reached & ends}
    return found


def reachable(start, after) -> set:
    seen, open_ = set(), [start]
    while open_:
        copy = open_.pop()
        if copy not in seen:
            seen.add(copy)
            open_ += after.get(copy, ())
    return seen


def really_depends(model, graph) -> dict:
    """The same by trial: each step of each input is changed, and the steps of the output that change are noted."""
    rng = np.random.default_rng(0)
    model.set_weights(
        [rng.normal(size=weight.shape) / np.sqrt(np.prod(weight.shape[:-1])) for weight in model.get_weights()]
    )
    nodes = {node.name: node for node in inputs_of(graph)}
    specs = {spec.name: spec for spec in model.inputs}
    base = {name: sample(specs[name], nodes[name], rng) for name in nodes}
    changed = {}
    for name, node in nodes.items():
        for step in [0] if node.when == "once" else range(len(STEPS[node.side])):
            changed[name, step] = {**base, name: disturbed(base[name], step, node.when == "once")}
    rows = [base, *changed.values()]
    batch = {name: np.stack([row[name] for row in rows]) for name in base}
    answer = model(batch if len(batch) > 1 and isinstance(model.input, dict) else [batch[s.name] for s in model.inputs])
    answer = keras.ops.convert_to_numpy(keras.tree.flatten(answer)[0])
    if answer.ndim == 2:  # At the last step alone.
        answer = answer[:, None]
    last = STEPS[max(node.side for node in graph.nodes.values() if node.when != "once")]
    times = last if answer.shape[1] > 1 else last[-1:]
    differs = [np.abs(row - answer[0]).max(axis=-1) > 1e-6 for row in answer[1:]]
    return {key: {time for time, differs_here in zip(times, row) if differs_here} for key, row in zip(changed, differs)}


def sample(spec, node, rng):
    sizes = [STEPS[node.side][-1] if size is None else size for size in spec.shape[1:]]
    if "int" in spec.dtype:
        return rng.integers(1, 4, sizes)
    return rng.normal(size=sizes).astype("float32")


def disturbed(values, step, whole):
    values = values.copy()
    where = slice(None) if whole else step
    values[where] = values[where] + 2
    return values


@pytest.mark.parametrize("name", MODELS)
def test_what_depends_on_what(name):
    model = MODELS[name]()
    graph = recurrent_graph(model)
    said = said_to_depend(graph)
    assert said == really_depends(model, graph) and any(said.values())


@pytest.mark.parametrize("name", MODELS)
def test_every_recurrent_layer_is_a_state_with_a_loop(name):
    model = MODELS[name]()
    graph = recurrent_graph(model)
    states = {node.name: node for node in graph.nodes.values() if node.kind == "state"}
    expected = recurrent_layers_of(model)
    assert set(states) == set(expected)
    for path, layer in expected.items():
        loops = [edge.delay for edge in graph.edges if edge.source == edge.target == path]
        assert loops == [-1 if layer.go_backwards else 1]
        assert f" · {layer.cell.units}" in states[path].label
        assert type(layer.cell).__name__.removesuffix("Cell") in states[path].label


def edges_to_states(graph, source):
    """The short names of the layers that read `source`, and at which step."""
    return [
        (edge.target.rsplit("/")[-1], edge.kind, edge.target_at)
        for edge in graph.edges
        if edge.source == source and graph.nodes[edge.target].kind == "state"
    ]


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("input", [("recurrent_1", "feeds", "each")]),
        ("initial_state", [("recurrent_1", "hands over", "first"), ("recurrent_2", "hands over", "first")]),
        ("both", [("recurrent_1", "feeds", "each"), ("recurrent_1", "hands over", "first"), ("recurrent_2", "hands over", "first")]),
        ("first_step", [("recurrent_1", "feeds", "first")]),
        ("first_bias", [("recurrent_1", "feeds", "first")]),
    ],
)  # fmt: skip
def test_how_the_context_enters(way, expected):
    graph = recurrent_graph(MODELS[f"one_to_many_{way}"]())
    assert edges_to_states(graph, "context") == expected
    assert {node.since for node in graph.nodes.values() if node.kind == "state"} == {0 if way == "first_step" else 1}


def test_copied_states_are_handed_over_layer_by_layer():
    graph = recurrent_graph(translator(bridge="copy")())
    handed = [
        (edge.source, edge.target, edge.source_at, edge.target_at) for edge in graph.edges if edge.kind == "hands over"
    ]
    assert handed == [
        (f"encoder/recurrence/recurrent_{n}", f"decoder/recurrence/recurrent_{n}", "last", "first") for n in (1, 2)
    ]
    assert "decoder/context" not in graph.nodes
    context = recurrent_graph(MODELS["copied"]())
    assert edges_to_states(context, "decoder/context") == [("recurrent_1", "feeds", "each")]


def test_a_reversed_source():
    graph = recurrent_graph(translator()())
    assert [name for name, node in graph.nodes.items() if node.from_end] == ["source", "encoder/embedding"]
    graph = recurrent_graph(translator(attention="luong_dot")())
    assert [name for name, node in graph.nodes.items() if node.from_end] == ["source", "encoder/embedding"]
    assert not any(node.from_end for node in recurrent_graph(MODELS["bahdanau"]()).nodes.values())


def test_where_attention_looks():
    def of(name):
        graph = recurrent_graph(MODELS[name]())
        return {(edge.source.split("/")[-1], edge.target.split("/")[-1], edge.delay) for edge in graph.edges}

    bahdanau, luong, unfed = of("bahdanau"), of("luong"), of("luong_unfed")
    assert {("recurrent_2", "attention", 1), ("attention", "recurrent_1", 0), ("embedding", "readout", 0)} <= bahdanau
    assert {("recurrent_2", "attention", 0), ("attention", "readout", 0), ("readout", "recurrent_1", 1)} <= luong
    assert luong - unfed == {("readout", "recurrent_1", 1)} and not unfed - luong
    for edges in (bahdanau, luong, unfed):
        assert {source for source, target, _ in edges if target == "attention"} == {"memory", "recurrent_2"}


def test_skip_connections():
    def skips(name):
        graph = recurrent_graph(MODELS[name]())
        return {
            (edge.source.split("/")[-1], edge.target.split("/", 1)[-1]) for edge in graph.edges if edge.kind == "skips"
        }

    ways = ("forward_recurrent_2", "backward_recurrent_2")
    assert skips("skips") == {("inputs_layer_1", f"recurrent_2/{way}") for way in ways}
    assert skips("residual") == {(f"{way}_recurrent_1", "recurrent_2/sum") for way in ("forward", "backward")}
    graph = recurrent_graph(MODELS["skips"]())
    assert (
        len([edge for edge in graph.edges if edge.target == "output/hidden_1"]) == 4
    )  # Both directions of both layers.


def test_ctc_has_one_loss_for_all_frames():
    model = MODELS["speech_recognizer"]()
    model.compile("sgd", keras.losses.CTC())
    graph = recurrent_graph(model)
    (loss,) = [node for node in graph.nodes.values() if node.kind == "loss"]
    assert loss.when == "last" and loss.whole and loss.label == "ctc"
    assert [edge.source_at for edge in graph.edges if edge.source == "output"] == ["each"]


def test_numbers_only_where_there_are_several():
    labels = {edge.label for edge in recurrent_graph(MODELS["deep_transition"]()).edges}
    assert labels == {"U", "V", "W", ""}
    labels = {edge.label for edge in recurrent_graph(MODELS["many_to_one"]()).edges}
    assert {"U_1", "U_2", "W_1", "W_2", "U_1'", "W_2'", "V"} <= labels


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ZooError, match="has no recurrent layer"):
        recurrent_graph(zoo.build_one_to_one((20,), 3, 4))

    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ZooError, match="sequential or functional"):
        recurrent_graph(Own())
    x, shared = keras.Input((None, 3)), layers.GRU(3, return_sequences=True, name="twice")
    with pytest.raises(ZooError, match="twice is called 2 times"):
        recurrent_graph(keras.Model(x, shared(shared(x))))
