"""One cell at one shape: its plain equation in `keras.layers.RNN` against the cell in `layers.Recurrent`."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo import cells
from keras_rnn_zoo.bench.compiled_steps import compiled_steps
from keras_rnn_zoo.bench.plain_cell import PlainCell
from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.bench.speed_timing import time_in_turn
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import Recurrent

CHECKED_STEPS = 10  # Over a long sequence some cells, `layer_norm_lstm` first, magnify rounding beyond any tolerance.
OUTPUT_TOLERANCE = 1e-4  # of the largest output, if that is above 1
UPDATE_TOLERANCE = 1e-3  # of a weight's largest change


def speed_row(cell: str, shape: SpeedShape, rounds: int) -> dict:
    """Times training and inference, after a check that both ways compute the same.

    Raises:
        ZooError: they do not.
    """
    pair = models(cell, shape)
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(shape.batch, shape.timesteps, shape.features)).astype("float32")
    targets = rng.normal(size=(*inputs.shape[:2], pair[1].output_shape[-1])).astype("float32")
    steps = _compiled(pair, inputs, targets)
    short = [array[:, :CHECKED_STEPS] for array in (inputs, targets)]
    _check_same(f"{cell} {shape}", pair, _compiled(pair, *short) if shape.timesteps > CHECKED_STEPS else steps)
    # At rate 0 the update is computed and the weights stay, so that no step is easier than another.
    trains, infers = [lambda train=train: train(0.0) for train, _ in steps], [infer for _, infer in steps]
    return {
        "cell": cell,
        "shape": list(shape),
        "training": time_in_turn(*trains, rounds, shape.batch),
        "inference": time_in_turn(*infers, rounds, shape.batch),
    }


def models(cell: str, shape: SpeedShape) -> tuple[keras.Model, keras.Model]:
    """The stock model and the zoo's, with the same weights."""
    plain = PlainCell(cell, cells.get(cell)(shape.units))
    stock = _model(keras.layers.RNN(plain, return_sequences=True), shape.features)
    zoo = _model(Recurrent(cells.get(cell)(shape.units), return_sequences=True), shape.features)
    stock.set_weights(zoo.get_weights())
    return stock, zoo


def _model(layer, features):
    sequences = keras.Input((None, features))
    return keras.Model(sequences, layer(sequences))


def _compiled(pair, inputs, targets):
    return [compiled_steps(model, inputs, targets) for model in pair]


def _check_same(what: str, pair, steps):
    (train, infer), (zoo_train, zoo_infer) = steps
    _check_close(f"{what}: outputs", infer(), zoo_infer(), OUTPUT_TOLERANCE, at_least=1.0)
    before = pair[0].get_weights()
    # The rate is large, so that the updates are not lost among the weights' last digits.
    _check_close(f"{what}: loss", train(1.0), zoo_train(1.0), OUTPUT_TOLERANCE, at_least=1.0)
    for start, one, other in zip(before, pair[0].get_weights(), pair[1].get_weights(), strict=True):
        _check_close(f"{what}: update of a weight {start.shape}", one - start, other - start, UPDATE_TOLERANCE, 1e-3)
    for model in pair:
        model.set_weights(before)


def _check_close(what: str, stock, zoo, tolerance: float, at_least: float):
    stock, zoo = np.asarray(stock), np.asarray(zoo)
    largest, difference = max(at_least, np.abs(stock).max()), np.abs(stock - zoo).max()
    if not difference <= tolerance * largest:
        raise ZooError(
            f"{what}: keras.layers.RNN and the zoo's layer differ by {difference:.2g}, expected at most "
            f"{tolerance * largest:.2g}; timing them would mean nothing."
        )
