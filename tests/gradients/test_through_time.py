"""The errors of every state at every step, against a net unrolled by hand and against differences."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients import gradients_through_time
from keras_rnn_zoo.gradients.recurrences import recurrences
from keras_rnn_zoo.gradients.tap import tapped
from tests.own_cell import OwnCell

ROWS, STEPS, FEATURES, UNITS = 3, 7, 4, 5
X = np.random.default_rng(0).normal(size=(ROWS, STEPS, FEATURES))
PADDED = X.copy()
PADDED[1, 4:] = PADDED[2, 2:] = 0.0
Y = np.random.default_rng(1).normal(size=(ROWS, 2))


# Keras's operations have no double precision on JAX: there, the same is tested as closely as single precision allows.
DOUBLE = keras.backend.backend() == "tensorflow"
WIDTH, NEAR = (1e-5, {"rel": 1e-6, "abs": 1e-9}) if DOUBLE else (0.01, {"rel": 1e-2, "abs": 2e-3})
EXACT = {"rtol": 1e-10, "atol": 1e-14} if DOUBLE else {"rtol": 1e-4, "atol": 1e-6}


def precise(dtype="float64" if DOUBLE else "float32"):
    """Losses are taken in `floatx`."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


@pytest.fixture(autouse=True)
def double():
    precise()
    keras.utils.set_random_seed(3)
    yield
    precise("float32")


def compiled(layers, **options):
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), *layers, keras.layers.Dense(2, name="output")])
    model.compile("sgd", "mean_squared_error", **options)
    return model


def moved_loss(model, name, moved, x, y):
    """The loss where `moved` is added to the states of the layer called `name`."""
    values = iter(moved)
    with (
        keras.StatelessScope(collect_losses=True),
        tapped({name: recurrences(model)[name]}, lambda shape, dtype: ops.convert_to_tensor(next(values))),
    ):
        return float(model.compute_loss(x, y, model(x, training=False), training=False))


def by_differences(model, record, x, y, width=WIDTH):
    """`dL/dstate` in a few random directions, by central differences, beside what the record says."""
    generator = np.random.default_rng(2)
    for _ in range(4):
        towards = [generator.normal(size=error.shape) * (error.shape[-1] > 1) for error in record.errors]  # No clock.
        sides = [moved_loss(model, record.name, [sign * width * way for way in towards], x, y) for sign in (1.0, -1.0)]
        ways = [way[::-1] if record.layer.go_backwards else way for way in towards]
        told = sum(np.sum(way * error) for way, error in zip(ways, record.errors))
        yield told, (sides[0] - sides[1]) / (2 * width)


def test_a_simple_rnn_unrolled_by_hand():
    model = compiled([keras.layers.SimpleRNN(UNITS, name="read")])
    (record,) = gradients_through_time(model, X, Y)
    kernel, recurrent, bias, out, out_bias = (ops.convert_to_numpy(w) for w in model.weights)
    states = [np.zeros((ROWS, UNITS))]
    for t in range(STEPS):
        states.append(np.tanh(X[:, t] @ kernel + states[-1] @ recurrent + bias))
    error = (2 * (states[-1] @ out + out_bias - Y) / Y.size) @ out.T
    expected = [error]
    for state in states[:1:-1]:
        expected.insert(0, (expected[0] * (1 - state**2)) @ recurrent.T)
    np.testing.assert_allclose(record.errors[0], expected, **EXACT)
    np.testing.assert_allclose(record.states[0], states[1:], **EXACT)
    np.testing.assert_allclose(record.states_before[0], states[:-1], **EXACT)
    np.testing.assert_allclose(record.inputs, X.swapaxes(0, 1), **EXACT)
    np.testing.assert_allclose(record.error_norms, np.linalg.norm(expected, axis=-1), **EXACT)
    assert record.mask.all() and record.layer is model.layers[0] and record.name == "read"


@keras.saving.register_keras_serializable("tests")
class Sum(keras.layers.Layer):
    """The sum along time, each step with a weight of its own."""

    supports_masking = True

    def call(self, steps):
        return ops.sum(steps * ops.arange(1.0, 1.0 + STEPS, dtype=steps.dtype)[None, :, None], axis=1)

    def compute_mask(self, steps, mask=None):
        return None


def masked(*layers):
    return [keras.layers.Masking(), *layers]


def stack(*arguments, **options):
    return zoo.layers.stacked_rnn(*arguments, **options)


