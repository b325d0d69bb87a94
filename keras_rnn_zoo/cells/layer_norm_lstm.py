"""An LSTM whose sums are normalised over its units."""

import math

import keras
from keras import ops

from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.cells.lstm_switchboard import SwitchedLSTMCell, Switches
from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LayerNormLSTMCell(SwitchedLSTMCell):
    """LSTM with layer normalisation (Ba, Kiros & Hinton 2016, "Layer normalization", eqs. 20-22 of the supplement).

    - `[i_t; f_t; c~_t; o_t] = LN(W_h h_{t-1}; alpha_1) + LN(W_x x_t; alpha_2) + b`, sums before sigma and tanh;
    - `c_t = sigma(f_t) * c_{t-1} + sigma(i_t) * tanh(c~_t)`;
    - `h_t = sigma(o_t) * tanh(LN(c_t; alpha_3) + beta_3)`;
    - `LN(a; alpha) = alpha * (a - mean(a)) / sqrt(var(a) + epsilon)`, mean and variance over the elements of a.

    x_t: `(features,)`; h_t, c_t: `(units,)`; alpha_1, alpha_2, b: `(4 units,)`; alpha_3, beta_3: `(units,)`. The sums
    of all four blocks are normalised as one vector, as in the authors' code. `kernel` is W_x, `recurrent_kernel` W_h,
    `bias` b, `recurrent_gain` alpha_1, `kernel_gain` alpha_2, columns `i, f, c, o` as in `keras.layers.LSTM`;
    `state_gain` alpha_3, `state_bias` beta_3. Gains start at 1. b stands for beta_1 + beta_2 + b of the paper, of which
    only the sum matters; with `use_bias=False` there is no beta_3 either. The memory c_t itself goes on unnormalised.
    States: `[h, c]`.

    Also known as: LN-LSTM. Not to be confused with LayerNormBasicLSTMCell of TensorFlow 1, which normalises each block
    of `W_x x_t + W_h h_{t-1}` by itself and passes the normalised memory on; or with LayerNormalization between layers.

    Parameters, for d features and h units: `4 (d h + h h + h) + 8 h + 2 h`.

    Args:
        units: the width of the memory; with 1 unit the normalised memory is always 0.
        epsilon: added to the variance; 1e-5 in the authors' code.
        unit_forget_bias: start the forget gate's bias at 1; `None`: where there is one.
        **options: see `Cell`; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(LayerNormLSTMCell(8))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    def __init__(self, units, *, epsilon=1e-5, **options):
        super().__init__(units, Switches(peepholes=False), **options)
        if isinstance(epsilon, bool) or not isinstance(epsilon, (int, float)) or not 0 < epsilon < math.inf:
            raise ZooError(f"epsilon must be a positive number, received {epsilon!r}.")
        self.epsilon = epsilon

    def build(self, input_shape):
        super().build(input_shape)
        self.kernel_gain = self.add_vector("kernel_gain", 4 * self.units, "ones")
        self.recurrent_gain = self.add_vector("recurrent_gain", 4 * self.units, "ones")
        self.state_gain = self.add_vector("state_gain", self.units, "ones")
        self.state_bias = self.add_bias("state_bias", self.units)

    def project(self, inputs):
        return self._normalise(ops.matmul(inputs, self.kernel), self.kernel_gain, self.bias)

    def read(self, h, projected):
        return self._normalise(linear_map(h, self.recurrent_kernel), self.recurrent_gain, projected)

    def show(self, c):
        return self._normalise(c, self.state_gain, self.state_bias)

    def _normalise(self, a, gain, bias=None):
        # Half precision cannot hold small variances.
        wide = ops.cast(a, "float64" if self.compute_dtype == "float64" else "float32")
        centred = wide - ops.mean(wide, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
        normalised = ops.cast(centred * ops.rsqrt(variance + self.epsilon), a.dtype)
        return linear_map(normalised, gain, bias)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
