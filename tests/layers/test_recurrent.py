"""The layer that runs a cell: Keras's arguments, zoneout and weight drop."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.builders import build_many_to_one
from keras_rnn_zoo.cells import ClockworkRNNCell, DeepTransitionRNNCell, MinGRUCell, SimpleRNNCell
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import GRU, LSTM, Recurrent, own_backward, recurrent_layer
from tests.gradients import loss_and_gradients
from tests.own_cell import OwnCell

X = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")


def numpy_of(tensor):
    return ops.convert_to_numpy(tensor)


needs_own_backward = pytest.mark.skipif(
    keras.backend.backend() not in own_backward.BACKENDS, reason="no own backward pass on this backend"
)


@needs_own_backward
def test_which_way_each_cell_runs(monkeypatch):
    runs = []
    own = own_backward.OwnBackward
    monkeypatch.setattr(own_backward, "OwnBackward", lambda *a, **o: runs.append(a[0]) or own(*a, **o))

    def runs_own_pass(cell, training=True, **options):
        runs.clear()
        Recurrent(cell, **options)(X, training=training)
        return bool(runs)

    assert runs_own_pass(SimpleRNNCell(5)) and runs_own_pass(DeepTransitionRNNCell(5, shortcut=True, dropout=0.1))
    assert not runs_own_pass(SimpleRNNCell(5), training=False, way="own_backward")
    assert not runs_own_pass(SimpleRNNCell(5), training=False)
    assert not runs_own_pass(SimpleRNNCell(5), way="loop")
    assert not runs_own_pass(SimpleRNNCell(5), unroll=True)
    assert not runs_own_pass(SimpleRNNCell(5), zoneout=0.1)
    assert runs_own_pass(SimpleRNNCell(5, recurrent_dropout=0.1)) and runs_own_pass(SimpleRNNCell(5, activation="gelu"))
    assert runs_own_pass(MinGRUCell(5)) == (keras.backend.backend() == "tensorflow") and not runs_own_pass(OwnCell(5))
    assert runs_own_pass(keras.layers.GRUCell(5)) and not runs_own_pass(keras.layers.GRUCell(5, recurrent_dropout=0.1))


@keras.saving.register_keras_serializable("tests")
class ResidualCell(SimpleRNNCell):
    """A user's change of the step."""

    def step(self, projected, states, training=False):
        _, (h,) = super().step(projected, states, training)
        return states[0] + h, [states[0] + h]


@keras.saving.register_keras_serializable("tests")
class DoubledMinGRUCell(MinGRUCell):
    """A user's change of the whole cell."""

    def call(self, inputs, states, training=False):
        output, states = super().call(inputs, states, training)
        return 2 * output, states


@needs_own_backward
@pytest.mark.parametrize(
    "cell, options, hindrance",
    [
        (DoubledMinGRUCell(5), {"way": "scan"}, "of the cell"),
        (ResidualCell(5), {"way": "shards"}, "of the cell"),
        (keras.layers.GRUCell(5, recurrent_dropout=0.1), {"way": "compiled"}, "of recurrent_dropout"),
        (SimpleRNNCell(5), {"way": "own_backward", "unroll": True}, "of unroll"),
        (SimpleRNNCell(5), {"way": "own_backward", "dtype": "mixed_float16"}, "of dtype"),
        (SimpleRNNCell(5), {"way": "shards", "zoneout": 0.1}, "of zoneout"),
        (SimpleRNNCell(5), {"way": "scan"}, "of the cell"),
        (SimpleRNNCell(5), {"way": "shard"}, "Unknown way 'shard'.*shards"),
    ],
)
def test_a_way_that_is_not_possible_is_refused(cell, options, hindrance):
    with pytest.raises(ZooError, match=hindrance):
        Recurrent(cell, **options)


