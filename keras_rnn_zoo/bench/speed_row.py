"""One case: the zoo's layer, torch's and the limit against what one would write in Keras."""

from __future__ import annotations

import keras

from keras_rnn_zoo.bench.compiled_steps import compiled_steps
from keras_rnn_zoo.bench.product_limit import limit_step
from keras_rnn_zoo.bench.speed_anchor import anchor_step
from keras_rnn_zoo.bench.speed_case import SpeedCase
from keras_rnn_zoo.bench.speed_check import check_same
from keras_rnn_zoo.bench.speed_device import ANCHOR
from keras_rnn_zoo.bench.speed_models import inputs_and_targets, stock_model, zoo_model
from keras_rnn_zoo.bench.speed_timing import times_in_turn
from keras_rnn_zoo.bench.torch_steps import torch_step

CHECKED_STEPS = 10  # Over a long sequence some cells, `layer_norm_lstm` first, magnify rounding beyond any tolerance.


def speed_row(case: SpeedCase, rounds: int, device: str = "cpu") -> dict:
    """Times training and inference, after a check that all ways compute the same.

    Raises:
        ZooError: they do not.
    """
    pair = same_models(case)
    _check(case, pair, device)
    data = inputs_and_targets(case, pair[0].output_shape[-1])
    (train, infer), (zoo_train, zoo_infer) = (compiled_steps(model, *data) for model in pair)
    # At rate 0 the update is computed and the weights stay, so that no step is easier than another.
    training = {"stock": lambda: train(0.0), "zoo": lambda: zoo_train(0.0), **_others(case, pair, data, device)}
    return {
        "cell": case.cell,
        "cell_options": case.cell_options,
        "shape": list(case.shape),
        "masked": case.masked,
        "training": times_in_turn(training, rounds),
        "inference": times_in_turn({"stock": infer, "zoo": zoo_infer}, rounds),
    }


def same_models(case: SpeedCase) -> tuple[keras.Model, keras.Model]:
    """The stock model and the zoo's, with the same weights."""
    stock, zoo = stock_model(case), zoo_model(case)
    stock.set_weights(zoo.get_weights())
    return stock, zoo


def _check(case, pair, device):
    short = case._replace(shape=case.shape._replace(timesteps=min(CHECKED_STEPS, case.shape.timesteps)))
    data = inputs_and_targets(short, pair[0].output_shape[-1])
    in_torch = _in_torch(case, pair[0], data, device)
    others = {"torch.nn": in_torch} if in_torch else {}
    check_same(str(case), pair, [compiled_steps(model, *data) for model in pair], others)


def _others(case, pair, data, device) -> dict:
    """What else there is to compare a training step with, `None` where there is nothing."""
    rows = case.shape.batch * case.shape.timesteps
    ways = {
        "torch.nn": _in_torch(case, pair[0], data, device),
        "limit": None if case.masked else limit_step(pair[1], rows),
    }
    return ways if device == "cpu" else {**ways, ANCHOR: None if case.masked else anchor_step(case)}


def _in_torch(case, stock, data, device):
    return None if case.masked else torch_step(case.cell, stock.layers[-1], *data, device)
