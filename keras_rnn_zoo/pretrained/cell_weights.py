"""Weights of one kind of cell made to fit another that can compute the same function."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from keras_rnn_zoo import cells
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.pretrained.layer_parts import check_settings, name_of, parts_of, weights_by_name


class Conversion(NamedTuple):
    """How one cell class's weights become another's.

    Args:
        function: from the source's weights by name to the target's.
        source_needs, target_needs: the values that attributes of the cells may have.
    """

    function: Callable[[dict], dict]
    source_needs: dict = {}
    target_needs: dict = {}


def _same(weights):
    """Both cells name and order their weights alike."""
    return weights


def _with_peepholes(weights):
    """Of zero, for a cell without them."""
    units = len(weights["recurrent_kernel"])
    return {**weights, **{f"peephole_{gate}": np.zeros(units) for gate in "ifo"}}


def _without_peepholes(weights):
    """Peepholes of zero left out.

    Raises:
        ZooError: a peephole is not zero.
    """
    for name in ("peephole_i", "peephole_f", "peephole_o"):
        if np.any(weights[name]):
            raise ZooError(
                f"An LSTM without peepholes needs {name}=0 of the source, "
                f"received values up to {np.abs(weights[name]).max():g}."
            )
    return {name: weight for name, weight in weights.items() if not name.startswith("peephole_")}


def _with_projection(weights):
    """The identity, for a cell without it."""
    return {**weights, "projection_kernel": np.eye(len(weights["recurrent_kernel"]))}


def _without_projection(weights):
    """A projection that is the identity left out.

    Raises:
        ZooError: it is another matrix.
    """
    projection = weights["projection_kernel"]
    if not np.array_equal(projection, np.eye(len(projection))):
        raise ZooError(
            "An LSTM without projection needs the identity as the source's projection_kernel, "
            f"received another matrix of shape {projection.shape}."
        )
    return {name: weight for name, weight in weights.items() if name != "projection_kernel"}


def _with_input_gate(weights):
    """A coupled LSTM's input gate, `1 - sigma(a) = sigma(-a)`, as its own: columns `f, c, o` to `i, f, c, o`."""
    return {name: np.concatenate([-np.split(w, 3, axis=-1)[0], w], axis=-1) for name, w in weights.items()}


def _with_new_state_gate(weights):
    """The update gate z as `1 - z`: the sign of its columns, the first of three, turned. Its own inverse."""
    blocks = {name: np.split(w, 3, axis=-1) for name, w in weights.items()}
    return {name: np.concatenate([-z, r, h], axis=-1) for name, (z, r, h) in blocks.items()}


def _with_two_biases(weights):
    """The two rows of Keras's bias as a vector each."""
    if "bias" not in weights:
        return weights
    return {**weights, "bias": weights["bias"][0], "recurrent_bias": weights["bias"][1]}


def _with_joined_biases(weights):
    """Two vectors as the two rows of Keras's bias."""
    if "bias" not in weights:
        return weights
    kernels = {name: weights[name] for name in ("kernel", "recurrent_kernel")}
    return {**kernels, "bias": np.stack([weights["bias"], weights["recurrent_bias"]])}


def _both_ways(first, second, there=_same, back=_same, first_needs={}, second_needs={}):
    return {
        (first, second): Conversion(there, first_needs, second_needs),
        (second, first): Conversion(back, second_needs, first_needs),
    }


_SYMMETRIC_GATES = {"recurrent_activation": (keras.activations.sigmoid, keras.activations.hard_sigmoid)}
_RESET_BEFORE = {"reset_after": (False,)}
_LSTM, _GRU, _RNN = keras.layers.LSTMCell, keras.layers.GRUCell, keras.layers.SimpleRNNCell
_FLIP = {"there": _with_new_state_gate, "back": _with_new_state_gate, "second_needs": _SYMMETRIC_GATES}

CONVERSIONS = {
    **_both_ways(_RNN, cells.SimpleRNNCell),
    **_both_ways(_RNN, cells.IRNNCell),
    **_both_ways(cells.SimpleRNNCell, cells.IRNNCell),
    **_both_ways(_RNN, cells.DeepTransitionRNNCell, second_needs={"transition_units": ([],)}),
    **_both_ways(cells.SimpleRNNCell, cells.DeepTransitionRNNCell, second_needs={"transition_units": ([],)}),
    **_both_ways(_RNN, cells.LeakyRNNCell, second_needs={"leak": (0,)}),
    **_both_ways(_LSTM, cells.PeepholeLSTMCell, _with_peepholes, _without_peepholes),
    **_both_ways(_LSTM, cells.LSTMVariantCell, second_needs={"variant": ("NP",)}),
    **_both_ways(cells.PeepholeLSTMCell, cells.LSTMVariantCell, second_needs={"variant": ("V",)}),
    **_both_ways(_LSTM, cells.ProjectedLSTMCell, _with_projection, _without_projection),
    **_both_ways(_LSTM, cells.DepthGatedLSTMCell, second_needs={"layers": (1,)}),
    **_both_ways(_LSTM, cells.DeepTransitionLSTMCell, second_needs={"transition_depth": (1,)}),
    (cells.CoupledLSTMCell, _LSTM): Conversion(_with_input_gate, source_needs=_SYMMETRIC_GATES),
    **_both_ways(_GRU, cells.ChoGRUCell, first_needs=_RESET_BEFORE),
    **_both_ways(_GRU, cells.OlahGRUCell, first_needs=_RESET_BEFORE, **_FLIP),
    **_both_ways(cells.ChoGRUCell, cells.OlahGRUCell, **_FLIP),
    **_both_ways(
        _GRU,
        cells.DeepTransitionGRUCell,
        _with_two_biases,
        _with_joined_biases,
        first_needs={"reset_after": (True,)},
        second_needs={"transition_depth": (1,)},
    ),
}
# Between cells of one class too, for instance from keras.layers.LSTM to Recurrent(keras.layers.LSTMCell(...)).
CONVERSIONS |= {(kind, kind): Conversion(_same) for pair in CONVERSIONS for kind in pair}

