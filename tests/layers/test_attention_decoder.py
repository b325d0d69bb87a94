"""The decoder that attends, against the papers' equations, and stepwise against the whole."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import builders
from keras_rnn_zoo.cells import list_cells
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import AttentionDecoder, stacked_rnn
from keras_rnn_zoo.layers.attention_decoder import ATTENTIONS

SYMBOLS, UNITS, FEATURES = 7, 4, 4
RNG = np.random.default_rng(0)
MEMORY = RNG.normal(size=(3, 5, FEATURES)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [1, 1, 1, 0, 0]], bool)
CONTEXT = RNG.normal(size=(3, 6)).astype("float32")
PREVIOUS = np.array([[2, 4, 5, 6], [2, 6, 0, 0], [2, 5, 5, 0]], "int32")
REAL = PREVIOUS != 0
ON_TENSORFLOW = pytest.mark.skipif(keras.backend.backend() == "jax", reason="test_backends_agree compares JAX with it")
WAYS = [(name, feeds) for name in ATTENTIONS for feeds in ((None,) if name == "bahdanau" else (True, False))]


def decoder(attention, cell="gru", units=UNITS, input_feeding=None, rnn_options=None, **options):
    rnn = stacked_rnn(cell, units, return_state=True, **(rnn_options or {}))
    layer = AttentionDecoder(SYMBOLS, rnn, 3, attention, input_feeding=input_feeding, **options)
    layer(PREVIOUS, MEMORY, memory_mask=MASK, context=CONTEXT)
    layer.set_weights([RNG.normal(scale=0.7, size=weight.shape) for weight in layer.get_weights()])
    return layer


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def whole(layer, previous=PREVIOUS, memory=MEMORY, mask=MASK, context=CONTEXT):
    return [numpy(y) for y in layer(previous, memory, memory_mask=mask, context=context, return_attention_scores=True)]


def weights_of(layer):
    return {weight.path.split("/")[-2] + "/" + weight.name: numpy(weight) for weight in layer.weights}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def scores(w, attention, query, memory):
    if attention == "luong_dot":
        return memory @ query
    if attention == "luong_general":
        return memory @ w["attention/memory_kernel"] @ query
    hidden = np.tanh(query @ w["attention/query_kernel"] + memory @ w["attention/memory_kernel"])
    return hidden @ w["attention/scale"][:, 0]


def lstm_step(w, x, h, c):
    gates = x @ w["lstm_cell/kernel"] + h @ w["lstm_cell/recurrent_kernel"] + w["lstm_cell/bias"]
    i, f, new, o = np.split(gates, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
    return sigmoid(o) * np.tanh(c), c


def gru_step(w, x, s):
    """Bahdanau et al. 2015, A.1.1; Keras's z stands at the old state."""
    (xz, xr, xh), (bz, br, bh) = np.split(x @ w["gru_cell/kernel"], 3), np.split(w["gru_cell/bias"], 3)
    uz, ur, uh = np.split(w["gru_cell/recurrent_kernel"], 3, axis=1)
    z, r = sigmoid(xz + s @ uz + bz), sigmoid(xr + s @ ur + br)
    return z * s + (1 - z) * np.tanh(xh + (r * s) @ uh + bh)


def bahdanau(w, previous, memory, context):
    s = np.tanh(context @ w["bridge_0/kernel"] + w["bridge_0/bias"])
    for symbol in previous:
        e = w["embedding/embeddings"][symbol]
        a = softmax(scores(w, "bahdanau", s, memory))
        c = a @ memory
        s = gru_step(w, np.r_[e, c], s)
        t = (np.r_[s, c, e] @ w["readout/kernel"] + w["readout/bias"]).reshape(2, -1).max(axis=0)
        yield softmax(t @ w["output/kernel"] + w["output/bias"]), a


def luong(w, previous, memory, context, attention, feeds):
    h, cell = (np.tanh(context @ w[f"bridge_{n}/kernel"] + w[f"bridge_{n}/bias"]) for n in (0, 1))
    attended = np.zeros(w["readout/bias"].shape)
    for symbol in previous:
        e = w["embedding/embeddings"][symbol]
        h, cell = lstm_step(w, np.r_[e, attended] if feeds else e, h, cell)
        a = softmax(scores(w, attention, h, memory))
        attended = np.tanh(np.r_[a @ memory, h] @ w["readout/kernel"] + w["readout/bias"])
        yield softmax(attended @ w["output/kernel"] + w["output/bias"]), a


