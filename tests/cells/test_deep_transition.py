"""What a deep transition reduces to, and how its blocks start."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.cells import DeepTransitionRNNCell, SimpleRNNCell
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import Recurrent

X = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")


def answer(layer, weights=None, training=False):
    if not layer.built:
        layer.build((None, None, 4))
    if weights is not None:
        layer.set_weights(weights)
    return ops.convert_to_numpy(layer(X, training=training))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("cell", [SimpleRNNCell(5), DeepTransitionRNNCell(5, transition_units=[])])
def test_without_hidden_layers_it_is_keras_simple_rnn(cell, training):
    keras_layer = keras.layers.SimpleRNN(5, return_sequences=True, bias_initializer="random_normal")
    expected = answer(keras_layer)
    found = answer(Recurrent(cell, return_sequences=True), keras_layer.get_weights(), training)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_shortcut_of_zeros_is_none():
    with_shortcut = Recurrent(DeepTransitionRNNCell(5, 7, shortcut=True), return_sequences=True)
    plain = Recurrent(DeepTransitionRNNCell(5, 7), return_sequences=True)
    with_shortcut.build((None, None, 4))
    kernel, recurrent_kernel, transition_kernel, bias = with_shortcut.get_weights()
    kernel[:, 7:] = 0
    recurrent_kernel[:, 7:] = 0
    expected = answer(plain, [kernel[:, :7], recurrent_kernel[:, :7], transition_kernel, bias])
    np.testing.assert_allclose(
        answer(with_shortcut, [kernel, recurrent_kernel, transition_kernel, bias]), expected, atol=1e-6
    )


def test_each_block_starts_orthogonal():
    cell = DeepTransitionRNNCell(6, [6, 6], shortcut=True)
    cell.build((None, 4))
    blocks = np.split(ops.convert_to_numpy(cell.recurrent_kernel), 3, axis=1)
    for block in blocks:
        np.testing.assert_allclose(block.T @ block, np.eye(6), atol=1e-5)
    assert np.abs(blocks[0] - blocks[1]).max() > 0.01


def test_hidden_layer_is_as_wide_as_the_state_by_default():
    assert DeepTransitionRNNCell(6).transition_units == [6]


@pytest.mark.parametrize("widths", [0, -1, [4, 0], "4", 2.5, True])
def test_bad_widths(widths):
    with pytest.raises(ZooError, match="transition_units"):
        DeepTransitionRNNCell(6, widths)
