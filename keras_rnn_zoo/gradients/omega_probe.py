"""Omega in the history of a training that keeps it down."""

from __future__ import annotations

import keras

from keras_rnn_zoo.gradients.omega_of_layer import omega_of
from keras_rnn_zoo.gradients.recurrences import has_recurrences, recurrences
from keras_rnn_zoo.gradients.through_time import GradientsThroughTime
from keras_rnn_zoo.layers.norm_preserving import NormPreservingRNN


def preserves_norms(model) -> bool:
    """Whether a layer of `model` is trained with Omega."""
    return has_recurrences(model) and any(isinstance(layer, NormPreservingRNN) for layer in recurrences(model).values())


class OmegaProbe(keras.callbacks.Callback):
    """Puts `omega/LAYER`, Omega on a probe batch, into each epoch's logs, for the layers that are trained with it.

    Args:
        x, y, sample_weight: the probe, one batch as for `fit`.
    """

    def __init__(self, x, y, sample_weight=None):
        super().__init__()
        self.probe = (x, y, sample_weight)

    def on_train_begin(self, logs=None):
        self._microscope = GradientsThroughTime(self.model)

    def on_epoch_end(self, epoch, logs=None):
        for record in self._microscope(*self.probe):
            if isinstance(record.layer, NormPreservingRNN):
                logs[f"omega/{record.name}"] = omega_of(record)