@pytest.mark.parametrize("attention, feeds", WAYS)
def test_the_papers_equations(attention, feeds):
    if attention == "bahdanau":
        options = {"cell": "gru", "rnn_options": {"cell_options": {"reset_after": False}}}
    else:
        options = {"cell": "lstm"}
    sizes = {"attention_units": 5} if attention in ("bahdanau", "luong_concat") else {}
    layer = decoder(attention, input_feeding=feeds, readout_units=3, **options, **sizes)
    probabilities, attentions = whole(layer)
    w = weights_of(layer)
    for row in range(3):
        previous, memory = PREVIOUS[row, REAL[row]], MEMORY[row, MASK[row]]
        if attention == "bahdanau":
            steps = bahdanau(w, previous, memory, CONTEXT[row])
        else:
            steps = luong(w, previous, memory, CONTEXT[row], attention, feeds)
        for t, (p, a) in enumerate(steps):
            np.testing.assert_allclose(probabilities[row, t], p, atol=1e-5)
            np.testing.assert_allclose(attentions[row, t, MASK[row]], a, atol=1e-5)


def stepwise(layer, previous=PREVIOUS):
    """The outputs and attentions, one step after the other."""
    memory, mask, context = (ops.convert_to_tensor(x) for x in (MEMORY, MASK, CONTEXT))
    fixed, states = layer.read(memory, mask, context), layer.start(memory, mask, context)
    outputs = []
    for t in range(previous.shape[1]):
        output, states = layer.step(ops.convert_to_tensor(previous[:, t]), fixed, states)
        outputs.append((numpy(output), numpy(states[-1])))
    return [np.stack(y, axis=1) for y in zip(*outputs)]


def check_stepwise(layer, tolerance=2e-6):
    for one, other in zip(stepwise(layer), whole(layer), strict=True):
        np.testing.assert_allclose(one[REAL], other[REAL], atol=tolerance)


@ON_TENSORFLOW
@pytest.mark.parametrize("attention, feeds", WAYS)
@pytest.mark.parametrize("skip_connections", [None, "input", "residual"])
def test_stepwise_equals_teacher_forcing(attention, feeds, skip_connections):
    if attention == "luong_dot" and skip_connections == "input":
        pytest.skip("the dot score needs a decoder as wide as the memory")
    options = {"skip_connections": skip_connections, "dropout": 0.3}
    check_stepwise(decoder(attention, "lstm", (4, 4), feeds, options, input_dropout=0.2))


@ON_TENSORFLOW
@pytest.mark.parametrize("number, cell", list(enumerate(list_cells())))
def test_every_cell_can_be_attentive(number, cell):
    for attention, feeds in ("bahdanau", None), WAYS[1 + number % (len(WAYS) - 1)]:
        if attention != "luong_dot":
            layer = decoder(attention, cell, input_feeding=feeds)
        else:
            width = stacked_rnn(cell, UNITS).output_size
            layer = decoder(attention if width == FEATURES else "luong_general", cell, input_feeding=feeds)
        check_stepwise(layer)


@pytest.mark.parametrize("attention, feeds", WAYS)
def test_attention_sums_to_one_over_real_steps(attention, feeds):
    attentions = whole(decoder(attention, input_feeding=feeds))[1]
    np.testing.assert_allclose(attentions.sum(axis=-1), 1, atol=1e-5)
    assert (attentions.transpose(0, 2, 1)[~MASK] == 0).all()
    assert np.ptp(attentions[0]) > 0.01


@pytest.mark.parametrize("attention, feeds", WAYS)
def test_padding_changes_nothing(attention, feeds):
    layer = decoder(attention, input_feeding=feeds)
    expected = whole(layer)[0]
    memory = np.pad(np.where(MASK[..., None], MEMORY, 50.0), [(0, 0), (0, 2), (0, 0)]).astype("float32")
    more = whole(layer, np.pad(PREVIOUS, [(0, 0), (0, 3)]), memory, np.pad(MASK, [(0, 0), (0, 2)]))[0]
    np.testing.assert_allclose(more[:, :4][REAL], expected[REAL], atol=1e-6)
    alone = whole(layer, PREVIOUS[1:2, :2], MEMORY[1:2, :1], None, CONTEXT[1:2])[0]
    np.testing.assert_allclose(alone[0], expected[1, :2], atol=1e-6)


def translator(attention, feeds=None, cell="lstm", **options):
    return builders.build_many_to_many_unaligned(
        (None,), SYMBOLS, 6, cell=cell, vocabulary_size=9, embedding_dim=3, attention=attention, input_feeding=feeds,
        **options,
    )  # fmt: skip


SOURCES = np.array([[4, 5, 6, 7, 8], [8, 4, 0, 0, 0], [5, 5, 5, 0, 0]], "int32")
FIELDS = {"source": SOURCES, "previous": PREVIOUS}
TARGETS = np.array([[4, 5, 6, 3], [6, 3, 0, 0], [5, 5, 3, 0]], "int32")


