"""The two models of a case, which compute the same, and what they are trained on."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo import cells
from keras_rnn_zoo.bench.plain_cell import PlainCell
from keras_rnn_zoo.bench.speed_case import SpeedCase
from keras_rnn_zoo.layers import recurrent_layer

_KERAS_OWN = {"simple_rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}


def stock_model(case: SpeedCase) -> keras.Model:
    """What one would write in Keras: its own layer where there is one, else the cell's plain equation in its loop."""
    options = {"return_sequences": True, "zero_output_for_mask": True}
    own = _KERAS_OWN.get(case.cell)
    layer = own(case.shape.units, **options) if own else keras.layers.RNN(_plain_cell(case), **options)
    return model_of(layer, case)


def zoo_model(case: SpeedCase) -> keras.Model:
    """The layer that the builders make."""
    return model_of(recurrent_layer(case.cell, case.shape.units, cell_options=case.cell_options), case)


MODELS = {"stock": stock_model, "zoo": zoo_model}


def model_of(layer, case: SpeedCase) -> keras.Model:
    """From sequences to the layer's outputs at every step; steps of zeros are masked where the case says so."""
    sequences = keras.Input((None, case.shape.features))
    outputs = layer(keras.layers.Masking()(sequences) if case.masked else sequences)
    return keras.Model(sequences, keras.tree.flatten(outputs)[0])


def inputs_and_targets(case: SpeedCase, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """Random `(batch, timesteps, features)` and `(batch, timesteps, outputs)`, the same at every call.

    Masked sequences have random lengths from a quarter of the time steps to all; zeros follow.
    """
    rng, (batch, timesteps, features, _) = np.random.default_rng(0), case.shape
    inputs = rng.normal(size=(batch, timesteps, features)).astype("float32")
    targets = rng.normal(size=(batch, timesteps, outputs)).astype("float32")
    if case.masked:
        lengths = rng.integers(-(-timesteps // 4), timesteps + 1, size=batch)
        inputs[np.arange(timesteps) >= lengths[:, None]] = 0
    return inputs, targets


def _plain_cell(case):
    return PlainCell(case.cell, cells.get(case.cell)(case.shape.units, **case.cell_options))
