"""Weights to and from torch.nn's LSTM, GRU and RNN, without torch."""

from typing import NamedTuple

import keras
import numpy as np
from keras.activations import relu, sigmoid, tanh

from keras_rnn_zoo import cells
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import StackedRNN
from keras_rnn_zoo.pretrained.layer_parts import check_settings, name_of, parts_of


class Convention(NamedTuple):
    """How torch.nn writes down a cell of Keras or of the zoo.

    Args:
        module: the class in torch.nn.
        gates: torch's k-th gate is the cell's `gates[k]`-th; its own inverse.
        settings: the values that torch's equations allow of a cell's attributes.
        two_biases: the cell has a bias on the input and one on the state, as torch has; otherwise one, their sum.
        projection: the name of the cell's matrix from the LSTM's state to its output, torch's `weight_hr`.
    """

    module: str
    gates: tuple[int, ...]
    settings: dict[str, tuple]
    two_biases: bool = False
    projection: str | None = None


_SQUASHES = {"activation": (tanh,), "recurrent_activation": (sigmoid,)}
CONVENTIONS = {
    keras.layers.LSTMCell: Convention("LSTM", (0, 1, 2, 3), _SQUASHES),
    keras.layers.GRUCell: Convention("GRU", (1, 0, 2), {**_SQUASHES, "reset_after": (True,)}, two_biases=True),
    keras.layers.SimpleRNNCell: Convention("RNN", (0,), {"activation": (tanh, relu)}),
    cells.SimpleRNNCell: Convention("RNN", (0,), {"activation": (tanh, relu)}),
    cells.IRNNCell: Convention("RNN", (0,), {"activation": (tanh, relu)}),
    cells.ProjectedLSTMCell: Convention("LSTM", (0, 1, 2, 3), _SQUASHES, projection="projection_kernel"),
}


def to_torch(layer) -> dict[str, np.ndarray]:
    """The `state_dict` of the torch.nn layer that computes the same function.

    Keras's LSTM has one bias where torch adds two: it is `bias_ih`, and `bias_hh` is zero. `load_state_dict` wants
    tensors: `module.load_state_dict({key: torch.from_numpy(array) for key, array in to_torch(layer).items()})`.

    Args:
        layer: built; LSTM, GRU or SimpleRNN of Keras, `layers.Recurrent` or `keras.layers.RNN` of a cell in
            `CONVENTIONS`, a `keras.layers.Bidirectional` of these, or a `layers.StackedRNN` of several equal ones,
            which is torch's `num_layers`.

    Returns:
        NumPy arrays by torch's names: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `..._l0_reverse`,
        `..._l1`, and `weight_hr_l0` of a `ProjectedLSTMCell`, which is torch's `proj_size`.

    Raises:
        ZooError: torch.nn has no such layer (another cell or activation, GRU with `reset_after=False`, skip
            connections, zoneout, layers of different widths), or `layer` is not built.

    >>> layer = keras.layers.GRU(4)
    >>> layer.build((None, None, 3))
    >>> {key: array.shape for key, array in to_torch(layer).items()}
    {'weight_ih_l0': (12, 3), 'weight_hh_l0': (12, 4), 'bias_ih_l0': (12,), 'bias_hh_l0': (12,)}
    """
    return {
        f"{name}_{place}": array
        for place, cell in _cells_of(layer).items()
        for name, array in _torch_arrays(cell).items()
    }


def from_torch(state_dict, layer):
    """Sets a layer's weights to those of a torch.nn.LSTM, GRU or RNN.

    Args:
        state_dict: torch tensors or NumPy arrays by torch's names.
        layer: see `to_torch`; left as it is if anything is wrong.

    Raises:
        ZooError: see `to_torch`; or keys are missing, unknown or of another shape than `layer` needs.

    >>> source, target = keras.layers.LSTM(4), keras.layers.LSTM(4)
    >>> source.build((None, None, 3)), target.build((None, None, 3))
    (None, None)
    >>> from_torch(to_torch(source), target)
    >>> bool((source.get_weights()[0] == target.get_weights()[0]).all())
    True
    """
    arrays = _checked(state_dict, to_torch(layer))
    new = [pair for place, cell in _cells_of(layer).items() for pair in _keras_arrays(cell, place, arrays)]
    for variable, array in new:
        variable.assign(array)


def _cells_of(layer) -> dict:
    """The cells by their place, of one width and kind, as torch's layers have them."""
    if isinstance(layer, StackedRNN) and layer.skip_connections:
        raise ZooError(
            f"torch.nn has no skip connections; {layer.name} has skip_connections={layer.skip_connections!r}."
        )
    parts = parts_of(layer)
    for place, part in parts.items():
        _check_direction(place, part)
        _check_cell(place, part.cell)
    _check_merge(layer)
    _check_alike(parts)
    return {place: part.cell for place, part in parts.items()}


