"""Which steps of a sequence are no padding."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class RealSteps(keras.layers.Layer):
    """The mask that a sequence carries, as a tensor of its own, for what must be handed on beside it.

    Call arguments:
        sequences: `(batch, timesteps, features)`.
        mask: `(batch, timesteps)`; without one every step is real.

    Returns:
        `(batch, timesteps)`, True where a step is real.

    >>> ops.convert_to_numpy(RealSteps()(ops.ones((1, 3, 2))))
    array([[ True,  True,  True]])
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, sequences, mask=None):
        return ops.ones(ops.shape(sequences)[:2], "bool") if mask is None else ops.cast(mask, "bool")

    def compute_mask(self, sequences, mask=None):
        return None

    def compute_output_spec(self, sequences, mask=None):
        return keras.KerasTensor(sequences.shape[:2], dtype="bool")
