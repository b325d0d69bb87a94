import keras
import numpy as np
import pytest

from keras_rnn_zoo.layers import RNNDecoder, stacked_rnn
from keras_rnn_zoo.layers.rnn_decoder import CONDITIONINGS

RNG = np.random.default_rng(0)
CONTEXT = RNG.normal(size=(3, 5)).astype("float32")
SYMBOLS = RNG.integers(1, 7, (3, 4)).astype("int32")


def decoder(conditioning, cell="lstm", units=(4, 4), **options):
    return RNNDecoder(7, stacked_rnn(cell, units, return_state=True), 3, conditioning, **options)


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_stepwise_equals_teacher_forcing(conditioning, cell):
    layer = decoder(conditioning, cell)
    whole = numpy(layer(SYMBOLS, CONTEXT))
    states = layer.start(keras.ops.convert_to_tensor(CONTEXT))
    for t in range(4):
        output, states = layer.step(
            keras.ops.convert_to_tensor(SYMBOLS[:, t]), keras.ops.convert_to_tensor(CONTEXT), states
        )
        np.testing.assert_allclose(numpy(output), whole[:, t], atol=1e-6)


def test_context_at_every_step_is_the_books_equation():
    """h_t = tanh(W h_{t-1} + U e(y_{t-1}) + R c + b), with U and R the two parts of `kernel`."""
    layer = decoder("input", "simple_rnn", 4)
    whole = numpy(layer(SYMBOLS, CONTEXT))
    kernel, recurrent_kernel, bias = layer.rnn.get_weights()
    (embeddings,) = layer.embedding.get_weights()
    output_kernel, output_bias = layer.output_layer.get_weights()
    h = np.zeros((3, 4))
    for t in range(4):
        h = np.tanh(h @ recurrent_kernel + embeddings[SYMBOLS[:, t]] @ kernel[:3] + CONTEXT @ kernel[3:] + bias)
        o = np.exp(h @ output_kernel + output_bias)
        np.testing.assert_allclose(whole[:, t], o / o.sum(axis=1, keepdims=True), atol=1e-5)


def test_a_first_bias_is_karpathys_equation():
    """h_t = tanh(W h_{t-1} + U e(y_{t-1}) + b + 1(t=1) W_hi C) (Karpathy & Fei-Fei 2015, eqs. 13-15)."""
    layer = decoder("first_bias", "simple_rnn", 4)
    layer(SYMBOLS, CONTEXT)
    layer.set_weights([RNG.normal(size=weight.shape) for weight in layer.get_weights()])
    whole = numpy(layer(SYMBOLS, CONTEXT))
    kernel, recurrent_kernel, bias = layer.rnn.get_weights()
    (embeddings,) = layer.embedding.get_weights()
    output_kernel, output_bias = layer.output_layer.get_weights()
    h = np.zeros((3, 4))
    for t in range(4):
        told = CONTEXT @ kernel[3:] if t == 0 else 0
        h = np.tanh(h @ recurrent_kernel + embeddings[SYMBOLS[:, t]] @ kernel[:3] + bias + told)
        o = np.exp(h @ output_kernel + output_bias)
        np.testing.assert_allclose(whole[:, t], o / o.sum(axis=1, keepdims=True), atol=1e-5)


def test_first_states_come_from_the_context():
    layer = decoder("initial_state", "gru", 4)
    layer(SYMBOLS, CONTEXT)
    kernel, bias = layer.bridges[0].get_weights()
    (state,) = layer.start(CONTEXT)
    np.testing.assert_allclose(numpy(state), np.tanh(CONTEXT @ kernel + bias), atol=1e-6)


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_the_context_matters(conditioning):
    layer = decoder(conditioning)
    assert not np.allclose(numpy(layer(SYMBOLS, CONTEXT)), numpy(layer(SYMBOLS, -CONTEXT)), atol=1e-5)


def test_vectors_can_be_written():
    layer = RNNDecoder(2, stacked_rnn("gru", 4, return_state=True), output_activation="linear")
    previous = np.zeros((1, 3, 2), "float32")
    previous[0, 1] = 1.0
    previous[0, 2] = -1.0
    assert numpy(layer(previous, CONTEXT[:1])).shape == (1, 3, 2)
    mask = numpy(layer.compute_mask(keras.ops.convert_to_tensor(previous)))
    np.testing.assert_array_equal(mask, [[True, True, False]])


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: decoder("start"), "Unknown conditioning 'start'"),
        (lambda: decoder("both", bridge="none"), "Unknown bridge 'none'"),
        (lambda: RNNDecoder(7, stacked_rnn("gru", 4, bidirectional=True, return_state=True), 3), "one-directional"),
        (lambda: RNNDecoder(7, stacked_rnn("gru", 4), 3), "return_state on"),
        (lambda: decoder("both", bridge="copy")(SYMBOLS, CONTEXT), "initial_state is needed with bridge='copy'"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
