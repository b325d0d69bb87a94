"""The LSTM without its recurrent weights."""

import keras
from keras import ops

from keras_rnn_zoo.cells.parallel_cell import ParallelCell

SMALLEST = {"float16": 1e-4}  # above zero


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class MinLSTMCell(ParallelCell):
    """An LSTM of one state whose gates see the input alone and sum to one (Feng et al. 2024, "Were RNNs all we
    needed?").

    - gates: `f_t = sigma(W_f x_t + b_f)`, `i_t = sigma(W_i x_t + b_i)`;
    - candidate: `h~_t = W_h x_t + b_h`;
    - normalised: `f'_t = f_t / (f_t + i_t)`, `i'_t = i_t / (f_t + i_t)`;
    - state: `h_t = f'_t * h_{t-1} + i'_t * h~_t`.

    x_t: `(features,)`; h_t, f_t, i_t, h~_t: `(units,)`. `kernel` holds `[W_f | W_i | W_h]` and `bias` `[b_f | b_i |
    b_h]`. `layers.Recurrent` can run all steps as one scan. The authors' variant in log space, whose candidate is made
    positive, is not this one.

    Also known as: minLSTM. Not to be confused with `CoupledLSTMCell`, whose gates sum to one, too, but see the state.

    Parameters, for d features and h units: `3 (d h + h)`.

    Args:
        units: the width of the state.
        **options: see `Cell`, except those of the activation, of recurrent weights and of recurrent dropout.

    >>> tuple(keras.layers.RNN(MinLSTMCell(8))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    @property
    def projection_size(self) -> int:
        return 3 * self.units

    def coefficients(self, projected):
        a_f, a_i, candidate = ops.split(projected, 3, axis=-1)
        # With both gates shut, 0 / 0, the state stays.
        f = ops.sigmoid(a_f) + SMALLEST.get(keras.backend.standardize_dtype(projected.dtype), 1e-37)
        f = f / (f + ops.sigmoid(a_i))
        return f, (1 - f) * candidate
