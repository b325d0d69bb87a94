"""Metrics of sequences, averaged over all real steps of a split.

Keras's own means weigh each batch by its padded length; here every real step counts the same, whatever batch it fell
into, which is how the literature reports nats a symbol and nats a frame.
"""

import keras
from keras import ops


class _PooledMean(keras.metrics.Mean):
    """A mean whose unit is the step."""

    def update_state(self, values, sample_weight=None):
        weights = None if sample_weight is None else ops.reshape(sample_weight, (-1,))
        super().update_state(ops.reshape(values, (-1,)), weights)


class _Named(keras.metrics.MeanMetricWrapper):
    """A metric of a fixed function: its configuration is its name."""

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class _StepMetric(_Named, _PooledMean):
    """A metric of each step. Keras's wrapper turns the predictions' mask into the weights of `_PooledMean`."""


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class SymbolNats(_StepMetric):
    """Cross-entropy in nats of each symbol, averaged over all real steps. Its exponential is the perplexity.

    Targets: ids `(batch, timesteps)`; predictions: probabilities `(batch, timesteps, symbols)` with their mask.
    """

    def __init__(self, name="nats_per_symbol", dtype=None):
        super().__init__(keras.losses.sparse_categorical_crossentropy, name=name, dtype=dtype)


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class SymbolAccuracy(_StepMetric):
    """The share of real steps whose most probable symbol is the right one."""

    def __init__(self, name="symbol_accuracy", dtype=None):
        super().__init__(keras.metrics.sparse_categorical_accuracy, name=name, dtype=dtype)


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class FrameNats(_StepMetric):
    """Negative log-likelihood in nats of a frame of independent bits: summed over the bits, averaged over all real
    frames of all pieces together (Boulanger-Lewandowski et al. 2012).

    Targets and predictions: `(batch, timesteps, bits)`.
    """

    def __init__(self, name="nats_per_frame", dtype=None):
        super().__init__(_frame_nats, name=name, dtype=dtype)


def _frame_nats(targets, predictions):
    bits = ops.cast(ops.shape(predictions)[-1], predictions.dtype)
    return bits * keras.losses.binary_crossentropy(targets, predictions)


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class WithinTolerance(_Named):
    """The share of numbers whose squared error is at most .04 (Pascanu et al. 2013, addition and multiplication)."""

    def __init__(self, name="within_tolerance", dtype=None):
        super().__init__(_within_tolerance, name=name, dtype=dtype)


def _within_tolerance(targets, predictions):
    return ops.cast(ops.all(ops.square(targets - predictions) <= 0.04, axis=-1), "float32")


class _RowMean(keras.metrics.Mean):
    """A mean whose unit is the row: 1 if every real step's value is above 0."""

    def update_state(self, values, sample_weight=None):
        wrong = ops.cast(values, "float32") <= 0
        if sample_weight is not None:
            wrong = ops.logical_and(wrong, sample_weight > 0)
        super().update_state(ops.logical_not(ops.any(wrong, axis=-1)))


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class SequenceAccuracy(_Named, _RowMean):
    """The share of sequences all of whose real steps have the right symbol as the most probable one."""

    def __init__(self, name="sequence_accuracy", dtype=None):
        super().__init__(keras.metrics.sparse_categorical_accuracy, name=name, dtype=dtype)
