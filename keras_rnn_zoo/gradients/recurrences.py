"""The recurrent layers of a model."""

import keras

from keras_rnn_zoo.errors import ZooError


def recurrences(model) -> dict[str, keras.layers.RNN]:
    """Every `keras.layers.RNN` of `model`, at any depth, by its path: the names of what it lies in, and its own.

    Args:
        model: a built `keras.Model`.

    Raises:
        ZooError: it has none.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> list(recurrences(build_many_to_one((None, 2), 3, 4, cell="gru", bidirectional=True)))
    ['recurrence/recurrent_1/forward_recurrent_1', 'recurrence/recurrent_1/backward_recurrent_1']
    """
    found = dict(_below(model, ""))
    if not found:
        raise ZooError(f"{model.name} has no recurrent layer, one or more expected: a keras.layers.RNN at any depth.")
    return found


def has_recurrences(model) -> bool:
    """Whether there is one."""
    return any(True for _ in _below(model, ""))


def _below(layer, path):
    for child in layer._flatten_layers(include_self=False, recursive=False):
        where = f"{path}{child.name}"
        if isinstance(child, keras.layers.RNN):
            yield where, child
        else:
            yield from _below(child, f"{where}/")