_NOT_OF_THE_FUNCTION = {"name", "trainable", "dtype", "seed", "dropout", "recurrent_dropout", "unit_forget_bias"}
_ONLY_IN_TRAINING = ("_initializer", "_regularizer", "_constraint")


def convert_weights(source, target):
    """Gives a recurrent layer the weights of another kind of layer, so that both give the same outputs.

    Args:
        source: built; a `keras.layers.RNN` (LSTM, GRU, SimpleRNN, `layers.Recurrent`), `keras.layers.Bidirectional` or
            `layers.StackedRNN`. `CONVERSIONS` is the table of pairs of cells.
        target: built, of the same widths, directions and number of layers; left as it is if anything is wrong.

    Raises:
        ZooError: the pair of cells is not in the table, their settings differ, or the target cannot express the source.

    >>> from keras_rnn_zoo.layers import Recurrent
    >>> source, target = keras.layers.SimpleRNN(4), Recurrent(cells.SimpleRNNCell(4))
    >>> source.build((None, None, 3)), target.build((None, None, 3))
    (None, None)
    >>> convert_weights(source, target)
    >>> x = keras.ops.ones((2, 5, 3))
    >>> bool(keras.ops.all(keras.ops.abs(source(x) - target(x)) < 1e-6))
    True
    """
    sources, targets = parts_of(source), parts_of(target)
    if list(sources) != list(targets):
        raise ZooError(
            f"Layers and directions must agree: source has {', '.join(sources)}, target {', '.join(targets)}."
        )
    for setting in ("merge_mode", "skip_connections"):
        _check_equal(setting, getattr(source, setting, None), getattr(target, setting, None))
    new = [pair for place in sources for pair in _converted(place, sources[place], targets[place])]
    for variable, array in new:
        variable.assign(array)


def _converted(place, source, target):
    """Pairs of the target's variables and their new values."""
    conversion = _conversion(source.cell, target.cell)
    pair = f"The conversion {name_of(type(source.cell))} -> {name_of(type(target.cell))}"
    check_settings(place, source.cell, conversion.source_needs, pair)
    check_settings(place, target.cell, conversion.target_needs, pair)
    _check_agreement(place, source, target)
    weights = {name: keras.ops.convert_to_numpy(weight) for name, weight in weights_by_name(source.cell).items()}
    variables = weights_by_name(target.cell)
    arrays = conversion.function(weights)
    _check_fit(place, arrays, variables)
    return [(variable, arrays[name]) for name, variable in variables.items()]


def _conversion(source, target) -> Conversion:
    pair = type(source), type(target)
    if pair not in CONVERSIONS:
        raise ZooError(f"No conversion {name_of(pair[0])} -> {name_of(pair[1])}. Known: {'; '.join(_known())}.")
    return CONVERSIONS[pair]


def _known():
    for source in dict.fromkeys(source for source, _ in CONVERSIONS):
        targets = ", ".join(name_of(second) for first, second in CONVERSIONS if first is source)
        yield f"{name_of(source)} -> {targets}"


def _check_agreement(place, source, target):
    """What both cells can be told, they must have been told alike, unless it matters in training only."""
    given, wanted = source.cell.get_config(), target.cell.get_config()
    for setting in given:
        if setting in wanted and setting not in _NOT_OF_THE_FUNCTION and not setting.endswith(_ONLY_IN_TRAINING):
            _check_equal(f"{setting} of {place}", given[setting], wanted[setting])
    _check_equal(f"go_backwards of {place}", source.go_backwards, target.go_backwards)
    _check_equal(f"zoneout of {place}", *[_zoneout(part) for part in (source, target)])


def _zoneout(part):
    return part.zoneout.rates if getattr(part, "zoneout", None) else 0.0


def _check_equal(setting, of_source, of_target):
    if of_source != of_target:
        raise ZooError(f"{setting} must agree: source has {of_source!r}, target {of_target!r}.")


def _check_fit(place, arrays, variables):
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    wanted = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != wanted:
        raise ZooError(f"The target's weights of {place} have the shapes {wanted}, the source's would have {shapes}.")
