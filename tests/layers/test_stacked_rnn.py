"""StackedRNN against its equations, written again in NumPy."""

import keras
import numpy as np
import pytest

from keras_rnn_zoo.layers import StackedRNN, recurrent_layer, stacked_rnn
from tests.own_cell import OwnCell

RNG = np.random.default_rng(0)


def simple_rnn(layer, x, reverse=False):
    """h_t = tanh(W x_t + U h_{t-1} + b), the outputs of all steps."""
    kernel, recurrent_kernel, bias = layer.get_weights()
    h, outputs = np.zeros((len(x), recurrent_kernel.shape[0])), []
    for t in reversed(range(x.shape[1])) if reverse else range(x.shape[1]):
        h = np.tanh(x[:, t] @ kernel + h @ recurrent_kernel + bias)
        outputs.append(h)
    outputs = outputs[::-1] if reverse else outputs
    return np.stack(outputs, axis=1)


def stack_by_hand(stack, x):
    outputs, below = [], x
    for number, layer in enumerate(stack.layers):
        inputs = np.concatenate([x, below], axis=-1) if number and stack.skip_connections == "input" else below
        below = simple_rnn(layer, inputs)
        if number and stack.skip_connections == "residual":
            below = below + inputs
        outputs.append(below)
    return np.concatenate(outputs, axis=-1) if stack.skip_connections == "input" else outputs[-1]


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.mark.parametrize("skip_connections", [None, "input", "residual"])
def test_equations(skip_connections):
    x = RNG.normal(size=(2, 6, 3)).astype("float32")
    stack = stacked_rnn("simple_rnn", (4, 4, 4), skip_connections=skip_connections)
    answer = numpy(stack(x))
    np.testing.assert_allclose(answer, stack_by_hand(stack, x), atol=1e-5)


