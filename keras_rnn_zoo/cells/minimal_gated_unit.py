"""The gated unit with one gate."""

import keras

from keras_rnn_zoo.cells.gated_cell import GatedCell
from keras_rnn_zoo.cells.linear_map import linear_map


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class MinimalGatedUnitCell(GatedCell):
    """A gated unit whose one gate both forgets and resets (Zhou et al. 2016, "Minimal gated unit for recurrent neural
    networks").

    - forget gate: `f = sigma(W_f x_t + U_f h_{t-1} + b_f)`;
    - candidate: `h~ = tanh(W x_t + U (f * h_{t-1}) + b)`;
    - state: `h_t = (1 - f) * h_{t-1} + f * h~`: a high f lets the new state in.

    x_t: `(features,)`; h_t, f, h~: `(units,)`. `kernel` holds `[W_f | W]`, `recurrent_kernel` `[U_f | U]`, `bias`
    `[b_f | b]`.

    Also known as: MGU. It is an `OlahGRUCell` whose gates are one. Not to be confused with `MinGRUCell`, whose gate
    does not see the state.

    Parameters, for d features and h units: `2 (d h + h h + h)`.

    Args:
        units: the width of the state.
        recurrent_activation: squashes the gate.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(MinimalGatedUnitCell(8))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    gates = 2
    states_linear_maps = True

    def step(self, projected, states, training=False):
        h = states[0]
        read = self.drop_state(h, training)
        gate_kernel, candidate_kernel = self.split(self.recurrent_kernel)
        x_f, x_h = self.split(projected)
        f = self.recurrent_activation(linear_map(read, gate_kernel, x_f))
        candidate = self.activation(linear_map(f * read, candidate_kernel, x_h))
        h = (1 - f) * h + f * candidate
        return h, [h]
