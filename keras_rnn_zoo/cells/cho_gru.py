"""The gated recurrent unit as its authors wrote it."""

import keras
from keras import ops

from keras_rnn_zoo.cells.gated_cell import GatedCell
from keras_rnn_zoo.cells.linear_map import linear_map


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class ChoGRUCell(GatedCell):
    """The gated recurrent unit, reset before the product (Cho et al. 2014, arXiv 1406.1078v3, eqs. 5-8).

    - reset gate: `r = sigma(W_r x_t + U_r h_{t-1} + b_r)`;
    - update gate: `z = sigma(W_z x_t + U_z h_{t-1} + b_z)`;
    - candidate: `h~ = tanh(W x_t + U (r * h_{t-1}) + b)`;
    - state: `h_t = z * h_{t-1} + (1 - z) * h~`: z keeps the old state.

    x_t: `(features,)`; h_t, r, z, h~: `(units,)`. `kernel` holds `[W_z | W_r | W]`, `recurrent_kernel` `[U_z | U_r |
    U]` and `bias` `[b_z | b_r | b]`: the weights of `keras.layers.GRU(reset_after=False)`, in its order. The paper has
    no biases.

    Also known as: GRU v3, `reset_after=False`; eqs. 10.45-10.47 of Goodfellow et al. 2016. Not to be confused with the
    table's "gru", Keras's own layer, which resets after the product, `r * (U h_{t-1})`, as cuDNN does; nor with
    `OlahGRUCell`, whose z lets the new state in.

    Parameters, for d features and h units: `3 (d h + h h + h)`.

    Args:
        units: the width of the state.
        recurrent_activation: squashes the gates.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(ChoGRUCell(8))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    gates = 3
    states_linear_maps = True
    update_gate_keeps = True

    def step(self, projected, states, training=False):
        h = states[0]
        z, candidate = reset_before(self, projected, self.drop_state(h, training))
        h = z * h + (1 - z) * candidate if self.update_gate_keeps else (1 - z) * h + z * candidate
        return h, [h]


def reset_before(cell, projected, h):
    """The update gate z and the candidate of a GRU that resets the state before the product: Cho's eqs. 6 and 8."""
    gates_kernel, candidate_kernel = ops.split(cell.recurrent_kernel, [2 * cell.units], axis=-1)
    x_gates, x_candidate = ops.split(projected, [2 * cell.units], axis=-1)
    z, r = ops.split(cell.recurrent_activation(linear_map(h, gates_kernel, x_gates)), 2, axis=-1)
    return z, cell.activation(linear_map(r * h, candidate_kernel, x_candidate))
