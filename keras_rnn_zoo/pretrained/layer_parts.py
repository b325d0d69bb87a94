"""The one-directional layers that a recurrent layer consists of."""

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import StackedRNN


def parts_of(layer) -> dict[str, keras.layers.RNN]:
    """Every one-directional layer by its place: `l0`, `l0_reverse`, `l1`, ..., as torch.nn names them.

    Args:
        layer: a built `keras.layers.RNN` (LSTM, GRU, SimpleRNN, `layers.Recurrent`), a `keras.layers.Bidirectional` or
            a `layers.StackedRNN` of these.

    Raises:
        ZooError: `layer` is none of these, or is not built.

    >>> layer = keras.layers.Bidirectional(keras.layers.LSTM(4))
    >>> layer.build((None, None, 3))
    >>> sorted(parts_of(layer))
    ['l0', 'l0_reverse']
    """
    stack = layer.layers if isinstance(layer, StackedRNN) else [layer]
    parts = {}
    for number, member in enumerate(stack):
        for suffix, part in zip(("", "_reverse"), _directions(member), strict=False):
            parts[f"l{number}{suffix}"] = part
    unbuilt = [place for place, part in parts.items() if not part.built]
    if unbuilt:
        raise ZooError(f"{layer.name} has no weights yet ({', '.join(unbuilt)}): call it or its build(shape) first.")
    return parts


def _directions(layer):
    parts = [layer.forward_layer, layer.backward_layer] if isinstance(layer, keras.layers.Bidirectional) else [layer]
    for part in parts:
        if not isinstance(part, keras.layers.RNN):
            raise ZooError(
                "Weights are converted for keras.layers.RNN and its subclasses (LSTM, GRU, SimpleRNN, Recurrent), "
                f"Bidirectional and StackedRNN; received {part!r}."
            )
    return parts


def weights_by_name(cell) -> dict:
    """A cell's variables by the names its class gave them.

    >>> cell = keras.layers.LSTMCell(4)
    >>> cell.build((None, 3))
    >>> list(weights_by_name(cell))
    ['kernel', 'recurrent_kernel', 'bias']
    """
    return {variable.name: variable for variable in cell.weights}


def check_settings(place, cell, needed, why):
    """Refuses a cell whose attributes have other values than the needed ones.

    Args:
        place: where the cell is, for the message.
        cell: a cell.
        needed: the values that may be, a tuple by attribute.
        why: who needs it, for the message.

    Raises:
        ZooError: an attribute has another value.

    >>> check_settings("l0", keras.layers.GRUCell(4), {"reset_after": (True,)}, "torch.nn.GRU")
    """
    for setting, values in needed.items():
        if getattr(cell, setting) not in values:
            raise ZooError(
                f"{why} needs {setting}={' or '.join(map(name_of, values))}; "
                f"{name_of(type(cell))} of {place} has {name_of(getattr(cell, setting))}."
            )


def name_of(value) -> str:
    """What to call a class, a function or an option in a message.

    >>> name_of(keras.activations.tanh), name_of(keras.layers.LSTMCell), name_of(True)
    ('tanh', 'keras LSTMCell', 'True')
    """
    if isinstance(value, type):
        library = value.__module__.partition(".")[0]
        return value.__name__ if library == "keras_rnn_zoo" else f"{library} {value.__name__}"
    return getattr(value, "__name__", None) or repr(value)