@ON_TENSORFLOW
@pytest.mark.parametrize("attention, feeds", WAYS)
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_fit_reaches_every_weight(attention, feeds, policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        options = {"dropout": 0.2, "input_dropout": 0.1, "decoder_units": (6, 6)}
        model = translator(attention, feeds, "gru", **options)
    finally:
        keras.config.set_dtype_policy(before)
    old = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    history = model.fit(FIELDS, TARGETS, epochs=2, batch_size=3, verbose=0).history["loss"]
    assert np.isfinite(history).all()
    for weight, one, other in zip(model.weights, old, model.get_weights(), strict=True):
        assert np.isfinite(other).all() and (one != other).any(), weight.path


@pytest.mark.parametrize("attention, feeds", WAYS)
def test_low_precision_stepwise(attention, feeds):
    layer = decoder(attention, input_feeding=feeds, dtype="mixed_float16")
    check_stepwise(layer, 0.02)


def test_learns_to_copy():
    """What has been looked at is what is written: without attention the last state alone would have to hold it all."""
    keras.utils.set_random_seed(2)
    sources = np.random.default_rng(1).integers(4, 9, (256, 6)).astype("int32")
    model = builders.build_many_to_many_unaligned(
        (None,), 9, 24, vocabulary_size=9, embedding_dim=12, cell="gru", bidirectional=True, attention="bahdanau"
    )
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    previous = np.pad(sources[:, :-1], [(0, 0), (1, 0)], constant_values=2)
    history = model.fit({"source": sources, "previous": previous}, sources, epochs=40, batch_size=64, verbose=0).history
    assert history["accuracy"][-1] > 0.9


@pytest.mark.parametrize("attention, feeds", WAYS)
def test_saved_and_loaded(attention, feeds, tmp_path):
    sizes = {"attention_units": 5} if attention in ("bahdanau", "luong_concat") else {}
    model = translator(attention, feeds, readout_units=4, **sizes)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(numpy(again(FIELDS)), numpy(model(FIELDS)))
    one, other = model.get_layer("decoder").get_config(), again.get_layer("decoder").get_config()
    assert one == other and one["input_feeding"] == (attention != "bahdanau" and feeds)


ANSWER_AND_SAVE = """
import sys
import numpy as np
from keras import ops
from tests.layers.test_attention_decoder import FIELDS, WAYS, translator
answers = {}
for attention, feeds in WAYS:
    for cell in ("lstm", "gru"):
        model = translator(attention, feeds, cell, bidirectional=attention != "luong_dot")
        rng = np.random.default_rng(5)
        model.set_weights([rng.normal(scale=0.6, size=weight.shape) for weight in model.get_weights()])
        answers[f"{attention} {feeds} {cell}"] = ops.convert_to_numpy(model(FIELDS))
np.savez(sys.argv[1], **answers)
"""


def test_backends_agree(tmp_path):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("compared once, in the run on TensorFlow")
    pytest.importorskip("jax")
    for backend in ("tensorflow", "jax"):
        environment = {**os.environ, "KERAS_BACKEND": backend}
        subprocess.run([sys.executable, "-c", ANSWER_AND_SAVE, str(tmp_path / backend)], check=True, env=environment)
    one, other = (np.load(tmp_path / f"{backend}.npz") for backend in ("tensorflow", "jax"))
    assert set(one.files) == set(other.files)
    for name in one.files:
        np.testing.assert_allclose(one[name][REAL], other[name][REAL], atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: decoder("cosine"), "Unknown attention 'cosine'"),
        (lambda: decoder("bahdanau", input_feeding=True), "input_feeding is Luong's"),
        (lambda: decoder("luong_dot", attention_units=3), "attention='luong_dot' has none"),
        (lambda: decoder("luong_dot", attention_units=0), "attention='luong_dot' has none"),
        (lambda: decoder("bahdanau", attention_units=0), "positive integer, received 0"),
        (lambda: decoder("bahdanau", readout_units=0), "positive integer, received 0"),
        (lambda: decoder("luong_dot", units=5), "received 5 and 4"),
        (
            lambda: decoder("bahdanau", rnn_options={"cell_options": {"recurrent_dropout": 0.1}}),
            "draw recurrent_dropout",
        ),
        (lambda: decoder("bahdanau", rnn_options={"cell_options": {"weight_drop": 0.1}}), "has no weight_drop"),
        (lambda: decoder("bahdanau", "simple_rnn", rnn_options={"cell_options": {"zoneout": 0.1}}), "has no zoneout"),
        (
            lambda: translator("bahdanau", conditioning="input"),
            "conditioning must be 'initial_state', received 'input'",
        ),
        (lambda: translator(None, True), "input_feeding belong to attention"),
        (lambda: translator(None, conditioning="first_bias"), "'both' here, received 'first_bias'"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ZooError, match=message):
        make()
