"""Connections that reach further back than one step."""

import keras

from keras_rnn_zoo.cells.cell import Cell, positive
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class TimeSkipRNNCell(Cell):
    """A recurrent network with a second connection, of a longer delay (Goodfellow et al. 2016, section 10.9.1; Lin et
    al. 1996).

    `h_t = tanh(W h_{t-1} + S h_{t-d} + U x_t + b)`

    x_t: `(features,)`; h_t: `(units,)`; h before the first step is the zero state, also where h_0 is given from
    outside. Gradients vanish with `timesteps / d` instead of with `timesteps`. `kernel` is U, `recurrent_kernel` W,
    `skip_kernel` S, `bias` b. The states are `h_{t-1}, ..., h_{t-d}`; only the first may be set from outside.

    Also known as: skip connections through time, longer delays; Lin et al. delay the outputs of a NARX network. Not to
    be confused with skip connections between layers, nor with `ClockworkRNNCell`, whose slow units rest between their
    updates.

    Parameters, for d features and h units: `d h + 2 h h + h`.

    Args:
        units: the width of the state.
        delay: d, at least 2.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(TimeSkipRNNCell(8, delay=3))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    recurrent_weight_names = ("recurrent_kernel", "skip_kernel")

    states_linear_maps = True

    def __init__(self, units, delay=4, **options):
        super().__init__(units, **options)
        self.delay = positive(delay, "delay")
        if self.delay < 2:
            raise ZooError(f"delay must be at least 2, received {delay}: the connection of delay 1 is there already.")
        self.state_size = [self.units] * self.delay

    @property
    def free_states(self) -> list[bool]:
        return [True] + [False] * (self.delay - 1)

    def build(self, input_shape):
        super().build(input_shape)
        self.skip_kernel = self.add_recurrent_kernel("skip_kernel", (self.units, self.units))

    def step(self, projected, states, training=False):
        last, delayed = self.drop_state(states[0], training), self.drop_state(states[-1], training)
        a = linear_map(last, self.recurrent_kernel, projected)
        h = self.activation(linear_map(delayed, self.skip_kernel, a))
        return h, [h, *states[:-1]]

    def get_config(self):
        return {**super().get_config(), "delay": self.delay}
