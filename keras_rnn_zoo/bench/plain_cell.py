"""A cell as one would write it for `keras.layers.RNN`."""

import keras
from keras import ops

from keras_rnn_zoo.equations import EQUATIONS


class PlainCell(keras.layers.Layer):
    """A cell of the zoo, computed by its plain equation: no hoisting, no scan, no own backward pass.

    Args:
        name: of an entry of `EQUATIONS`.
        cell: a new cell of that kind, which supplies weights, sizes and options.

    >>> from keras_rnn_zoo.cells import SimpleRNNCell
    >>> tuple(keras.layers.RNN(PlainCell("simple_rnn", SimpleRNNCell(8)))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(self, name, cell):
        super().__init__()
        self.cell, self.equation = cell, EQUATIONS[name]
        self.state_size, self.output_size = cell.state_size, cell.output_size

    def build(self, input_shape):
        self.cell.build(input_shape)
        self.by_name = {weight.name: weight for weight in self.cell.weights}

    def call(self, inputs, states):
        return self.equation(ops, self.cell, self.by_name, inputs, list(states))

    def get_initial_state(self, batch_size=None):
        """What the zoo's cell starts from."""
        return self.cell.get_initial_state(batch_size)
