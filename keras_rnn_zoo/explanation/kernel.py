"""Which kernel runs a recurrent layer."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from keras_rnn_zoo.layers.cudnn import FUSED, hindrances
from keras_rnn_zoo.layers.norm_preserving import NormPreservingRNN
from keras_rnn_zoo.layers.through_time import ThroughTime

CUDNN = "cuDNN"
WITH_OMEGA = "own backward pass with Omega"
LOOP_OF_PRODUCTS = "a loop after one product for all inputs"
KERAS_LOOP = "Keras's loop"
OWN_LOOP = "a loop of its own"
OF_WAY = {
    "loop": KERAS_LOOP,
    "scan": "the cell's scan",
    "own_backward": "own backward pass",
    "compiled": "own backward pass, compiled by XLA",
    "shards": "own backward pass, compiled by XLA, for two halves of the batch side by side",
}

_WHY = {
    "way": "the argument way asks for it",
    "unroll": "unroll=True asks for it",
    "zoneout": "zoneout draws at every step",
    "recurrent_dropout": "recurrent_dropout of Keras's cells changes the state inside the loop: weight_drop does not",
    "dtype": "layer and cell are of different dtype: give both the same",
    "cell": "the cell has neither a scan nor an own backward pass here",
    "inference": "without gradients nothing is faster",
    "cpu": "measured to be the fastest on a CPU",
}


@dataclass(frozen=True)
class Kernel:
    """What runs a layer's loop, and why nothing faster does; the reason is empty where there is nothing faster."""

    name: str
    why: str = ""


def kernel_of(layer, training: bool, masked: bool, gpu: bool) -> Kernel:
    """The kernel that Keras or the zoo chooses for a call.

    Args:
        layer: a `keras.layers.RNN`.
        training: whether the call is one in training.
        masked: whether a mask is given to it.
        gpu: whether the backend sees a GPU, as Keras asks before it takes cuDNN.
    """
    if isinstance(layer, ThroughTime):
        return _of_ways(layer, training, masked, gpu)
    for known in (*FUSED, keras.layers.RNN):
        if isinstance(layer, known) and type(layer).inner_loop is known.inner_loop:
            return _of_keras(layer, masked, gpu) if known in FUSED else _of_plain_loop(layer)
    return Kernel(OWN_LOOP, f"{type(layer).__name__} has an inner_loop of its own")


def _of_keras(layer, masked, gpu) -> Kernel:
    found = hindrances(layer, masked)
    if gpu and not found:
        return Kernel(CUDNN)
    why = "; ".join(found) if gpu else "cuDNN needs a GPU"
    return Kernel(LOOP_OF_PRODUCTS if _projects_at_once(layer, masked) else KERAS_LOOP, why)


def _projects_at_once(layer, masked) -> bool:
    """Where Keras has a loop for LSTM or GRU that is not the one for every cell."""
    if masked or layer.use_cudnn is False or layer.cell.recurrent_dropout:
        return False
    is_gru, backend = isinstance(layer, keras.layers.GRU), keras.backend.backend()
    possible = layer.cell.reset_after if is_gru else True
    return possible and (backend == "torch" or (backend == "jax" and is_gru and not layer.unroll))


def _of_plain_loop(layer) -> Kernel:
    cell, faster = layer.cell, "keras.layers.RNN knows no other"
    if isinstance(cell, keras.layers.StackedRNNCells):
        return Kernel(KERAS_LOOP, "several cells share the loop: give each a layer of its own")
    if isinstance(cell, (keras.layers.LSTMCell, keras.layers.GRUCell)):
        faster += f", keras.layers.{type(cell).__name__.removesuffix('Cell')} has cuDNN on a GPU"
    elif isinstance(layer, keras.layers.SimpleRNN):
        faster = "keras.layers.SimpleRNN knows no other, cell='simple_rnn' has an own backward pass"
    elif getattr(cell, "states_linear_maps", False):
        faster += ", layers.Recurrent has an own backward pass"
    return Kernel(KERAS_LOOP, faster)


def _of_ways(layer, training, masked, gpu) -> Kernel:
    if training and isinstance(layer, NormPreservingRNN) and layer.omega_weight != 0:
        return Kernel(WITH_OMEGA)
    way = layer.way(training, masked, gpu)
    if way.name == "loop" and isinstance(layer, FUSED):
        kernel = _of_keras(layer, masked, gpu)
        return (
            kernel
            if kernel.name == CUDNN or way.why == "inference"
            else Kernel(kernel.name, _WHY.get(way.why, kernel.why))
        )
    return Kernel(OF_WAY[way.name], _WHY.get(way.why, ""))
