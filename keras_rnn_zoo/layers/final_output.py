"""What a recurrent layer said when it had read the whole row."""

import keras
from keras import ops


def final_output(outputs, forward_width, mask=None):
    """Forwards the output of the last real step, backwards that of the first.

    Args:
        outputs: `(batch, timesteps, width)`, the first `forward_width` columns read forwards, the others backwards.
        mask: `(batch, timesteps)`, right-padded; without one every step is real.
    """
    forwards = _at_last_real_step(outputs[..., :forward_width], mask)
    if outputs.shape[-1] == forward_width:
        return forwards
    return ops.concatenate([forwards, outputs[:, 0, forward_width:]], axis=-1)


def _at_last_real_step(outputs, mask):
    if mask is None:
        return outputs[:, -1]
    following = ops.concatenate([mask[:, 1:], ops.zeros_like(mask[:, :1])], axis=1)
    is_last = ops.cast(ops.logical_and(mask, ops.logical_not(following)), outputs.dtype)
    return ops.sum(outputs * is_last[:, :, None], axis=1)


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class FinalOutput(keras.layers.Layer):
    """`final_output` of the top layer of a stack, given the sequence that the stack returned.

    Args:
        width: of the top layer's output: the last columns of the sequence.
        forward_width: how many of them were read forwards.
        backward_only: leave these out, for the state that has just read the first step (Bahdanau et al. 2015).

    >>> tuple(FinalOutput(6, 3, backward_only=True)(ops.ones((2, 5, 6))).shape)
    (2, 3)
    """

    def __init__(self, width, forward_width, backward_only=False, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.forward_width = forward_width
        self.backward_only = backward_only
        self.supports_masking = True

    def call(self, sequences, mask=None):
        final = final_output(sequences[..., -self.width :], self.forward_width, mask)
        return final[:, self.forward_width :] if self.backward_only else final

    def compute_mask(self, sequences, mask=None):
        return None

    def get_config(self):
        own = {name: getattr(self, name) for name in ("width", "forward_width", "backward_only")}
        return {**super().get_config(), **own}
