"""What the gated cells of one state are made from, and what they become at the ends of their options."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.cells import (
    ChoGRUCell,
    DeepTransitionGRUCell,
    DeepTransitionLSTMCell,
    MinGRUCell,
    MinimalGatedUnitCell,
    MinLSTMCell,
    OlahGRUCell,
)
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.recurrent import Recurrent

UNITS, FEATURES = 6, 4


def sequences(timesteps=9, seed=0):
    return np.random.default_rng(seed).normal(size=(3, timesteps, FEATURES)).astype("float32")


def with_weights(layer, seed=1):
    layer.build((None, None, FEATURES))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.weights])
    return layer


def answer(layer, x=None):
    return ops.convert_to_numpy(layer(sequences() if x is None else x))


def run(cell):
    return Recurrent(cell, return_sequences=True)


def test_cho_is_keras_gru_that_resets_before():
    stock = with_weights(keras.layers.GRU(UNITS, reset_after=False, return_sequences=True))
    own = with_weights(run(ChoGRUCell(UNITS)))
    own.set_weights(stock.get_weights())
    np.testing.assert_allclose(answer(own), answer(stock), atol=1e-6)


def test_cho_is_not_keras_default_gru():
    stock = with_weights(keras.layers.GRU(UNITS, use_bias=False, return_sequences=True))
    own = with_weights(run(ChoGRUCell(UNITS, use_bias=False)))
    own.set_weights(stock.get_weights())
    assert np.abs(answer(own) - answer(stock)).max() > 1e-3


def test_olah_is_cho_with_the_sign_of_z_turned():
    cho, olah = with_weights(run(ChoGRUCell(UNITS))), with_weights(run(OlahGRUCell(UNITS, use_bias=True)))
    sign = np.r_[-np.ones(UNITS), np.ones(2 * UNITS)]
    olah.set_weights([weight * sign for weight in cho.get_weights()])
    np.testing.assert_allclose(answer(olah), answer(cho), atol=1e-6)
    assert OlahGRUCell(UNITS).use_bias is False


def test_a_minimal_gated_unit_is_a_gru_with_one_gate():
    minimal, gru = with_weights(run(MinimalGatedUnitCell(UNITS))), with_weights(run(OlahGRUCell(UNITS, use_bias=True)))
    gru.set_weights([np.concatenate([w[..., :UNITS], w], axis=-1) for w in minimal.get_weights()])
    np.testing.assert_allclose(answer(minimal), answer(gru), atol=1e-6)


def test_one_transition_is_keras_gru():
    stock = with_weights(keras.layers.GRU(UNITS, return_sequences=True))
    kernel, recurrent_kernel, bias = stock.get_weights()
    own = with_weights(run(DeepTransitionGRUCell(UNITS, transition_depth=1)))
    own.set_weights([kernel, recurrent_kernel, bias[0], bias[1]])
    np.testing.assert_allclose(answer(own), answer(stock), atol=1e-6)


@pytest.mark.parametrize("shortcut", [False, True])
def test_one_transition_is_keras_lstm(shortcut):
    stock = with_weights(keras.layers.LSTM(UNITS, return_sequences=True))
    own = with_weights(run(DeepTransitionLSTMCell(UNITS, transition_depth=1, shortcut=shortcut)))
    own.set_weights(stock.get_weights())
    np.testing.assert_allclose(answer(own), answer(stock), atol=1e-6)


def test_further_transitions_are_steps_without_input():
    """A depth of 2 is a GRU that sees every input once and then zeros, where both transitions share their weights."""
    deep = with_weights(run(DeepTransitionGRUCell(UNITS, transition_depth=2)))
    kernel, first, second, bias, recurrent_bias = deep.get_weights()
    bias, recurrent_bias = (np.tile(b[: 3 * UNITS], 2) for b in (bias, recurrent_bias))
    deep.set_weights([kernel, first, first, bias, recurrent_bias])
    plain = with_weights(run(DeepTransitionGRUCell(UNITS, transition_depth=1)))
    plain.set_weights([kernel, first, bias[: 3 * UNITS], recurrent_bias[: 3 * UNITS]])
    stretched = np.stack([sequences(), np.zeros_like(sequences())], axis=2).reshape(3, -1, FEATURES)
    np.testing.assert_allclose(answer(deep), answer(plain, stretched)[:, 1::2], atol=1e-6)


def test_forget_gates_of_all_transitions_start_open():
    cell = DeepTransitionLSTMCell(2, transition_depth=2)
    cell.build((None, FEATURES))
    assert ops.convert_to_numpy(cell.bias).tolist() == [0, 0, 1, 1, 0, 0, 0, 0] * 2
    with pytest.raises(ZooError, match="use_bias"):
        DeepTransitionLSTMCell(2, use_bias=False, unit_forget_bias=True)


@pytest.mark.parametrize("cell", [MinGRUCell, MinLSTMCell])
@pytest.mark.parametrize(
    "option", [{"activation": "tanh"}, {"recurrent_dropout": 0.1}, {"recurrent_initializer": "zeros"}]
)
def test_cells_without_recurrent_weights_take_no_options_for_them(cell, option):
    with pytest.raises(ZooError, match=f"{cell.__name__} has no {next(iter(option))}"):
        cell(UNITS, **option)


def test_min_lstm_stays_finite_where_both_gates_are_shut():
    layer = with_weights(Recurrent(MinLSTMCell(UNITS, dtype="float16"), return_sequences=True, dtype="float16"))
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel, np.r_[np.full(2 * UNITS, -40.0), bias[2 * UNITS :]]])
    assert np.isfinite(answer(layer, sequences().astype("float16"))).all()


@pytest.mark.parametrize("cell", [DeepTransitionGRUCell, DeepTransitionLSTMCell])
def test_transition_depth_must_be_positive(cell):
    with pytest.raises(ZooError, match="transition_depth"):
        cell(UNITS, transition_depth=0)
