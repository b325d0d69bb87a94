"""Apply a layer to every step of a sequence."""

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class FoldTime(keras.layers.Wrapper):
    """Applies a layer or model to each step by folding time into the batch.

    `(batch, timesteps, *step) -> (batch * timesteps, *step) -> layer -> (batch, timesteps, *output)`. Unlike
    `keras.layers.TimeDistributed` it is exact when the number of steps is not known beforehand, and the wrapped CNN
    sees one large batch.

    Args:
        layer: what to apply to a step, for instance a CNN.
        mask_value: a step all of whose entries equal this value is padding and is masked. `None`: pass on the mask of
            the input, if it has one.

    >>> frames = ops.ones((2, 7, 8, 8, 1))
    >>> tuple(FoldTime(keras.layers.Flatten())(frames).shape)
    (2, 7, 64)
    """

    def __init__(self, layer, mask_value=None, **kwargs):
        super().__init__(layer, **kwargs)
        self.mask_value = mask_value
        self.supports_masking = True

    def build(self, input_shape):
        if len(input_shape) < 3 or None in input_shape[2:]:
            raise ZooError(
                f"FoldTime expects (batch, timesteps, ...) with every size after timesteps known, received {input_shape}."
            )
        super().build((None, *input_shape[2:]))

    def call(self, inputs, training=None):
        timesteps = ops.shape(inputs)[1]
        folded = ops.reshape(inputs, (-1, *inputs.shape[2:]))
        options = {"training": training} if self.layer._call_has_training_arg else {}
        outputs = self.layer(folded, **options)
        return ops.reshape(outputs, (-1, timesteps, *outputs.shape[1:]))

    def compute_mask(self, inputs, mask=None):
        if self.mask_value is None or mask is not None:
            return mask
        step_axes = tuple(range(2, len(inputs.shape)))
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=step_axes)

    def compute_output_shape(self, input_shape):
        step = self.layer.compute_output_shape((None, *input_shape[2:]))
        return (*input_shape[:2], *step[1:])

    def get_config(self):
        return {**super().get_config(), "mask_value": self.mask_value}
