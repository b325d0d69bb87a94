"""The own backward pass gives autodiff's gradients: of every cell, mask, direction, dtype and size, as it is and compiled."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_rnn_zoo import cells
from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.cells.keras_cells import with_linear_maps
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import GRU, LSTM, Recurrent, compiled_loop, own_backward
from keras_rnn_zoo.layers.compiled_loop import as_it_is, bucket
from keras_rnn_zoo.layers.through_time import by_own_backward
from tests.cells.cell_cases import SETTINGS, name_of, new_cell
from tests.gradients import loss_and_gradients

pytestmark = pytest.mark.skipif(
    keras.backend.backend() not in own_backward.BACKENDS, reason="no own backward pass on this backend"
)
on_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="it is about TensorFlow")

KERAS_CELLS = {
    "keras lstm": keras.layers.LSTMCell,
    "keras gru": keras.layers.GRUCell,
    "keras gru, reset before": lambda units, **o: keras.layers.GRUCell(units, reset_after=False, **o),
    "keras gru without bias": lambda units, **o: keras.layers.GRUCell(units, use_bias=False, **o),
    "keras simple rnn": keras.layers.SimpleRNNCell,
}
CELLS = {name_of(setting): lambda units, setting=setting, **o: new_cell(setting, units, **o) for setting in SETTINGS}
CELLS |= KERAS_CELLS
TOLERANCE = {"float32": 1e-5, "float64": 1e-10, "mixed_bfloat16": 1e-2}
DTYPES = list(TOLERANCE) if keras.backend.backend() == "tensorflow" else ["float32", "mixed_bfloat16"]
# JAX compiles for ten seconds: one cell of each kind here, `contract/test_cells.py` compares every one with TensorFlow.
DRAWN = list(CELLS) if keras.backend.backend() == "tensorflow" else [
    "simple_rnn", "cho_gru", "peephole_lstm", "layer_norm_lstm", "deep_transition", "clockwork_rnn-units=8", *KERAS_CELLS,
]  # fmt: skip


def model_of(name, dtype, features, masked, **options):
    """Sequences, first states and perhaps a mask to all that the layer gives."""
    layer = Recurrent(
        CELLS[name](5, dtype=dtype),
        return_sequences=True,
        return_state=True,
        zero_output_for_mask=True,
        dtype=dtype,
        **options,
    )
    compute = layer.compute_dtype
    sequences, mask = keras.Input((None, features), dtype=compute), keras.Input((None,), dtype="bool")
    states = [keras.Input((size,), dtype=compute) for size in layer.state_size]
    outputs = layer(sequences, initial_state=states, mask=mask if masked else None)
    model = keras.Model([sequences, mask, *states], outputs)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(scale=0.4, size=w.shape).astype(w.dtype) for w in layer.weights])
    return model


def loss(targets, outputs):
    return sum(ops.mean(ops.square(ops.cast(o, targets) - 0.3)) * (n + 1) for n, o in enumerate(outputs))


def check_same(gradients, expected, tolerance):
    for one, other in zip(gradients, expected, strict=True):
        one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
        assert np.linalg.norm(one - other) <= tolerance * max(np.linalg.norm(other), 1e-3)


def check_no_worse(gradients, expected, exact, tolerance):
    """As far from the exact gradient, all weights together, as `expected` is, and `tolerance` of it more."""
    ours, autodiffs, true = (
        np.concatenate([np.asarray(gradient, "float64").ravel() for gradient in given])
        for given in (gradients, expected, exact)
    )
    assert np.linalg.norm(ours - true) <= np.linalg.norm(autodiffs - true) + tolerance * np.linalg.norm(true)


@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(
    st.sampled_from(DTYPES),
    st.sampled_from(["own_backward", "shards"]),
    st.integers(1, 4),
    st.sampled_from([1, 2, 6]),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_gradients_are_autodiffs(name, dtype, way, batch, timesteps, features, masked, backwards, random):
    rng = np.random.default_rng(random.randrange(1000))
    wide = "float64" if dtype == "float64" else "float32"
    exact = "float32" if dtype == "mixed_bfloat16" else dtype
    models = [
        model_of(name, precision, features, masked, way=taken, go_backwards=backwards)
        for precision, taken in ((dtype, "loop"), (dtype, way), (exact, "loop"))
    ]
    sequences = rng.normal(size=(batch, timesteps, features)).astype(wide)
    mask = rng.random((batch, timesteps)) < 0.6
    states = [np.round(rng.random((batch, size))).astype(wide) for size in models[0].layers[-1].state_size]
    found = [loss_and_gradients(model, [sequences, mask, *states], wide, loss, training=True) for model in models]
    expected, received, true = ([value, *gradients] for value, gradients in found)
    if exact == dtype:
        check_same(received, expected, TOLERANCE[dtype])
    else:
        check_no_worse(received, expected, true, TOLERANCE[dtype])


@on_tensorflow
@pytest.mark.parametrize("name", ["simple_rnn", "peephole_lstm", "cho_gru", "time_skip_rnn", "depth_gated_lstm"])
@pytest.mark.parametrize("way", ["own_backward", "shards"])
def test_with_dropout_of_inputs_and_states(name, way):
    """The same masks drawn, the same gradients: of the weights, the inputs and the first states."""
    import tensorflow as tf

    x = tf.constant(np.random.default_rng(0).normal(size=(5, 6, 3)).astype("float32"))
    found = []
    for taken in ("loop", way):
        cell = cells.get(name)(4, dropout=0.4, recurrent_dropout=0.4, seed=7)
        layer = Recurrent(cell, way=taken, return_sequences=True)
        layer.build(x.shape)
        rng = np.random.default_rng(1)
        layer.set_weights([rng.normal(scale=0.4, size=w.shape) for w in layer.weights])
        start = [tf.ones((5, size)) for size in layer.state_size]
        with tf.GradientTape() as tape:
            tape.watch([x, *start])
            value = tf.reduce_sum(layer(x, initial_state=start, training=True) ** 2)
        found.append(tape.gradient(value, [x, *start, *layer.trainable_variables]))
    check_same(found[1], found[0], 1e-5)
    assert np.abs(layer(x, training=True) - layer(x, training=False)).max() > 1e-3


def sequence_model(layer):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, layer(keras.layers.Masking()(inputs)))
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(scale=0.4, size=w.shape) for w in model.get_weights()])
    return model


def compiled_gradients(model, shape):
    """A function of sequences, in one graph for what `shape` leaves open."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec(shape)], autograph=False)
    def gradients(x):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(model(x, training=True) ** 2)
        return tape.gradient(value, model.trainable_variables)

    return gradients


