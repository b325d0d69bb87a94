"""The first LSTM."""

import math

import keras
from keras import ops

from keras_rnn_zoo.cells.gated_cell import GatedCell
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LSTM1997Cell(GatedCell):
    """LSTM without a forget gate, `s_t = s_{t-1} + i_t g(net_c)` (Hochreiter & Schmidhuber 1997, sec. 4).

    - `i_t = sigma(W_in x_t + R_in y_{t-1} + b_in)`, `o_t = sigma(W_out x_t + R_out y_{t-1} + b_out)`;
    - `s_t = s_{t-1} + i_t * g(W_c x_t + R_c y_{t-1} + b_c)`, `g(x) = 4 sigma(x) - 2`, between -2 and 2;
    - `y_t = o_t * h(s_t)`, `h(x) = 2 sigma(x) - 1`, between -1 and 1.

    x_t: `(features,)`; all others `(units,)`. Columns of `kernel` W, `recurrent_kernel` R and `bias` b: `i, c, o`,
    those of `keras.layers.LSTM` less f. States: `[y, s]`. Gradients are full: the paper truncates them where they leave
    a memory cell or a gate. Every block holds one cell, and gates see inputs and cells; the paper also has blocks of
    several cells with common gates, and lets gates see gates. A memory that only adds may drift; the paper's remedy is
    a negative start of the input gate's bias, and against cells that are abused as biases, of the output gate's.

    Also known as: original LSTM, LSTM without forget gates. Not to be confused with `LSTMVariantCell(variant="NFG")`,
    which has tanh for g and h, and peepholes; or with `keras.layers.LSTM` (Gers, Schmidhuber & Cummins 2000), which can
    forget.

    Parameters, for d features and h units: `3 (d h + h h + h)`.

    Args:
        units: the number of memory cells.
        input_gate_bias: added to the start of the input gate's bias, e.g. -2.
        output_gate_bias: added to the start of the output gate's bias.
        **options: see `Cell`, less `activation`, since g and h are fixed; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(LSTM1997Cell(8, output_gate_bias=-1.0))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    refuses = ("activation",)
    gates = 3
    states_linear_maps = True

    def __init__(self, units, *, input_gate_bias=0.0, output_gate_bias=0.0, **options):
        super().__init__(units, **options)
        self.input_gate_bias = self._checked(input_gate_bias, "input_gate_bias")
        self.output_gate_bias = self._checked(output_gate_bias, "output_gate_bias")
        self.state_size = [self.units, self.units]

    def _checked(self, number, name):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise ZooError(f"{name} must be a finite number, received {number!r}.")
        if number and not self.use_bias:
            raise ZooError(f"{name}={number} needs use_bias=True.")
        return number

    def build(self, input_shape):
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size))
        self.recurrent_kernel = self.add_recurrent_kernel("recurrent_kernel", (self.units, self.projection_size))
        self.bias = self.add_bias("bias", self.projection_size, self._bias_start)

    def _bias_start(self, shape, dtype=None):
        added = ops.repeat(ops.array([self.input_gate_bias, 0.0, self.output_gate_bias], dtype), self.units)
        return self.bias_initializer(shape, dtype=dtype) + added

    def step(self, projected, states, training=False):
        y, s = states
        i, c, o = self.split(linear_map(self.drop_state(y, training), self.recurrent_kernel, projected))
        s = s + self.recurrent_activation(i) * (4 * ops.sigmoid(c) - 2)
        y = self.recurrent_activation(o) * (2 * ops.sigmoid(s) - 1)
        return y, [y, s]

    def get_config(self):
        biases = {"input_gate_bias": self.input_gate_bias, "output_gate_bias": self.output_gate_bias}
        return {**super().get_config(), **biases}
