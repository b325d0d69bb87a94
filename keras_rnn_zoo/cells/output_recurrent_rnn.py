"""A network whose outputs recur."""

import keras

from keras_rnn_zoo.cells.cell import Cell, positive
from keras_rnn_zoo.cells.linear_map import linear_map


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class OutputRecurrentRNNCell(Cell):
    """A recurrent network that remembers its output alone (Goodfellow et al. 2016, fig. 10.4; Jordan 1986).

    - `h_t = tanh(W o_{t-1} + U x_t + b)`;
    - `o_t = c + V h_t`.

    x_t: `(features,)`; h_t: `(units,)`; o_t: `(output_units,)`, both the cell's output and its only state. `kernel` is
    U, `recurrent_kernel` W `(output_units, units)`, `output_kernel` V, `bias` b, `output_bias` c. W and V both lie
    inside the recurrence, and start and are regularised as recurrent weights.

    It is less powerful than a network whose hidden units recur, `SimpleRNNCell`: the output has to carry the whole
    past. In return the steps decouple under teacher forcing, where the targets stand in for `o_{t-1}`. Follow it by an
    `Activation("softmax")` to get the book's network exactly.

    Also known as: Jordan network, output recurrence. Not to be confused with an Elman network, `SimpleRNNCell`, nor
    with a decoder that reads its last symbol as well as its state.

    Parameters, for d features, h units and k output units: `d h + k h + h + h k + k`.

    Args:
        units: the width of the hidden layer.
        output_units: the width of the output and of the state; `None`: `units`.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(OutputRecurrentRNNCell(8, output_units=4))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 4)
    """

    recurrent_weight_names = ("recurrent_kernel", "output_kernel")

    states_linear_maps = True

    def __init__(self, units, output_units=None, **options):
        super().__init__(units, **options)
        self.output_units = self.units if output_units is None else positive(output_units, "output_units")
        self.state_size = self.output_size = self.output_units

    def build(self, input_shape):
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.units))
        self.recurrent_kernel = self.add_recurrent_kernel("recurrent_kernel", (self.output_units, self.units))
        self.output_kernel = self.add_recurrent_kernel("output_kernel", (self.units, self.output_units))
        self.bias = self.add_bias("bias", self.units)
        self.output_bias = self.add_bias("output_bias", self.output_units)

    def step(self, projected, states, training=False):
        o = self.drop_state(states[0], training)
        h = self.activation(linear_map(o, self.recurrent_kernel, projected))
        o = linear_map(h, self.output_kernel, self.output_bias)
        return o, [o]

    def get_config(self):
        return {**super().get_config(), "output_units": self.output_units}
