"""One step of recurrence: `(x_t, states) -> (output, states)`.

`CELLS` is the table of names that the builders' argument `cell` accepts. SimpleRNN, LSTM and GRU are Keras's own
layers, so that their fused kernels (cuDNN) stay available; every other entry is a cell.
"""

import keras

from keras_rnn_zoo.errors import ZooError, unknown_name

CELLS = {
    "gru": keras.layers.GRU,
    "lstm": keras.layers.LSTM,
    "simple_rnn": keras.layers.SimpleRNN,
}


def list_cells() -> list[str]:
    """The names that `cell=` accepts.

    >>> list_cells()
    ['gru', 'lstm', 'simple_rnn']
    """
    return sorted(CELLS)


def get(cell):
    """The class or function that makes a recurrence of a given width.

    Args:
        cell: a name of `list_cells()`, or a callable: a cell's class, a recurrent layer's class, or a function of
            `units` (and of the entries of `cell_options`) that returns a new cell.

    Raises:
        ZooError: for an unknown name, or for an instance, which could not be repeated for several layers.
    """
    if isinstance(cell, str):
        if cell not in CELLS:
            raise unknown_name("cell", cell, CELLS)
        return CELLS[cell]
    if isinstance(cell, keras.layers.Layer) or not callable(cell):
        raise ZooError(
            f"cell must be a name ({', '.join(list_cells())}) or a callable such as keras.layers.LSTMCell, which makes a "
            f"new cell for each layer; received {cell!r}."
        )
    return cell