LAYERS = {
    "simple_rnn": lambda way: Recurrent(cells.SimpleRNNCell(4), way=way, return_sequences=True),
    "deep_transition": lambda way: Recurrent(cells.DeepTransitionRNNCell(4, [3, 5], shortcut=True), way=way),
    "peephole_lstm": lambda way: Recurrent(
        cells.PeepholeLSTMCell(4), way=way, return_sequences=True, go_backwards=True
    ),
    "lstm": lambda way: LSTM(4, way=way, return_sequences=True),
    "gru": lambda way: GRU(4, way=way, return_sequences=True, dropout=0.0),
}


@on_tensorflow
@pytest.mark.compiles
@pytest.mark.parametrize("name, way", [*((name, "shards") for name in LAYERS), ("lstm", "compiled")])
def test_compiled_for_any_length_and_batch_in_one_graph(name, way):
    plain, fast = sequence_model(LAYERS[name]("loop")), sequence_model(LAYERS[name](way))
    expected, received = (compiled_gradients(model, (None, None, 3)) for model in (plain, fast))
    rng = np.random.default_rng(2)
    for batch, timesteps in ((1, 1), (5, 7), (2, 19)):
        x = rng.normal(size=(batch, timesteps, 3)).astype("float32")
        x[0, timesteps // 2 + 1 :] = 0
        check_same(received(x), expected(x), 1e-5)
    assert received.experimental_get_tracing_count() == 1


@on_tensorflow
@pytest.mark.compiles
def test_compiled_for_known_sizes():
    plain, fast = sequence_model(LAYERS["gru"]("loop")), sequence_model(LAYERS["gru"](None))
    x = np.random.default_rng(2).normal(size=(4, 9, 3)).astype("float32")
    expected, received = (compiled_gradients(model, x.shape)(x) for model in (plain, fast))
    check_same(received, expected, 1e-5)


@on_tensorflow
def test_few_sizes_are_compiled():
    import tensorflow as tf

    assert {int(bucket(tf.constant(timesteps))) for timesteps in range(1, 257)} == {32, 64, 128, 256}


KEPT = {"simple_rnn": 1, "deep_transition": 2, "cho_gru": 4, "keras lstm": 7, "peephole_lstm": 7}


@on_tensorflow
@pytest.mark.parametrize("name, units", KEPT.items())
def test_only_what_is_read_is_kept(name, units):
    """The states and what the activations gave, where these suffice; the linear maps' answers need more memory than both."""
    widths = []

    def noting(loop):
        def run(*given):
            found, last = as_it_is(loop)(*given)
            widths.append(sum(x.shape[-1] for x in found))
            return found, last

        return run

    cell = CELLS[name](4)
    cell.build((None, 3))
    cell = with_linear_maps(cell)
    run = by_own_backward(cell, noting)
    run(ops.ones((5, 2, 3)), [ops.zeros((2, size)) for size in state_sizes(cell)])
    assert widths == [4 * units]


@on_tensorflow
@pytest.mark.compiles
def test_what_is_compiled_under_fit(monkeypatch):
    """By default a recurrent layer is compiled in training; at inference it is not."""
    loops = []
    run = compiled_loop.can_compile
    monkeypatch.setattr(compiled_loop, "can_compile", lambda: loops.append(1) or run())
    model = sequence_model(LSTM(4))
    x = np.random.default_rng(0).normal(size=(8, 5, 3)).astype("float32")
    model.predict(x, verbose=0)
    assert not loops
    model.compile("sgd", "mean_squared_error")
    model.fit(x, np.zeros((8, 4), "float32"), batch_size=3, epochs=2, verbose=0)
    assert loops


@on_tensorflow
@pytest.mark.compiles
@pytest.mark.parametrize("options", [{}, {"jit_compile": True}, {"run_eagerly": True}])
@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_fit_in_every_manner_trains_alike(policy, options):
    """The whole step compiled, or nothing of it, and in every precision: the last batch smaller, lengths open."""
    losses = []
    for way in ("loop", None):
        layer = Recurrent(cells.PeepholeLSTMCell(4, dtype=policy), way=way, dtype=policy, return_sequences=True)
        model = sequence_model(layer)
        model.compile(keras.optimizers.SGD(0.1), "mean_squared_error", **options)
        x = np.random.default_rng(0).normal(size=(7, 5, 3)).astype("float32")
        history = model.fit(x, np.zeros((7, 5, 4)), batch_size=3, epochs=2, shuffle=False, verbose=0)
        losses.append(history.history["loss"])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-5 if policy == "float32" else 2e-2)


