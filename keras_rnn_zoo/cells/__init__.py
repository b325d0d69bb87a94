"""One step of recurrence: `(x_t, states) -> (output, states)`.

`CELLS` is the table of names that the builders' argument `cell` accepts. LSTM and GRU are Keras's own layers, so that
their fused kernels (cuDNN) stay available; every other entry is a cell of the zoo, which `layers.Recurrent` runs.
"""

import keras

from keras_rnn_zoo.cells.cho_gru import ChoGRUCell as ChoGRUCell
from keras_rnn_zoo.cells.clockwork_rnn import ClockworkRNNCell as ClockworkRNNCell
from keras_rnn_zoo.cells.coupled_lstm import CoupledLSTMCell as CoupledLSTMCell
from keras_rnn_zoo.cells.deep_transition_gru import DeepTransitionGRUCell as DeepTransitionGRUCell
from keras_rnn_zoo.cells.deep_transition_lstm import DeepTransitionLSTMCell as DeepTransitionLSTMCell
from keras_rnn_zoo.cells.deep_transition_rnn import DeepTransitionRNNCell as DeepTransitionRNNCell
from keras_rnn_zoo.cells.depth_gated_lstm import DepthGatedLSTMCell as DepthGatedLSTMCell
from keras_rnn_zoo.cells.irnn import IRNNCell as IRNNCell
from keras_rnn_zoo.cells.layer_norm_lstm import LayerNormLSTMCell as LayerNormLSTMCell
from keras_rnn_zoo.cells.leaky_rnn import LeakyRNNCell as LeakyRNNCell
from keras_rnn_zoo.cells.lstm_1997 import LSTM1997Cell as LSTM1997Cell
from keras_rnn_zoo.cells.lstm_variant import LSTMVariantCell as LSTMVariantCell
from keras_rnn_zoo.cells.min_gru import MinGRUCell as MinGRUCell
from keras_rnn_zoo.cells.min_lstm import MinLSTMCell as MinLSTMCell
from keras_rnn_zoo.cells.minimal_gated_unit import MinimalGatedUnitCell as MinimalGatedUnitCell
from keras_rnn_zoo.cells.olah_gru import OlahGRUCell as OlahGRUCell
from keras_rnn_zoo.cells.output_recurrent_rnn import OutputRecurrentRNNCell as OutputRecurrentRNNCell
from keras_rnn_zoo.cells.peephole_lstm import PeepholeLSTMCell as PeepholeLSTMCell
from keras_rnn_zoo.cells.projected_lstm import ProjectedLSTMCell as ProjectedLSTMCell
from keras_rnn_zoo.cells.simple_rnn import SimpleRNNCell as SimpleRNNCell
from keras_rnn_zoo.cells.time_skip_rnn import TimeSkipRNNCell as TimeSkipRNNCell
from keras_rnn_zoo.errors import ZooError, unknown_name

CELLS = {
    "cho_gru": ChoGRUCell,
    "clockwork_rnn": ClockworkRNNCell,
    "coupled_lstm": CoupledLSTMCell,
    "deep_transition": DeepTransitionRNNCell,
    "deep_transition_gru": DeepTransitionGRUCell,
    "deep_transition_lstm": DeepTransitionLSTMCell,
    "depth_gated_lstm": DepthGatedLSTMCell,
    "gru": keras.layers.GRU,
    "irnn": IRNNCell,
    "layer_norm_lstm": LayerNormLSTMCell,
    "leaky_rnn": LeakyRNNCell,
    "lstm": keras.layers.LSTM,
    "lstm_1997": LSTM1997Cell,
    "lstm_variant": LSTMVariantCell,
    "min_gru": MinGRUCell,
    "min_lstm": MinLSTMCell,
    "minimal_gated_unit": MinimalGatedUnitCell,
    "olah_gru": OlahGRUCell,
    "output_recurrent_rnn": OutputRecurrentRNNCell,
    "peephole_lstm": PeepholeLSTMCell,
    "projected_lstm": ProjectedLSTMCell,
    "simple_rnn": SimpleRNNCell,
    "time_skip_rnn": TimeSkipRNNCell,
}


def list_cells() -> list[str]:
    """The names that `cell=` accepts.

    >>> list_cells()[:3]
    ['cho_gru', 'clockwork_rnn', 'coupled_lstm']
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