CASES = {
    "lstm": lambda: masked(keras.layers.LSTM(UNITS)),
    "last output repeated": lambda: masked(keras.layers.GRU(UNITS, return_sequences=True), Sum()),
    "backwards": lambda: masked(keras.layers.LSTM(UNITS, go_backwards=True, return_sequences=True), Sum()),
    "bidirectional": lambda: masked(keras.layers.Bidirectional(keras.layers.LSTM(UNITS, return_sequences=True)), Sum()),
    "no mask": lambda: [keras.layers.Bidirectional(keras.layers.GRU(UNITS))],
    "stack": lambda: masked(stack("lstm", (UNITS, 3), bidirectional=True, return_sequences=False)),
    "input skips": lambda: masked(stack("simple_rnn", (UNITS, 3), skip_connections="input"), Sum()),
    "several cells": lambda: masked(keras.layers.RNN([keras.layers.LSTMCell(UNITS), keras.layers.GRUCell(3)])),
    "zoneout": lambda: masked(stack("lstm", UNITS, cell_options={"zoneout": 0.2}, return_sequences=False)),
    "own output": lambda: masked(keras.layers.RNN(OwnCell(UNITS), return_sequences=True), Sum()),
}


@pytest.mark.parametrize("case", CASES)
def test_every_layer_against_differences(case):
    model = compiled(CASES[case]())
    before = ops.convert_to_numpy(model(PADDED))
    records = gradients_through_time(model, PADDED, Y)
    assert [record.name for record in records] == list(recurrences(model))
    with keras.StatelessScope(), tapped(recurrences(model), ops.zeros):
        np.testing.assert_allclose(ops.convert_to_numpy(model(PADDED)), before, **EXACT)
    np.testing.assert_array_equal(ops.convert_to_numpy(model(PADDED)), before, "the layers are as they were")
    for record in records:
        for told, found in by_differences(model, record, PADDED, Y):
            assert told == pytest.approx(found, **NEAR)
        padding = ~record.mask
        assert padding.sum() == (0 if case == "no mask" else 8)
        assert (record.error_norms[padding] == 0).all() and (record.error_norms[~padding] > 0).all()


# Single precision needs steps so wide that they cross the kinks of IRNN, and JAX compiles for seconds.
CELLS = zoo.list_cells() if DOUBLE else ["lstm", "gru", "clockwork_rnn", "min_lstm", "output_recurrent_rnn"]


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_against_differences(cell):
    model = compiled(masked(stack(cell, UNITS + 3, return_sequences=False)))
    (record,) = gradients_through_time(model, PADDED, Y)
    for told, found in by_differences(model, record, PADDED, Y):
        assert told == pytest.approx(found, **NEAR)
    last = record.errors[0][[6, 3, 1], [0, 1, 2]]
    assert (np.abs(last).sum(axis=-1) > 0).all(), "the last real step's output is what the loss sees"


def test_penalties_are_part_of_the_loss():
    model = compiled([keras.layers.GRU(UNITS, return_sequences=True, activity_regularizer="l2"), Sum()])
    (record,) = gradients_through_time(model, X, Y)
    for told, found in by_differences(model, record, X, Y):
        assert told == pytest.approx(found, **NEAR)


def test_sample_weights_and_step_masks():
    model = zoo.build_many_to_many_aligned((None, FEATURES), 2, UNITS, cell="gru", output_activation="linear")
    model.compile("sgd", "mean_squared_error")
    targets = np.random.default_rng(1).normal(size=(ROWS, STEPS, 2))
    weight = np.array([1.0, 0.0, 2.0])[:, None] * np.ones(STEPS)
    (record,) = gradients_through_time(model, PADDED, targets, weight)
    (plain,) = gradients_through_time(model, PADDED, targets)
    assert (record.error_norms[:, 1] == 0).all() and (plain.error_norms[:4, 1] > 0).all()
    np.testing.assert_allclose(record.errors[0][:, 2], 2 * plain.errors[0][:, 2], **EXACT)