@on_tensorflow
@pytest.mark.compiles
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("in_graph", [False, True])
def test_gradients_of_gradients_are_refused(name, in_graph):
    """What is kept would be taken for constant; Keras's loop has them."""
    import tensorflow as tf

    x = tf.ones((2, 4, 3))

    def penalty(model):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = tf.reduce_sum(tf.sin(model(x, training=True)))
            size = tf.reduce_sum(inner.gradient(value, x) ** 2)
        return outer.gradient(size, x)

    run = tf.function(penalty, autograph=False) if in_graph else penalty
    with pytest.raises(ZooError, match="no gradients of gradients.*way='loop'"):
        run(sequence_model(LAYERS[name](None)))
    assert np.abs(run(sequence_model(LAYERS[name]("loop")))).max() > 0


@on_tensorflow
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("way", ["own_backward", "shards"])
def test_one_row_of_states_and_mask_stands_for_all(name, way):
    """As in Keras's loop: a learned initial state is one row, and its gradient the sum."""
    import tensorflow as tf

    x, mask = tf.random.normal((5, 4, 3), seed=1), tf.constant([[True, False, True, True]])
    found = []
    for taken in ("loop", way):
        layer = LAYERS[name](taken)
        layer.build(x.shape)
        rng = np.random.default_rng(1)
        layer.set_weights([rng.normal(scale=0.4, size=w.shape) for w in layer.weights])
        start = [tf.fill((1, size), 0.3) for size in layer.state_size]
        with tf.GradientTape() as tape:
            tape.watch(start)
            value = tf.reduce_sum(layer(x, initial_state=start, mask=mask, training=True) ** 2)
        found.append(tape.gradient(value, [*start, *layer.trainable_variables]))
    check_same(found[1], found[0], 1e-5)


