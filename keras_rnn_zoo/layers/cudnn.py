"""Where a Keras LSTM or GRU runs by cuDNN."""

import keras

FUSED = (keras.layers.LSTM, keras.layers.GRU)


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
