"""A memory wider than the state that recurs."""

import keras

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.cells.lstm_switchboard import SwitchedLSTMCell, Switches


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class ProjectedLSTMCell(SwitchedLSTMCell):
    """LSTM with a linear projection in its recurrence, `h_t = P m_t` (Sak, Senior & Beaufays 2014, LSTMP).

    - `i_t = sigma(W_i x_t + R_i h_{t-1} + b_i)`, f_t and o_t likewise;
    - `c_t = f_t * c_{t-1} + i_t * tanh(W_c x_t + R_c h_{t-1} + b_c)`;
    - `m_t = o_t * tanh(c_t)`;
    - `h_t = P m_t` (r_t in the paper), which is the output and what recurs.

    x_t: `(features,)`; h_t: `(projection_units,)`; all others `(units,)`. Columns of `kernel` W, `recurrent_kernel` R,
    of shape `(projection_units, 4 units)`, and `bias` b: `i, f, c, o` as in `keras.layers.LSTM`; `projection_kernel` is
    P, `(units, projection_units)`. States: `[h, c]`, of different widths.

    Also known as: LSTMP; `torch.nn.LSTM(proj_size=...)`. Not to be confused with a Dense layer above an LSTM, which
    leaves the recurrence at full width. The paper's peepholes and its further projection outside the recurrence are
    left out, as in PyTorch.

    Parameters, for d features, h units, a projection of p: `4 (d h + p h + h) + h p`.

    Args:
        units: the width of the memory.
        projection_units: the width of the state; `None`: half of `units`, at least 1.
        unit_forget_bias: start the forget gate's bias at 1; `None`: where there is one.
        **options: see `Cell`; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(ProjectedLSTMCell(8, projection_units=3))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 3)
    """

    recurrent_weight_names = ("recurrent_kernel", "projection_kernel")

    states_linear_maps = True

    def __init__(self, units, *, projection_units=None, **options):
        super().__init__(units, Switches(peepholes=False), **options)
        half = max(1, self.units // 2)
        self.projection_units = half if projection_units is None else positive(projection_units, "projection_units")
        self.state_size = [self.projection_units, self.units]
        self.output_size = self.projection_units

    def build(self, input_shape):
        super().build(input_shape)
        shape = (self.units, self.projection_units)
        self.projection_kernel = self.add_recurrent_kernel("projection_kernel", shape)

    def step(self, projected, states, training=False):
        m, (_, c) = super().step(projected, states, training)
        h = linear_map(m, self.projection_kernel)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "projection_units": self.projection_units}