@on_tensorflow
@pytest.mark.parametrize(
    "given, message",
    [
        (
            {"mask": np.ones((4, 6), bool)},
            r"mask should have the shape \(8, 6\), or one row for all; received \(4, 6\)",
        ),
        ({"mask": np.ones((8, 6, 3), bool)}, r"mask should have .* received \(8, 6, 3\)"),
        (
            {"initial_state": [np.ones((8, 4), "float32")]},
            r"initial_state .* \(8, 4\) and \(8, 4\), or .* received \(8, 4\)",
        ),
        ({"initial_state": [np.ones((3, 4), "float32")] * 2}, r"initial_state .* received \(3, 4\) and \(3, 4\)"),
        ({"initial_state": [np.ones((8, 5), "float32")] * 2}, r"initial_state .* received \(8, 5\)"),
    ],
)
def test_wrong_shapes_are_named_as_they_were_given(given, message):
    with pytest.raises(ZooError, match=message):
        LSTM(4)(np.ones((8, 6, 3), "float32"), training=True, **given)
    with pytest.raises(ZooError, match=r"sequences should be \(batch, timesteps, features\), received \(1, 8, 6, 3\)"):
        Recurrent(cells.SimpleRNNCell(4))(np.ones((1, 8, 6, 3), "float32"), training=True)


class DishonestCell(cells.SimpleRNNCell):
    """It multiplies by a weight on its own."""

    states_linear_maps = True

    def step(self, projected, states, training=False):
        h = self.activation(ops.matmul(states[0], self.recurrent_kernel) + projected)
        return h, [h]


class ScalingCell(cells.SimpleRNNCell):
    """A weight makes what a linear map multiplies."""

    states_linear_maps = True

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_bias("scale", self.units, "ones")

    def step(self, projected, states, training=False):
        h = self.activation(linear_map(states[0] * self.scale, self.recurrent_kernel, projected))
        return h, [h]


@on_tensorflow
@pytest.mark.parametrize("cell, weight", [(DishonestCell, "recurrent_kernel"), (ScalingCell, "scale")])
def test_a_weight_that_would_be_lost_is_named(cell, weight):
    import tensorflow as tf

    layer, x = Recurrent(cell(4), way="own_backward"), tf.ones((2, 5, 3))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(x, training=True))
    with pytest.raises(ZooError, match=f"{cell.__name__} .* uses {weight} without linear_map"):
        tape.gradient(value, layer.trainable_variables)


class CellOfParts(cells.SimpleRNNCell):
    """Its weight is in a list."""

    states_linear_maps = True

    def build(self, input_shape):
        super().build(input_shape)
        self.parts = [self.add_recurrent_kernel("part", (self.units, self.units))]

    def step(self, projected, states, training=False):
        h = self.activation(linear_map(states[0], self.parts[0], projected))
        return h, [h]


@pytest.mark.parametrize(
    "cell", [CellOfParts, lambda units: keras.layers.LSTMCell(units, activation=keras.layers.PReLU())]
)
def test_a_cell_with_weights_elsewhere_runs_in_keras_loop(cell):
    layer = Recurrent(cell(4))
    layer.build((None, None, 3))
    assert layer.way(training=True) == ("loop", "cell")
    assert layer(np.ones((2, 5, 3), "float32"), training=True).shape == (2, 4)