@needs_own_backward
@pytest.mark.parametrize("layer", [LSTM, GRU])
def test_cudnn_and_another_way_are_not_asked_for_at_once(layer):
    with pytest.raises(ZooError, match="use_cudnn=True and way='own_backward' ask for two kernels"):
        layer(5, use_cudnn=True, way="own_backward")
    assert layer(5, use_cudnn=True, way="loop").use_cudnn is True


@pytest.mark.parametrize("cell", [ResidualCell, DoubledMinGRUCell])
def test_a_changed_step_is_trained_as_it_is_used(cell):
    layer = Recurrent(cell(5), return_sequences=True)
    expected = numpy_of(keras.layers.RNN(layer.cell, return_sequences=True)(X))
    for training in (False, True):
        np.testing.assert_allclose(numpy_of(layer(X, training=training)), expected, atol=1e-6)


def test_a_cell_of_another_precision_than_the_layer():
    layer = Recurrent(SimpleRNNCell(5), dtype="mixed_float16")
    for training in (False, True):
        assert keras.backend.standardize_dtype(layer(X, training=training).dtype) == "float16"


def test_unrolled_backwards_with_a_mask():
    mask = np.array([[True] * 6, [True, True, True, False, False, False], [False, True, False, True, True, False]])
    options = {"go_backwards": True, "zero_output_for_mask": True, "return_sequences": True}
    looped = Recurrent(SimpleRNNCell(5), **options)
    unrolled = Recurrent(looped.cell, unroll=True, **options)
    np.testing.assert_allclose(numpy_of(unrolled(X, mask=mask)), numpy_of(looped(X, mask=mask)), atol=1e-6)


def test_initial_state_and_final_state():
    layer = Recurrent(SimpleRNNCell(5), return_sequences=True, return_state=True)
    whole, last = layer(X, training=True)
    _, middle = layer(X[:, :3], training=True)
    second_half, end = layer(X[:, 3:], initial_state=middle, training=True)
    np.testing.assert_allclose(numpy_of(second_half), numpy_of(whole)[:, 3:], atol=1e-6)
    np.testing.assert_allclose(numpy_of(end), numpy_of(last), atol=1e-6)
    np.testing.assert_array_equal(numpy_of(whole)[:, -1], numpy_of(last))


def test_the_gradient_reaches_the_initial_state():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the same code gives it on every backend; read here with a tape")
    import tensorflow as tf

    layer, start = Recurrent(SimpleRNNCell(5)), tf.ones((3, 5))
    found = []
    for training in (True, False):
        with tf.GradientTape() as tape:
            tape.watch(start)
            loss = tf.reduce_sum(layer(X, initial_state=start, training=training) ** 2)
        found.append(tape.gradient(loss, start).numpy())
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)
    assert np.abs(found[0]).max() > 1e-4


def test_stateful():
    layer = Recurrent(SimpleRNNCell(5), stateful=True)
    layer.build((3, None, 4))
    layer(X[:, :3], training=True)
    second_half = layer(X[:, 3:], training=True)
    np.testing.assert_allclose(numpy_of(second_half), numpy_of(Recurrent(layer.cell)(X)), atol=1e-6)


@pytest.mark.parametrize("length", [1, 2])
def test_short_sequences(length):
    trained = Recurrent(DeepTransitionRNNCell(5))
    np.testing.assert_allclose(
        numpy_of(trained(X[:, :length], training=True)), numpy_of(trained(X[:, :length], training=False)), atol=1e-6
    )


def test_a_stack_of_scans_trains_where_only_the_batch_is_free():
    model = build_many_to_one((7, 3), 2, (6, 6), cell="min_gru")
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = np.random.default_rng(0).standard_normal((6, 7, 3)), np.zeros(6)
    assert np.isfinite(model.fit(x, y, batch_size=4, verbose=0).history["loss"][0])


