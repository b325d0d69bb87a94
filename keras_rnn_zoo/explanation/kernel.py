"""Which kernel runs a recurrent layer."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from keras_rnn_zoo.layers.norm_preserving import NormPreservingRNN
from keras_rnn_zoo.layers.recurrent import SMALL_STEP, Recurrent

CUDNN = "cuDNN"
SCAN = "the cell's scan"
OWN_BACKWARD = "own backward pass"
WITH_OMEGA = "own backward pass with Omega"
LOOP_OF_PRODUCTS = "a loop after one product for all inputs"
KERAS_LOOP = "Keras's loop"
OWN_LOOP = "a loop of its own"
FUSED = (keras.layers.LSTM, keras.layers.GRU)

_WHY_KERAS_LOOP = {
    "unroll": "unroll=True asks for it",
    "zoneout": "zoneout draws at every step",
    "recurrent_dropout": "recurrent_dropout changes the state inside the loop: weight_drop does not",
    "hoist": "hoist=False asks for it",
    "dtype": "layer and cell are of different dtype: give both the same",
    "cell": "the cell has neither a scan nor an own backward pass here",
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
    if isinstance(layer, Recurrent):
        return _of_recurrent(layer, training, gpu)
    for known in (*FUSED, keras.layers.RNN):
        if isinstance(layer, known) and type(layer).inner_loop is known.inner_loop:
            return _of_keras(layer, masked, gpu) if known in FUSED else _of_plain_loop(layer)
    return Kernel(OWN_LOOP, f"{type(layer).__name__} has an inner_loop of its own")


def hindrances(layer, masked: bool = False) -> list[str]:
    """What keeps a Keras LSTM or GRU from cuDNN on a GPU, and what to change."""
    backend, cell = keras.backend.backend(), layer.cell
    found = {
        "use_cudnn=False forbids it": layer.use_cudnn is False,
        "recurrent_dropout changes the state inside the loop: use weight_drop": cell.recurrent_dropout,
        "activation must be tanh": not _is(cell.activation, "tanh"),
        "recurrent_activation must be sigmoid": not _is(cell.recurrent_activation, "sigmoid"),
        "use_bias must be True": not cell.use_bias,
        "unroll must be False": layer.unroll,
        "reset_after must be True": not getattr(cell, "reset_after", True),
        "Keras has no cuDNN GRU on JAX": backend == "jax" and isinstance(layer, keras.layers.GRU),
        f"Keras takes no mask to it on the backend {backend}": masked and backend != "tensorflow",
    }
    return [text for text, holds in found.items() if holds]


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
    elif hasattr(cell, "scan") or getattr(cell, "has_own_backward", False):
        faster += ", layers.Recurrent has the cell's"
    return Kernel(KERAS_LOOP, faster)


def _of_recurrent(layer, training, gpu) -> Kernel:
    if training and isinstance(layer, NormPreservingRNN) and layer.omega_weight != 0:
        return Kernel(WITH_OMEGA)
    parallel = keras.backend.backend() != "tensorflow" or gpu
    why = layer.why_keras_loop(training, parallel)
    if why is None:
        return Kernel(SCAN if hasattr(layer.cell, "scan") else OWN_BACKWARD)
    reason = _WHY_KERAS_LOOP.get(why) or _as_fast(layer, training)
    return Kernel(LOOP_OF_PRODUCTS if layer.hoist else KERAS_LOOP, reason)


def _as_fast(layer, training) -> str:
    if not training:
        return "without gradients nothing is faster"
    return f"on a CPU with {layer.cell.units} units, {SMALL_STEP} or more, the products take the time"


def _is(activation, name: str) -> bool:
    """Whether Keras takes a function for the one that cuDNN has."""
    return any(activation is known for known in _known(name))


def _known(name: str) -> list:
    known = [getattr(keras.activations, name), getattr(keras.ops, name)]
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow

        return [*known, getattr(tensorflow, name)]
    if backend == "jax":
        import jax

        return [*known, getattr(jax.numpy, name, None)]
    import torch

    return [*known, getattr(torch, name)]
