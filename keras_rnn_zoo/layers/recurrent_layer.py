"""From a cell's name to one layer that runs it along time."""

import inspect
from functools import partial

import keras

from keras_rnn_zoo import cells, initializers
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.fused import GRU, LSTM
from keras_rnn_zoo.layers.norm_preserving import NormPreservingRNN
from keras_rnn_zoo.layers.recurrent import Recurrent

LOOP_OPTIONS = ("way", "weight_drop", "zoneout")
_CELL_OF = {
    keras.layers.GRU: keras.layers.GRUCell,
    keras.layers.LSTM: keras.layers.LSTMCell,
    keras.layers.SimpleRNN: keras.layers.SimpleRNNCell,
}
_WITH_WAYS = {keras.layers.GRU: GRU, keras.layers.LSTM: LSTM}
_SET_BY_THE_ZOO = {"return_sequences": True, "return_state": True, "zero_output_for_mask": True}
_REFUSED = {*_SET_BY_THE_ZOO, "units", "go_backwards", "stateful", "name"}


def recurrent_layer(
    cell,
    units: int,
    *,
    cell_options: dict | None = None,
    bidirectional: bool = False,
    norm_preserving=None,
    name=None,
):
    """Makes one recurrent layer that returns its whole sequence and its final states.

    Masked steps give zeros (`zero_output_for_mask=True`), so that fused and plain kernels answer alike.

    Args:
        cell: a name of `cells.list_cells()` or a callable, see `cells.get`.
        units: the width of the state; of each direction, if `bidirectional`.
        cell_options: further arguments of the cell, for instance `{"recurrent_dropout": 0.2}`; of any cell `weight_drop`,
            `zoneout` and `way`, see `Recurrent`. Keras's LSTM and GRU keep their fused kernels with `weight_drop`, not
            with `zoneout`. Initializers may be given by the names of `initializers` too.
        bidirectional: run a second copy from the end to the start and concatenate (Schuster & Paliwal 1997).
        norm_preserving: Omega's weight, against vanishing gradients (Pascanu et al. 2013): makes the layer a
            `NormPreservingRNN`, which see; Keras's LSTM and GRU then run without their fused kernels.
        name: the layer's name.

    Returns:
        A `keras.layers.RNN` (or subclass), or a `keras.layers.Bidirectional` of one.

    >>> tuple(recurrent_layer("gru", 8, name="reader")(keras.ops.zeros((2, 5, 3)))[0].shape)
    (2, 5, 8)
    """
    factory = cells.get(cell)
    options = _checked(factory, cell, cell_options if cell_options is not None else {})
    loop = {name: options.pop(name) for name in LOOP_OPTIONS if name in options}
    runner = Recurrent if norm_preserving is None else partial(NormPreservingRNN, omega_weight=norm_preserving)
    if _is_layer(factory):
        layer = _keras_layer(factory, units, options, loop, name, runner)
    else:
        layer = _in_loop(factory, units, options, loop, name, runner)
    return _both_ways(layer, name) if bidirectional else layer


def _is_layer(factory) -> bool:
    return isinstance(factory, type) and issubclass(factory, keras.layers.RNN)


def _keras_layer(factory, units, options, loop, name, runner):
    own_loop = ["norm_preserving"] if runner is not Recurrent else []
    if factory in _WITH_WAYS and not own_loop and "zoneout" not in loop:
        return _WITH_WAYS[factory](units, **loop, **options, **_SET_BY_THE_ZOO, name=name)
    if not loop and not own_loop:
        return factory(units, **options, **_SET_BY_THE_ZOO, name=name)
    if factory not in _CELL_OF:
        raise ZooError(f"{factory.__name__} runs its own loop: {', '.join([*loop, *own_loop])} cannot be given to it.")
    not_the_cells = sorted(set(options) - set(options_of(_CELL_OF[factory])))
    if not_the_cells:
        raise ZooError(
            f"With {', '.join([*loop, *own_loop])} the {factory.__name__} cell has no {', '.join(not_the_cells)}."
        )
    return _in_loop(_CELL_OF[factory], units, options, loop, name, runner)


def _in_loop(factory, units, options, loop, name, runner):
    cell = _new_cell(factory, units, options)
    return runner(cell, **loop, seed=options.get("seed"), **_SET_BY_THE_ZOO, name=name)


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
    named = _arguments(factory) - _REFUSED - {"self"} - set(getattr(factory, "refuses", ()))
    return sorted(named | set(LOOP_OPTIONS))


def _arguments(factory) -> set[str]:
    """The named arguments, those of the classes above where `**options` are handed on."""
    if not isinstance(factory, type):
        return _named(factory)[0]
    found = set()
    for cls in factory.__mro__:
        if "__init__" in vars(cls):
            names, hands_on = _named(cls.__init__)
            found |= names
            if not hands_on or cls.__module__.startswith("keras."):
                return found
    return found


def _named(function):
    parameters = inspect.signature(function).parameters.values()
    names = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return names, any(p.kind is p.VAR_KEYWORD for p in parameters)


def _checked(factory, cell, options: dict) -> dict:
    if not isinstance(options, dict):
        raise ZooError(f"cell_options must be a dictionary such as {{'dropout': 0.1}}, received {options!r}.")
    allowed = options_of(factory)
    unknown = sorted(set(options) - set(allowed))
    if unknown:
        raise ZooError(f"cell_options of {cell!r} has no {', '.join(unknown)}. Known: {', '.join(allowed)}.")
    named = {name for name in options if name.endswith("_initializer")}
    return {name: initializers.get(value) if name in named else value for name, value in options.items()}
