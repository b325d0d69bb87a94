"""Arguments of Keras that cost speed, or surprise."""

from __future__ import annotations

import keras

from keras_rnn_zoo.explanation.finding import Finding, warning
from keras_rnn_zoo.explanation.walk import layers_of, recurrent_layers_of
from keras_rnn_zoo.layers.cudnn import FUSED, hindrances


def options(model) -> list[Finding]:
    """A warning for each of `stateful`, `unroll`, `recurrent_dropout`, `use_cudnn`, `TimeDistributed` and `jit_compile` that
    is set to its own harm."""
    of_layers = [found for path, layer in recurrent_layers_of(model).items() for found in _of_layer(path, layer)]
    return [*of_layers, *_time_distributed(model), *_compiled_by_xla(model)]


def _of_layer(path, layer):
    if layer.stateful:
        yield warning(
            path,
            "stateful",
            "The state is no part of a saved model, and all who ask an exported one share a single state: take states as an "
            "input and return them (return_state=True).",
        )
    if layer.unroll:
        yield warning(path, "unroll", "Each step is written into the graph anew: it takes long to start. Leave it out.")
    if getattr(layer.cell, "recurrent_dropout", 0.0):
        yield warning(
            path,
            "recurrent_dropout",
            "It keeps the layer in Keras's loop: cell_options' weight_drop keeps cuDNN and the faster ways, zoneout is for "
            "any cell.",
        )
    if getattr(layer, "use_cudnn", "auto") != "auto":
        text = f"use_cudnn={layer.use_cudnn} is not saved: it is 'auto' again in a loaded model, set it there anew."
        yield warning(path, "use_cudnn", text)


def _time_distributed(model):
    if keras.backend.backend() != "tensorflow":
        return
    for path, layer in layers_of(model).items():
        if isinstance(layer, keras.layers.TimeDistributed) and _steps(layer) is None:
            text = (
                "With a number of steps that is not known beforehand it loops over the batch in place of time on TensorFlow, "
                "and answers wrongly: use keras_rnn_zoo.layers.FoldTime."
            )
            yield warning(path, "TimeDistributed", text)


def _steps(layer):
    shape = (layer.get_build_config() or {}).get("input_shape")
    return shape[1] if shape else None


def _compiled_by_xla(model):
    if keras.backend.backend() != "tensorflow" or not model.get_compile_config().get("jit_compile"):
        return
    fused = [
        path for path, layer in recurrent_layers_of(model).items() if isinstance(layer, FUSED) and not hindrances(layer)
    ]
    if fused:
        text = (
            f"jit_compile=True has XLA compile the model, which has no cuDNN for {fused[0]}: where a GPU is visible Keras "
            "turns it off again, elsewhere each new length is compiled anew. Leave it out."
        )
        yield warning("model", "jit_compile", text)
