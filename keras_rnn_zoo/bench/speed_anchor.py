"""The fastest recurrence there is on a GPU, whatever the cell it is compared with."""

from __future__ import annotations

from collections.abc import Callable

import keras

from keras_rnn_zoo.bench.compiled_steps import compiled_steps
from keras_rnn_zoo.bench.speed_case import SpeedCase
from keras_rnn_zoo.bench.speed_models import inputs_and_targets, model_of
from keras_rnn_zoo.errors import ZooError


def anchor_step(case: SpeedCase) -> Callable:
    """A training step of cuDNN's LSTM, by way of Keras, at the case's shape.

    Raises:
        ZooError: the backend cannot run it.
    """
    try:
        model = model_of(cudnn_lstm(case.shape.units), case)
        train, _ = compiled_steps(model, *inputs_and_targets(case, case.shape.units))
        train(0.0)
    except ValueError as error:
        raise ZooError(
            f"{case}: {keras.backend.backend()} does not run cuDNN's LSTM here, which is the anchor of --device gpu: "
            f"{error}"
        ) from error
    return lambda model=model: train(0.0)


def cudnn_lstm(units: int) -> keras.layers.LSTM:
    """Keras's LSTM, held to cuDNN's kernel."""
    return keras.layers.LSTM(units, return_sequences=True, use_cudnn=True)
