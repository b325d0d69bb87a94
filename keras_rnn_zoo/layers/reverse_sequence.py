"""Read a sentence from its end."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class ReverseSequence(keras.layers.Layer):
    """Reverses the real steps of each row and leaves the padding where it is.

    Sutskever, Vinyals & Le 2014 reverse the source, not the target, so that its first words come close to the
    translation's first words.

    Call arguments:
        sequences: `(batch, timesteps, features)`, right-padded.
        mask: `(batch, timesteps)`, True where a step is real.

    >>> ops.convert_to_numpy(ReverseSequence()(ops.array([[[1.0], [2.0], [3.0]]])))[0, :, 0]
    array([3., 2., 1.], dtype=float32)
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, sequences, mask=None):
        if mask is None:
            return ops.flip(sequences, axis=1)
        steps = ops.arange(ops.shape(sequences)[1])[None, :]
        lengths = ops.sum(ops.cast(mask, steps.dtype), axis=1, keepdims=True)
        source_step = ops.where(steps < lengths, lengths - 1 - steps, steps)
        return ops.take_along_axis(sequences, source_step[:, :, None], axis=1)

    def compute_output_shape(self, sequences_shape):
        return sequences_shape
