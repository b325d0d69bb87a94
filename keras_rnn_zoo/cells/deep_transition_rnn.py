"""Depth inside the transition from one state to the next."""

from itertools import accumulate, pairwise

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import Cell, blockwise, flag, positive
from keras_rnn_zoo.cells.linear_map import linear_map


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class DeepTransitionRNNCell(Cell):
    """DT-RNN and DT(S)-RNN: the step is a multilayer perceptron (Pascanu et al. 2014, "How to construct deep RNNs").

    With `z_0` absent, `z_L = h_t` and one hidden layer for each entry of `transition_units`:

    - DT: `z_1 = phi(U x_t + W h_{t-1} + b_1)`, `z_l = phi(W_l z_{l-1} + b_l)`;
    - DT(S), `shortcut=True`: input and state reach every layer, `z_l = phi(W_l z_{l-1} + S_l h_{t-1} + U_l x_t + b_l)`.

    x_t: `(features,)`; h_t: `(units,)`; z_l: `(transition_units[l-1],)`. `kernel` holds `[U_1 | ... | U_L]`,
    `recurrent_kernel` `[W | S_2 | ... | S_L]`, `transition_kernel_l` W_l, `bias` `[b_1 | ... | b_L]`; each block starts as a
    matrix of its own. The shortcut to every layer from the input is that of the authors' code.

    Also known as: deep recurrence; fig. 10.13b (DT) and 10.13c (with shortcut) of Goodfellow et al. 2016. With
    `layers.DeepOutput` above it: DOT-RNN, DOT(S)-RNN. Not to be confused with a stack of recurrent layers, where each layer
    has a state of its own.

    Parameters, for d features, h units, one hidden layer of m: DT `d m + h m + m h + m + h`;
    DT(S) `d (m + h) + h (m + h) + m h + m + h`.

    Args:
        units: the width of the state.
        transition_units: the width of the hidden layer between two states, or of each; an empty list makes a SimpleRNN.
        shortcut: let the input and the previous state reach every layer.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(DeepTransitionRNNCell(8, 16, shortcut=True))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    def __init__(self, units, transition_units=None, shortcut=False, **options):
        super().__init__(units, **options)
        hidden = self.units if transition_units is None else transition_units
        hidden = list(hidden) if isinstance(hidden, (list, tuple)) else [hidden]
        self.transition_units = [positive(width, "transition_units") for width in hidden]
        self.shortcut = flag(shortcut, "shortcut")
        self.widths = [*self.transition_units, self.units]
        self._ends = list(accumulate(self.widths))

    @property
    def projection_size(self) -> int:
        return sum(self.widths) if self.shortcut else self.widths[0]

    @property
    def recurrent_weight_names(self):
        return ("recurrent_kernel", *self._transition_names)

    @property
    def _transition_names(self):
        return [f"transition_kernel_{number}" for number in range(2, len(self.widths) + 1)]

    def build(self, input_shape):
        blocks = self.widths if self.shortcut else self.widths[:1]
        reading = blockwise(self.kernel_initializer, blocks)
        recurring = blockwise(self.recurrent_initializer, blocks)
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size), reading)
        self.recurrent_kernel = self.add_recurrent_kernel(
            "recurrent_kernel", (self.units, self.projection_size), recurring
        )
        for name, below, width in zip(self._transition_names, self.widths, self.widths[1:], strict=False):
            setattr(self, name, self.add_recurrent_kernel(name, (below, width)))
        self.bias = self.add_bias("bias", sum(self.widths))

    def project(self, inputs):
        projected = ops.matmul(inputs, self.kernel)
        return projected if self.bias is None else projected + self.bias[: self.projection_size]

    def step(self, projected, states, training=False):
        read = self.drop_state(states[0], training)
        reached = self._cut(linear_map(read, self.recurrent_kernel, projected))
        z = self.activation(reached[0])
        for name, reaching in zip(self._transition_names, self._reaching_above(reached), strict=True):
            z = self.activation(linear_map(z, getattr(self, name), reaching))
        return z, [z]

    def _reaching_above(self, reached):
        """What every layer above the first adds to the one below it: of input and state with shortcuts, else its bias."""
        if self.shortcut:
            return reached[1:]
        if self.bias is None:
            return [None] * len(self._transition_names)
        return [self.bias[start:end] for start, end in pairwise(self._ends)]

    def _cut(self, blocks):
        """One array a layer; a DT-RNN's state reaches the first alone."""
        return ops.split(blocks, self._ends[:-1], axis=-1) if self.shortcut and len(self.widths) > 1 else [blocks]

    def get_config(self):
        return {**super().get_config(), "transition_units": self.transition_units, "shortcut": self.shortcut}
