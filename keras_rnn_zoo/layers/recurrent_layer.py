"""From a cell's name to one layer that runs it along time."""

import inspect

import keras

from keras_rnn_zoo import cells
from keras_rnn_zoo.errors import ZooError

_SET_BY_THE_ZOO = {"return_sequences": True, "return_state": True, "zero_output_for_mask": True}
_REFUSED = {*_SET_BY_THE_ZOO, "units", "go_backwards", "stateful", "name"}


def recurrent_layer(cell, units: int, *, cell_options: dict | None = None, bidirectional: bool = False, name=None):
    """Makes one recurrent layer that returns its whole sequence and its final states.

    Masked steps give zeros (`zero_output_for_mask=True`), so that fused and plain kernels answer alike.

    Args:
        cell: a name of `cells.list_cells()` or a callable, see `cells.get`.
        units: the width of the state; of each direction, if `bidirectional`.
        cell_options: further arguments of the cell, for instance `{"recurrent_dropout": 0.2}`.
        bidirectional: run a second copy from the end to the start and concatenate (Schuster & Paliwal 1997).
        name: the layer's name.

    Returns:
        A `keras.layers.RNN` (or subclass), or a `keras.layers.Bidirectional` of one.

    >>> tuple(recurrent_layer("gru", 8, name="reader")(keras.ops.zeros((2, 5, 3)))[0].shape)
    (2, 5, 8)
    """
    factory = cells.get(cell)
    options = _checked(factory, cell, dict(cell_options or {}))
    if isinstance(factory, type) and issubclass(factory, keras.layers.RNN):
        layer = factory(units, **options, **_SET_BY_THE_ZOO, name=name)
    else:
        layer = keras.layers.RNN(_new_cell(factory, units, options), **_SET_BY_THE_ZOO, name=name)
    return _both_ways(layer, name) if bidirectional else layer


def _both_ways(layer, name):
    try:
        return keras.layers.Bidirectional(layer, name=name)
    except TypeError as error:
        raise ZooError(
            "A cell that is read in both directions is copied by its configuration, which failed: decorate its class with "
            f"@keras.saving.register_keras_serializable() and give it a complete get_config. Received {layer.cell!r}."
        ) from error


def _new_cell(factory, units, options):
    cell = factory(units, **options)
    if not (callable(cell) and hasattr(cell, "state_size")):
        raise ZooError(
            f"cell must return a Keras cell, an object with call(inputs, states) and state_size; received {cell!r}."
        )
    return cell


def options_of(factory) -> list[str]:
    """The names that `cell_options` may hold for what `cells.get` returned, sorted."""
    named = [
        parameter.name
        for parameter in inspect.signature(factory).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    return sorted(set(named) - _REFUSED - {"self"})


def _checked(factory, cell, options: dict) -> dict:
    allowed = options_of(factory)
    unknown = sorted(set(options) - set(allowed))
    if unknown:
        raise ZooError(f"cell_options of {cell!r} has no {', '.join(unknown)}. Known: {', '.join(allowed)}.")
    return options
