"""What a picture looks like up to small shifts and changes of light."""

import math

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError

_FLAT = 1e-3  # Below this a gradient has no direction worth telling.


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class OrientedGradients(keras.layers.Layer):
    """A histogram of oriented gradients and the mean colour of each cell of a picture (after Dalal & Triggs 2005).

    A gradient of size m and direction θ adds `m max(0, cos 2(θ - θ_k))²` to orientation k of its cell, `θ_k = k π /
    orientations`, so that an edge counts the same whichever side of it is lighter. Of several channels the strongest counts;
    the cell's mean is given as its square root. It has no weights: drawings of two hands look alike to it before
    anything is learnt.

    Args:
        cell_size: height and width of a cell, in pixels; what is left over at the right and below is not seen.
        orientations: how many directions are told apart.

    Input: `(batch, height, width, channels)`. Output: `(batch, height // cell_size, width // cell_size, orientations +
    channels)`, the histogram first.

    Raises:
        ZooError: an argument is no positive integer, or the picture is smaller than a cell.

    >>> tuple(OrientedGradients(cell_size=8)(ops.ones((2, 48, 48, 3))).shape)
    (2, 6, 6, 11)
    """

    def __init__(self, cell_size=8, orientations=8, **kwargs):
        super().__init__(**kwargs)
        self.cell_size = positive(cell_size, "cell_size")
        self.orientations = positive(orientations, "orientations")

    def build(self, input_shape):
        if len(input_shape) != 4 or min(size or self.cell_size for size in input_shape[1:3]) < self.cell_size:
            raise ZooError(
                f"OrientedGradients expects pictures (batch, height, width, channels) of at least {self.cell_size} x "
                f"{self.cell_size} pixels, its cell_size; received {tuple(input_shape)}. Give a smaller cell_size."
            )

    def call(self, pictures):
        down, right = _differences(pictures)
        size = ops.sqrt(right * right + down * down + _FLAT**2)
        double = (right * right - down * down) / size, 2 * right * down / size  # m cos 2θ, m sin 2θ
        votes = ops.stack([self._votes(k, *double, size) for k in range(self.orientations)], axis=-1)
        histogram = ops.sqrt(self._mean(votes) + _FLAT**2)
        return ops.concatenate([histogram, self._mean(pictures)], axis=-1)

    def _votes(self, number, cosine, sine, size):
        angle = 2 * math.pi * number / self.orientations
        lobe = ops.relu(cosine * math.cos(angle) + sine * math.sin(angle))
        return ops.max(lobe * lobe / size, axis=-1)

    def _mean(self, values):
        return ops.average_pool(values, self.cell_size, self.cell_size, data_format="channels_last")

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        cells = [None if size is None else size // self.cell_size for size in (height, width)]
        return (batch, *cells, self.orientations + channels)

    def get_config(self):
        return {**super().get_config(), "cell_size": self.cell_size, "orientations": self.orientations}


def _differences(pictures):
    """What changes from above to below and from left to right of each pixel, the border repeated."""
    wider = ops.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="symmetric")
    return wider[:, 2:, 1:-1] - wider[:, :-2, 1:-1], wider[:, 1:-1, 2:] - wider[:, 1:-1, :-2]
