"""A symbol or a blank at every frame."""

import keras
from keras import ops

_NEVER = -1e9


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class CTCOutput(keras.layers.Dense):
    """The logits that `keras.losses.CTC` takes (Graves et al. 2006): symbol 0 is the blank, and all that padding says.

    Keras's loss and decoders read every frame of a batch; a padded frame that is a blank for sure changes neither.

    Args:
        units: number of symbols, the blank included.
        **options: see `keras.layers.Dense`.

    Call arguments:
        sequences: `(batch, frames, features)`. mask: `(batch, frames)`, True where a frame is real.

    >>> tuple(CTCOutput(7)(ops.zeros((2, 5, 3))).shape)
    (2, 5, 7)
    """

    def call(self, sequences, mask=None, training=None):
        logits = super().call(sequences, training=training)
        if mask is None:
            return logits
        blank = ops.where(ops.arange(self.units) == 0, 0.0, _NEVER)
        return ops.where(mask[:, :, None], logits, ops.cast(blank, logits.dtype))

    def compute_mask(self, sequences, mask=None):
        return None
