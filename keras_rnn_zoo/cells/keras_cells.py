"""Keras's own cells as cells of the zoo: a projection, and a step that states its linear maps."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cho_gru import reset_before
from keras_rnn_zoo.cells.linear_map import linear_map


def with_linear_maps(cell):
    """A Keras `LSTMCell`, `GRUCell` or `SimpleRNNCell`, built, with `project` and `step`, over the same weights; any other
    cell as it is.

    >>> cell = keras.layers.GRUCell(8)
    >>> cell.build((None, 3))
    >>> stated = with_linear_maps(cell)
    >>> tuple(stated.step(stated.project(ops.zeros((2, 3))), [ops.zeros((2, 8))])[0].shape)
    (2, 8)
    """
    for known, stated in _STATED.items():
        if isinstance(cell, known) and type(cell).call is known.call and not _drops_by_gate(cell):
            return stated(cell)
    return cell


def _drops_by_gate(cell) -> bool:
    """Whether each gate reads the inputs with a dropout mask of its own, so that they are not projected in one product."""
    return bool(cell.dropout and getattr(cell, "implementation", 2) == 1)


class _Stated:
    """What the three have in common: they are their cell in all but its call."""

    def __init__(self, cell):
        self.cell = cell

    def __getattr__(self, name):
        return getattr(self.cell, name)

    def project(self, inputs):
        """What `cells.Cell.project` is."""
        projected = ops.matmul(inputs, self.kernel)
        return projected if self.input_bias is None else projected + self.input_bias

    @property
    def input_bias(self):
        """What is added to the projected input."""
        return self.bias


class _StatedSimpleRNN(_Stated):
    states_linear_maps = True

    def step(self, projected, states, training=False):
        h = self.activation(linear_map(states[0], self.recurrent_kernel, projected))
        return h, [h]


class _StatedLSTM(_Stated):
    states_linear_maps = True

    def step(self, projected, states, training=False):
        a_i, a_f, a_c, a_o = ops.split(linear_map(states[0], self.recurrent_kernel, projected), 4, axis=-1)
        i, f, o = (self.recurrent_activation(a) for a in (a_i, a_f, a_o))
        c = f * states[1] + i * self.activation(a_c)
        h = o * self.activation(c)
        return h, [h, c]


class _StatedGRU(_Stated):
    states_linear_maps = True

    @property
    def input_bias(self):
        return self.bias[0] if self.bias is not None and self.reset_after else self.bias

    def step(self, projected, states, training=False):
        reset = _reset_after if self.reset_after else reset_before
        z, candidate = reset(self, projected, states[0])
        h = z * states[0] + (1 - z) * candidate
        return h, [h]


def _reset_after(cell, projected, h):
    """As `reset_before`, but the reset gate multiplies what the product gave, as in cuDNN."""
    answer = linear_map(h, cell.recurrent_kernel, None if cell.bias is None else cell.bias[1])
    (x_z, x_r, x_h), (h_z, h_r, h_h) = ops.split(projected, 3, axis=-1), ops.split(answer, 3, axis=-1)
    z, r = cell.recurrent_activation(x_z + h_z), cell.recurrent_activation(x_r + h_r)
    return z, cell.activation(x_h + r * h_h)


_STATED = {
    keras.layers.LSTMCell: _StatedLSTM,
    keras.layers.GRUCell: _StatedGRU,
    keras.layers.SimpleRNNCell: _StatedSimpleRNN,
}