def test_it_trains_compiled():
    """XLA compiles the reverse loop too."""
    model = keras.Sequential([keras.Input((6, 4)), Recurrent(DeepTransitionRNNCell(5, shortcut=True))])
    weights, losses = model.get_weights(), []
    for jit_compile in (False, True):
        model.set_weights(weights)
        model.compile(keras.optimizers.SGD(0.1), "mean_squared_error", jit_compile=jit_compile)
        losses.append(model.fit(X, np.ones((3, 5)), epochs=3, verbose=0).history["loss"])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    assert losses[0][-1] < losses[0][0]


@pytest.mark.parametrize("cell", [SimpleRNNCell, keras.layers.LSTMCell, OwnCell])
def test_zoneout_keeps_a_share_of_the_units(cell):
    layer = Recurrent(cell(500), zoneout=0.3, return_sequences=True, return_state=True, seed=1)
    y, *_ = layer(X, training=True)
    y = numpy_of(y)
    kept = np.mean(y[:, 1:] == y[:, :-1])
    assert kept == pytest.approx(0.3, abs=0.03)
    assert np.abs(y - numpy_of(layer(X, training=True)[0])).max() > 0.01


def test_zoneout_at_inference_is_its_expectation():
    cell = SimpleRNNCell(5)
    layer = Recurrent(cell, zoneout=0.25, return_sequences=True)
    y = numpy_of(layer(X))
    h = np.zeros((3, 5), "float32")
    for t in range(6):
        h = 0.25 * h + 0.75 * numpy_of(cell(X[:, t], [ops.array(h)])[0])
        np.testing.assert_allclose(y[:, t], h, atol=1e-6)


def test_zoneout_leaves_clocks_alone():
    layer = Recurrent(ClockworkRNNCell(8), zoneout=0.5, return_state=True)
    *_, clock = layer(X, training=True)
    np.testing.assert_array_equal(numpy_of(clock), np.full((3, 1), 6.0))
    with pytest.raises(ZooError, match="clock"):
        Recurrent(ClockworkRNNCell(8), zoneout=[0.5, 0.5])


