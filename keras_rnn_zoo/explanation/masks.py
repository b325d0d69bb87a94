"""Masks that do not arrive."""

from __future__ import annotations

import keras

from keras_rnn_zoo.explanation.finding import Finding, note, warning
from keras_rnn_zoo.explanation.walk import recurrent_layers_of
from keras_rnn_zoo.layers.cudnn import FUSED, hindrances


def masks(model, seen) -> list[Finding]:
    """Layers that destroy a mask, recurrent layers that are given none, and those that answer masked steps in two ways."""
    destroyed = [
        warning(
            name, "mask", f"{kind} does not support masking and destroys the mask: what follows takes padding for real."
        )
        for name, kind in seen.destroyed
    ]
    missing = [_missing(path, reading) for path, reading in seen.readings.items() if reading.mask is None]
    layers = recurrent_layers_of(model)
    twofold = [_twofold(path) for path, reading in seen.readings.items() if _answers_twofold(layers[path], reading)]
    return [*destroyed, *missing, *twofold]


def _missing(path, reading) -> Finding:
    text = "No mask arrives, so it reads padding as real steps"
    if reading.destroyers:
        return warning(path, "mask", f"{text}: {', '.join(reading.destroyers)} destroyed it before.")
    if reading.embeddings:
        return warning(path, "mask", f"{text}: {', '.join(reading.embeddings)} makes none. Give it mask_zero=True.")
    return note(
        path, "mask", f"{text}: right where all rows have one length. Otherwise put keras.layers.Masking before it."
    )


def _twofold(path) -> Finding:
    return warning(
        path,
        "zero_output_for_mask",
        "At masked steps cuDNN gives zeros, Keras's loop the last output again: set zero_output_for_mask=True, and a GPU and "
        "a CPU answer alike.",
    )


def _answers_twofold(layer, reading) -> bool:
    if reading.mask is None or not isinstance(layer, FUSED) or layer.zero_output_for_mask or not layer.return_sequences:
        return False
    return keras.backend.backend() == "tensorflow" and not hindrances(layer, masked=True)