@pytest.mark.parametrize("skip_connections", [None, "input", "residual"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_last_step_is_that_of_each_direction(skip_connections, bidirectional):
    x = RNG.normal(size=(2, 6, 3)).astype("float32")
    mask = np.array([[True] * 6, [True] * 4 + [False] * 2])
    stack = stacked_rnn("gru", (4, 4), skip_connections=skip_connections, bidirectional=bidirectional)
    whole = numpy(stack(x, mask=keras.ops.convert_to_tensor(mask)))
    last = StackedRNN(stack.layers, skip_connections, return_sequences=False)
    answer = numpy(last(x, mask=keras.ops.convert_to_tensor(mask)))
    ends = np.stack([whole[0, 5], whole[1, 3]])
    if bidirectional:
        backward = np.arange(answer.shape[1]) % 8 >= 4
        ends = np.where(backward, whole[:, 0], ends)
    np.testing.assert_allclose(answer, ends, atol=1e-6)


@pytest.mark.parametrize("skip_connections", [None, "input", "residual"])
@pytest.mark.parametrize("pooling", ["max", "mean"])
def test_pooling_is_over_the_real_steps(pooling, skip_connections):
    x = RNG.normal(size=(2, 6, 3)).astype("float32")
    mask = np.array([[True] * 6, [True] * 4 + [False] * 2])
    stack = stacked_rnn("gru", (4, 4), skip_connections=skip_connections, bidirectional=True)
    whole = numpy(stack(x, mask=keras.ops.convert_to_tensor(mask)))
    pooled = StackedRNN(stack.layers, skip_connections, return_sequences=False, pooling=pooling)
    reduce = np.max if pooling == "max" else np.mean
    expected = np.stack([reduce(whole[0], axis=0), reduce(whole[1, :4], axis=0)])
    np.testing.assert_allclose(numpy(pooled(x, mask=keras.ops.convert_to_tensor(mask))), expected, atol=1e-6)
    np.testing.assert_allclose(numpy(pooled(x[1:, :4])), expected[1:], atol=1e-6)


def test_bidirectional_reads_both_ways():
    x = RNG.normal(size=(2, 5, 3)).astype("float32")
    stack = stacked_rnn("simple_rnn", 4, bidirectional=True)
    answer = numpy(stack(x))
    (layer,) = stack.layers
    np.testing.assert_allclose(answer[..., :4], simple_rnn(layer.forward_layer, x), atol=1e-5)
    np.testing.assert_allclose(answer[..., 4:], simple_rnn(layer.backward_layer, x, reverse=True), atol=1e-5)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru", OwnCell])
@pytest.mark.parametrize("skip_connections", [None, "input", "residual"])
def test_step_by_step_equals_the_whole(cell, skip_connections):
    x = RNG.normal(size=(2, 5, 3)).astype("float32")
    stack = stacked_rnn(cell, (4, 4), skip_connections=skip_connections, return_state=True)
    whole, *final = stack(x)
    states = stack.get_initial_state(2)
    for t in range(5):
        output, *states = stack(x[:, t : t + 1], initial_state=states)
        np.testing.assert_allclose(numpy(output)[:, 0], numpy(whole)[:, t], atol=1e-6)
    for one, other in zip(states, final, strict=True):
        np.testing.assert_allclose(numpy(one), numpy(other), atol=1e-6)


def test_masked_steps_give_zeros():
    x = RNG.normal(size=(1, 4, 3)).astype("float32")
    mask = keras.ops.convert_to_tensor(np.array([[True, True, False, False]]))
    assert not numpy(stacked_rnn("lstm", 4)(x, mask=mask))[0, 2:].any()


def test_dropout_survives_two_compiles_and_two_lengths():
    model = keras.Sequential([keras.Input((None, 3)), stacked_rnn("lstm", (4, 4), dropout=0.5, return_sequences=False)])
    for length in (5, 8):
        model.compile("sgd", "mse")
        model.fit(RNG.normal(size=(4, length, 3)), RNG.normal(size=(4, 4)), verbose=0)
    x = RNG.normal(size=(4, 5, 3)).astype("float32")
    draws = [numpy(model(x, training=True)) for _ in range(2)]
    assert not np.allclose(*draws)
    np.testing.assert_array_equal(numpy(model(x)), numpy(model(x)))


def test_recurrent_dropout_of_the_cell_is_passed_on():
    stack = stacked_rnn("gru", 4, cell_options={"recurrent_dropout": 0.5})
    x = RNG.normal(size=(4, 5, 3)).astype("float32")
    assert not np.allclose(numpy(stack(x, training=True)), numpy(stack(x, training=True)))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"cell": "lstmm"}, "Unknown cell 'lstmm'. Did you mean 'lstm'"),
        ({"cell": keras.layers.LSTMCell(3)}, "a callable such as keras.layers.LSTMCell"),
        ({"cell": lambda units: "no cell"}, "cell must return a Keras cell"),
        ({"units": 0}, "units must be a positive integer"),
        ({"units": ()}, "units must be a positive integer"),
        ({"units": "8"}, "units must be a positive integer"),
        ({"units": True}, "units must be a positive integer"),
        ({"units": (4, 5), "skip_connections": "residual"}, "equal units expected, received \\[4, 5\\]"),
        ({"skip_connections": "inputs"}, "Did you mean 'input'"),
        ({"pooling": "maximum"}, "Unknown pooling 'maximum'. Did you mean 'max'"),
        ({"dropout": -3}, "dropout must be at least 0 and below 1"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1"),
        ({"cell_options": {"leak": 1}}, "has no leak. Known: activation"),
        ({"cell_options": {"stateful": True}}, "has no stateful"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        stacked_rnn(**{"cell": "lstm", "units": 4, **arguments})


def test_a_wrong_number_of_states_is_refused():
    stack = stacked_rnn("lstm", (4, 4))
    with pytest.raises(ValueError, match="initial_state must hold 4 states"):
        stack(np.zeros((1, 2, 3), "float32"), initial_state=stack.get_initial_state(1)[:3])


def test_layers_must_return_everything():
    with pytest.raises(ValueError, match="return_sequences=True and return_state=True"):
        StackedRNN([keras.layers.LSTM(3)])
    with pytest.raises(ValueError, match="at least one layer"):
        StackedRNN([])
    with pytest.raises(ValueError, match="merge_mode='concat'"):
        inner = keras.layers.LSTM(3, return_sequences=True, return_state=True)
        StackedRNN([keras.layers.Bidirectional(inner, merge_mode="sum")])


def test_fused_kernels_stay_available():
    layer = recurrent_layer("lstm", 4)
    assert isinstance(layer, keras.layers.LSTM) and layer.use_cudnn == "auto"
    assert isinstance(recurrent_layer("gru", 4), keras.layers.GRU)


def test_precision():
    stack = stacked_rnn("lstm", 4, dropout=0.1)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        stack = stacked_rnn("lstm", (4, 4), skip_connections="input")
    finally:
        keras.config.set_dtype_policy(policy)
    answer = stack(np.ones((1, 3, 2), "float32"))
    assert keras.backend.standardize_dtype(answer.dtype) == "bfloat16"
    assert np.isfinite(numpy(keras.ops.cast(answer, "float32"))).all()