@pytest.mark.parametrize(
    "make",
    [
        lambda rate: LSTM(5, weight_drop=rate, seed=3),
        lambda rate: GRU(5, weight_drop=rate, seed=3),
        lambda rate: Recurrent(DeepTransitionRNNCell(5), weight_drop=rate, seed=3),
        lambda rate: Recurrent(OwnCell(5), weight_drop=rate, seed=3),
    ],
)
def test_weight_drop(make):
    layer = make(0.5)
    inference = numpy_of(layer(X))
    drawn = [numpy_of(layer(X, training=True)) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-3
    np.testing.assert_array_equal(numpy_of(layer(X)), inference)
    model = keras.Sequential([keras.Input((None, 4)), layer])
    for _ in range(2):
        model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
        model.fit(X, np.ones((3, 5)), verbose=0)
        model.fit(X[:, :4], np.ones((3, 5)), verbose=0)
    assert [weight.path for weight in model.trainable_weights] == [weight.path for weight in layer.trainable_weights]
    again = type(layer).from_config(layer.get_config())
    assert again.weight_drop == 0.5


def test_dropped_weights_get_no_gradient_and_the_others_are_scaled():
    layer = Recurrent(SimpleRNNCell(5, activation="linear"), weight_drop=0.5, seed=3)
    model = keras.Sequential([keras.Input((2, 4)), layer])
    model.compile(keras.optimizers.SGD(1.0), "mean_squared_error")
    before = model.get_weights()[1]
    model.fit(X[:, :2], np.ones((3, 5)), verbose=0)
    change = model.get_weights()[1] - before
    assert 0.2 < np.mean(change == 0) < 0.8


def test_bad_arguments():
    for rate in (-0.1, 1.0):
        with pytest.raises(ZooError, match="weight_drop"):
            Recurrent(SimpleRNNCell(5), weight_drop=rate)
        with pytest.raises(ZooError, match="zoneout"):
            Recurrent(SimpleRNNCell(5), zoneout=rate)
    assert Recurrent(SimpleRNNCell(5, kernel_initializer=None))(X).shape == (3, 5)
    with pytest.raises(ZooError, match="one for each of 1 states"):
        Recurrent(SimpleRNNCell(5), zoneout=[0.1, 0.2])
    with pytest.raises(ZooError, match="no recurrent weights|has none"):
        Recurrent(MinGRUCell(5), weight_drop=0.1)
    for rate in ("0.1", None, [0.1, 0.1], np.array([0.1])):
        with pytest.raises(ZooError, match="dropout"):
            SimpleRNNCell(5, dropout=rate)
        with pytest.raises(ZooError, match="weight_drop"):
            Recurrent(SimpleRNNCell(5), weight_drop=rate)
    for rate in ("0.1", np.array([0.1]), ["a"]):
        with pytest.raises(ZooError, match="zoneout"):
            Recurrent(SimpleRNNCell(5), zoneout=rate)
    cells = [keras.layers.LSTMCell(4), keras.layers.LSTMCell(5)]
    with pytest.raises(ZooError, match="one cell"):
        Recurrent(cells, zoneout=0.1)
    with pytest.raises(ZooError, match="recurrent_kernel"):
        Recurrent(cells, weight_drop=0.1)(X)
    with pytest.raises(ZooError, match="dictionary"):
        recurrent_layer("gru", 5, cell_options="dropout")
    with pytest.raises(ZooError, match="shortcut"):
        DeepTransitionRNNCell(5, shortcut="no")
    with pytest.raises(ZooError, match="units"):
        SimpleRNNCell(0)
    with pytest.raises(ZooError, match="dropout"):
        SimpleRNNCell(5, dropout=1.5)
    with pytest.raises(ZooError, match="transition_units"):
        SimpleRNNCell(5, transition_units=3)


def test_options_of_any_cell_by_name():
    assert isinstance(recurrent_layer("lstm", 5), keras.layers.LSTM)
    assert type(recurrent_layer("lstm", 5, cell_options={"weight_drop": 0.5})) is LSTM
    with_zoneout = recurrent_layer("gru", 5, cell_options={"zoneout": 0.1, "dropout": 0.2, "seed": 4})
    assert isinstance(with_zoneout.cell, keras.layers.GRUCell) and with_zoneout.cell.dropout == 0.2
    smart = recurrent_layer("lstm", 5, cell_options={"recurrent_initializer": "smart_tanh"})
    assert type(smart.cell.recurrent_initializer).__name__ == "SmartTanh"
    with pytest.raises(ZooError, match="unroll"):
        recurrent_layer("lstm", 5, cell_options={"zoneout": 0.1, "unroll": True})
    with pytest.raises(ZooError, match="Known: .*shortcut.*weight_drop.*zoneout"):
        recurrent_layer("deep_transition", 5, cell_options={"skip": True})


def test_a_model_with_all_of_it_round_trips(tmp_path):
    options = {"zoneout": 0.1, "weight_drop": 0.2, "recurrent_dropout": 0.1, "shortcut": True}
    layer = recurrent_layer("deep_transition", 5, cell_options=options, bidirectional=True)
    sequences = keras.Input((None, 4))
    model = keras.Model(sequences, layer(sequences)[0])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)
    forward = again.layers[1].forward_layer
    assert forward.zoneout.rates == [0.1] and forward.weight_drop == 0.2 and forward.cell.shortcut


def test_masks_of_a_frozen_model_do_not_hinder_the_gradient_of_the_inputs():
    inner = Recurrent(SimpleRNNCell(5), return_sequences=True, way="own_backward")
    outer = Recurrent(SimpleRNNCell(4), way="own_backward")
    sequences = keras.Input((None, 4))
    model = keras.Model(sequences, outer(inner(keras.layers.Masking()(sequences))))
    padded = X.copy()
    padded[1, 3:] = 0
    _, gradients = loss_and_gradients(model, padded, 0.5, lambda t, y: ops.mean(ops.square(y - t)), training=True)
    assert all(np.abs(gradient).max() > 0 for gradient in gradients)
