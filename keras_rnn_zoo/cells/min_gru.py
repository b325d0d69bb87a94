"""The gated recurrent unit without its recurrent weights."""

import keras
from keras import ops

from keras_rnn_zoo.cells.parallel_cell import ParallelCell


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class MinGRUCell(ParallelCell):
    """A GRU whose gate and candidate see the input alone (Feng et al. 2024, "Were RNNs all we needed?").

    - update gate: `z_t = sigma(W_z x_t + b_z)`;
    - candidate: `h~_t = W_h x_t + b_h`;
    - state: `h_t = (1 - z_t) * h_{t-1} + z_t * h~_t`.

    x_t: `(features,)`; h_t, z_t, h~_t: `(units,)`. `kernel` holds `[W_z | W_h]` and `bias` `[b_z | b_h]`.
    `layers.Recurrent` can run all steps as one scan. The authors' variant in log space, whose candidate is made positive,
    is not this one.

    Also known as: minGRU; a gated impulse linear recurrence. Not to be confused with `MinimalGatedUnitCell`, whose
    gate sees the state.

    Parameters, for d features and h units: `2 (d h + h)`.

    Args:
        units: the width of the state.
        **options: see `Cell`, except those of the activation, of recurrent weights and of recurrent dropout.

    >>> tuple(keras.layers.RNN(MinGRUCell(8))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    @property
    def projection_size(self) -> int:
        return 2 * self.units

    def coefficients(self, projected):
        a_z, candidate = ops.split(projected, 2, axis=-1)
        z = ops.sigmoid(a_z)
        return 1 - z, z * candidate