def test_nothing_is_left_behind():
    inputs = keras.Input((None, FEATURES))
    read = keras.layers.LSTM(UNITS, dropout=0.5, seed=1)(inputs)
    model = keras.Model(
        inputs, {"a": keras.layers.Dense(2, name="a")(read), "b": keras.layers.Dense(1, name="b")(read)}
    )
    model.compile(
        "sgd", {"a": "mean_squared_error", "b": "mean_absolute_error"}, metrics={"a": ["mean_absolute_error"]}
    )
    targets = {"a": Y, "b": Y[:, :1]}
    model.fit(X, targets, verbose=0)
    model.reset_metrics()
    kept = [ops.convert_to_numpy(v) for v in (*model.variables, *model.metrics_variables, *model.optimizer.variables)]
    first = gradients_through_time(model, X, targets, training=True)[0].errors[0]
    now = [ops.convert_to_numpy(v) for v in (*model.variables, *model.metrics_variables, *model.optimizer.variables)]
    for before, after in zip(kept, now, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(gradients_through_time(model, X, targets, training=True)[0].errors[0], first)
    assert np.abs(gradients_through_time(model, X, targets)[0].errors[0] - first).max() > 1e-4
    assert "inner_loop" not in vars(model.layers[1]) and model.layers[1].use_cudnn == "auto"


def test_two_outputs_before_any_fit():
    inputs = keras.Input((None, FEATURES))
    read = keras.layers.LSTM(UNITS)(inputs)
    model = keras.Model(inputs, [keras.layers.Dense(2)(read), keras.layers.Dense(1)(read)])
    model.compile("sgd", ["mean_squared_error", "mean_absolute_error"])
    gradients_through_time(model, X, [Y, Y[:, :1]])
    assert model.fit(X, [Y, Y[:, :1]], verbose=0).history["loss"][0] > 0


def test_a_decoder_that_calls_its_layers_twice():
    model = zoo.build_one_to_many((6,), 9, UNITS, conditioning="first_step", embedding_dim=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    ids = np.array([[2, 4, 5, 0], [2, 5, 6, 7]])
    records = gradients_through_time(model, {"context": np.ones((2, 6)), "previous": ids}, ids)
    name = "decoder/recurrence/recurrent_1"
    assert [record.name for record in records] == [name, f"{name} (call 2)"]
    assert [record.error_norms.shape for record in records] == [(1, 2), (4, 2)]
    np.testing.assert_allclose(records[1].states_before[0][0], records[0].states[0][0], **EXACT)
    assert (records[0].error_norms > 0).all() and records[1].error_norms[3, 0] == 0


def test_the_loss_scale_is_taken_out():
    precise("float32")
    errors = {}
    for policy in ("float32", "mixed_float16"):
        keras.config.set_dtype_policy(policy)
        keras.utils.set_random_seed(4)
        model = compiled([keras.layers.LSTM(UNITS)])
        (record,) = gradients_through_time(model, X.astype("float32"), 1e-6 * Y.astype("float32"), [1e-5] * ROWS)
        errors[policy] = record.errors[0]
    assert record.errors[0].dtype == "float32"
    np.testing.assert_allclose(errors["mixed_float16"], errors["float32"], rtol=0.05, atol=1e-8)


def test_one_graph_for_many_batches():
    model = compiled([keras.layers.LSTM(UNITS)])
    measure = zoo.gradients.GradientsThroughTime(model)
    assert np.abs(measure(X, Y)[0].errors[0] - measure(2 * X, Y)[0].errors[0]).max() > 1e-4
    before = measure(X, Y)[0].errors[0]
    model.fit(X, Y, epochs=3, verbose=0)
    (plain,) = gradients_through_time(model, X, Y)
    np.testing.assert_allclose(measure(X, Y)[0].errors[0], plain.errors[0], **EXACT)
    assert np.abs(before - plain.errors[0]).max() > 1e-6


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), "no recurrent layer"),
        (lambda: keras.Sequential([keras.layers.LSTM(2)]), "must be built and compiled"),
        (lambda: keras.Sequential([keras.Input((3, 2)), keras.layers.LSTM(2)]), "must be built and compiled"),
    ],
)
def test_what_cannot_be_measured_is_said(make, says, request):
    model = make()
    if "compiled" not in says or not model.built:
        model.compile("sgd", "mean_squared_error")
    with pytest.raises(ZooError, match=says):
        gradients_through_time(model, X, Y)


def test_a_decoder_with_attention_is_left_out():
    precise("float32")
    model = zoo.build_translator((None,), 9, 4, vocabulary_size=9, embedding_dim=4, attention="bahdanau")
    model.compile("sgd", "sparse_categorical_crossentropy")
    ids = np.array([[2, 4, 5, 3], [2, 5, 6, 3]])
    assert [name.split("/")[0] for name in recurrences(model)] == ["encoder", "decoder"]
    (record,) = gradients_through_time(model, {"source": ids, "previous": ids}, ids)
    assert record.name.startswith("encoder") and (record.error_norms > 0).all()