def _check_direction(place, part):
    if part.go_backwards != place.endswith("_reverse"):
        raise ZooError(
            f"torch.nn reads backwards in the second direction only; {place} has go_backwards={part.go_backwards}."
        )
    if getattr(part, "zoneout", None):
        raise ZooError(f"torch.nn has no zoneout; {place} has zoneout={part.zoneout.rates}.")


def _check_cell(place, cell):
    if type(cell) not in CONVENTIONS:
        known = ", ".join(name_of(known) for known in CONVENTIONS)
        raise ZooError(f"torch.nn has no layer of {name_of(type(cell))} ({place}). Known: {known}.")
    convention = CONVENTIONS[type(cell)]
    check_settings(place, cell, convention.settings, f"torch.nn.{convention.module}")
    if convention.projection and cell.output_size >= cell.units:
        raise ZooError(
            f"torch.nn projects to fewer units; {place} has projection_units={cell.output_size} of {cell.units} units."
        )


def _check_merge(layer):
    if isinstance(layer, keras.layers.Bidirectional) and layer.merge_mode not in ("concat", None):
        raise ZooError(f"torch.nn concatenates both directions; {layer.name} has merge_mode={layer.merge_mode!r}.")


def _check_alike(parts):
    """Torch has one class, one width, one nonlinearity and one choice of bias for all layers and directions."""
    kinds = {place: _description(part.cell) for place, part in parts.items()}
    if len(set(kinds.values())) > 1:
        raise ZooError(f"torch.nn has the same cell in all layers and directions, received {kinds}.")
    backwards = sum(place.endswith("_reverse") for place in parts)
    if backwards not in (0, len(parts) / 2):
        raise ZooError(f"torch.nn reads in both directions in all layers or in none, received {', '.join(parts)}.")


def _description(cell):
    module = CONVENTIONS[type(cell)].module
    options = f"{cell.units}, {name_of(cell.activation)}, bias={cell.use_bias}"
    return f"{module}({options}) with outputs of {cell.output_size}"


def _torch_arrays(cell):
    convention = CONVENTIONS[type(cell)]
    arrays = {
        "weight_ih": _reordered(_array(cell.kernel), convention.gates).T,
        "weight_hh": _reordered(_array(cell.recurrent_kernel), convention.gates).T,
    }
    if cell.use_bias:
        bias = _reordered(_array(cell.bias), convention.gates)
        arrays["bias_ih"], arrays["bias_hh"] = bias if convention.two_biases else (bias, np.zeros_like(bias))
    if convention.projection:
        arrays["weight_hr"] = _array(getattr(cell, convention.projection)).T
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _keras_arrays(cell, place, arrays):
    """Pairs of a variable and its new value."""
    convention = CONVENTIONS[type(cell)]
    yield cell.kernel, _reordered(arrays[f"weight_ih_{place}"].T, convention.gates)
    yield cell.recurrent_kernel, _reordered(arrays[f"weight_hh_{place}"].T, convention.gates)
    if cell.use_bias:
        biases = np.stack([arrays[f"bias_ih_{place}"], arrays[f"bias_hh_{place}"]])
        yield cell.bias, _reordered(biases if convention.two_biases else biases.sum(axis=0), convention.gates)
    if convention.projection:
        yield getattr(cell, convention.projection), arrays[f"weight_hr_{place}"].T


def _reordered(array, gates):
    blocks = np.split(array, len(gates), axis=-1)
    return np.concatenate([blocks[gate] for gate in gates], axis=-1)


def _array(variable):
    """In a type that torch knows, which bfloat16 of NumPy is not."""
    array = keras.ops.convert_to_numpy(variable)
    return array if array.dtype == "float64" else array.astype("float32")


def _checked(state_dict, expected):
    """The state dict's arrays, if its keys and shapes are the expected ones."""
    if not hasattr(state_dict, "keys"):
        raise ZooError(
            f"from_torch needs a state_dict, such as module.state_dict(); received {type(state_dict).__name__}."
        )
    missing, unknown = set(expected) - set(state_dict), set(state_dict) - set(expected)
    if missing or unknown:
        raise ZooError(
            f"The layer needs the keys {', '.join(expected)}. "
            f"Missing: {', '.join(sorted(missing)) or 'none'}; unknown: {', '.join(sorted(unknown)) or 'none'}."
        )
    arrays = {key: _from_tensor(key, state_dict[key]) for key in expected}
    for key, array in arrays.items():
        if array.shape != expected[key].shape:
            raise ZooError(f"{key} must have the shape {expected[key].shape}, received {array.shape}.")
    return arrays


def _from_tensor(key, value):
    """float64 holds every value of the narrower types, bfloat16 among them."""
    array = value.detach().cpu().double().numpy() if hasattr(value, "detach") else np.asarray(value)
    if array.dtype.kind not in "fiu" and array.dtype.name != "bfloat16":
        raise ZooError(f"{key} must hold numbers, received {array.dtype}.")
    return array.astype("float64")
