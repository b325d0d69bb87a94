"""The same weights in torch.nn's recurrent layers and in ours: the same outputs."""

from functools import partial

import keras
import numpy as np
import pytest

from keras_rnn_zoo import cells
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import Recurrent, StackedRNN, stacked_rnn
from keras_rnn_zoo.pretrained import from_torch, to_torch

BATCH, STEPS, FEATURES, UNITS = 3, 7, 4, 5
RETURNS = {"return_sequences": True, "return_state": True, "zero_output_for_mask": True}
# What makes a layer or a cell of ours, the class in torch.nn, and its options.
KINDS = {
    "LSTM": (keras.layers.LSTM, "LSTM", {}),
    "GRU": (keras.layers.GRU, "GRU", {}),
    "SimpleRNN": (keras.layers.SimpleRNN, "RNN", {}),
    "SimpleRNN relu": (partial(keras.layers.SimpleRNN, activation="relu"), "RNN", {"nonlinearity": "relu"}),
    "Recurrent(keras LSTMCell)": (keras.layers.LSTMCell, "LSTM", {}),
    "Recurrent(keras GRUCell)": (keras.layers.GRUCell, "GRU", {}),
    "Recurrent(keras SimpleRNNCell)": (keras.layers.SimpleRNNCell, "RNN", {}),
    "Recurrent(zoo SimpleRNNCell)": (cells.SimpleRNNCell, "RNN", {}),
    "Recurrent(IRNNCell)": (cells.IRNNCell, "RNN", {"nonlinearity": "relu"}),
    "Recurrent(ProjectedLSTMCell)": (partial(cells.ProjectedLSTMCell, projection_units=2), "LSTM", {"proj_size": 2}),
}


def new_layer(kind, layers=1, bidirectional=False, bias=True):
    def one_layer():
        make = KINDS[kind][0]
        if kind.startswith("Recurrent"):
            layer = Recurrent(make(UNITS, use_bias=bias), **RETURNS)
        else:
            layer = make(UNITS, use_bias=bias, **RETURNS)
        return keras.layers.Bidirectional(layer) if bidirectional else layer

    layer = one_layer() if layers == 1 else StackedRNN([one_layer() for _ in range(layers)])
    layer.build((BATCH, STEPS, FEATURES))
    randomise(layer)
    return layer


def randomise(layer, seed=0):
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.get_weights()])


def new_module(kind, layers=1, bidirectional=False, bias=True):
    torch = pytest.importorskip("torch", reason="the oracle for LSTM, GRU and RNN")
    _, name, options = KINDS[kind]
    torch.manual_seed(0)
    return getattr(torch.nn, name)(
        FEATURES, UNITS, num_layers=layers, bidirectional=bidirectional, bias=bias, batch_first=True, **options
    )


def sequences():
    return np.random.default_rng(1).normal(size=(BATCH, STEPS, FEATURES)).astype("float32")


def outputs_of(layer, x, mask=None):
    mask = mask if mask is None else keras.ops.convert_to_tensor(mask)
    answer = layer(keras.ops.convert_to_tensor(x), mask=mask)
    return keras.ops.convert_to_numpy(answer[0] if isinstance(answer, (list, tuple)) else answer)


def torch_outputs(module, x, lengths=None):
    import torch

    x = torch.from_numpy(x)
    with torch.no_grad():
        if lengths is None:
            return module(x)[0].numpy()
        pack = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return torch.nn.utils.rnn.pad_packed_sequence(module(pack)[0], batch_first=True, total_length=STEPS)[0].numpy()


def load(module, arrays):
    import torch

    module.load_state_dict({key: torch.from_numpy(array) for key, array in arrays.items()}, strict=True)


CASES = [(kind, 1, False, True) for kind in KINDS] + [
    ("LSTM", 2, True, True),
    ("LSTM", 1, True, False),
    ("GRU", 2, True, False),
    ("GRU", 2, False, True),
    ("SimpleRNN", 2, False, False),
    ("SimpleRNN relu", 1, True, True),
    ("Recurrent(keras LSTMCell)", 2, False, False),
    ("Recurrent(keras GRUCell)", 1, True, True),
    ("Recurrent(zoo SimpleRNNCell)", 2, True, False),
    ("Recurrent(ProjectedLSTMCell)", 2, True, True),
    ("Recurrent(ProjectedLSTMCell)", 1, True, False),
]
over_cases = pytest.mark.parametrize("kind, layers, bidirectional, bias", CASES)


@over_cases
def test_from_torch_gives_the_same_outputs(kind, layers, bidirectional, bias):
    module = new_module(kind, layers, bidirectional, bias)
    layer = new_layer(kind, layers, bidirectional, bias)
    from_torch(module.state_dict(), layer)
    np.testing.assert_allclose(outputs_of(layer, sequences()), torch_outputs(module, sequences()), atol=1e-5)


@over_cases
def test_to_torch_gives_the_same_outputs(kind, layers, bidirectional, bias):
    module = new_module(kind, layers, bidirectional, bias)
    layer = new_layer(kind, layers, bidirectional, bias)
    load(module, to_torch(layer))
    np.testing.assert_allclose(outputs_of(layer, sequences()), torch_outputs(module, sequences()), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_masked_steps_are_those_of_a_packed_sequence(kind, bidirectional):
    module = new_module(kind, bidirectional=bidirectional)
    layer = new_layer(kind, bidirectional=bidirectional)
    from_torch(module.state_dict(), layer)
    lengths = np.array([STEPS, 4, 1])
    mask = np.arange(STEPS)[None] < lengths[:, None]
    expected = torch_outputs(module, sequences(), lengths.tolist())
    np.testing.assert_allclose(outputs_of(layer, sequences(), mask), expected, atol=1e-5)


@over_cases
def test_there_and_back_changes_nothing(kind, layers, bidirectional, bias):
    layer, other = (new_layer(kind, layers, bidirectional, bias) for _ in range(2))
    randomise(other, seed=2)
    from_torch(to_torch(layer), other)
    for weight, same in zip(layer.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_tensors_of_any_float_type(dtype):
    torch = pytest.importorskip("torch", reason="makes the tensors")
    module, layer = new_module("LSTM").to(getattr(torch, dtype)), new_layer("LSTM")
    from_torch(module.state_dict(), layer)
    expected = module.weight_ih_l0.detach().double().numpy().T
    np.testing.assert_allclose(layer.get_weights()[0], expected, rtol=1e-6)


def test_a_module_in_place_of_its_state_dict_is_refused():
    with pytest.raises(ZooError, match=r"such as module.state_dict\(\); received object"):
        from_torch(object(), new_layer("LSTM"))


def test_numpy_arrays_in_bfloat16():
    layer = new_layer("LSTM")
    arrays = {key: keras.ops.convert_to_numpy(keras.ops.cast(a, "bfloat16")) for key, a in to_torch(layer).items()}
    other = new_layer("LSTM")
    from_torch(arrays, other)
    np.testing.assert_allclose(layer.get_weights()[0], other.get_weights()[0], rtol=1e-2)


def test_bfloat16_weights_come_out_as_float32():
    layer = keras.layers.LSTM(UNITS, dtype="bfloat16", recurrent_initializer="zeros")
    layer.build((BATCH, STEPS, FEATURES))
    assert {array.dtype.name for array in to_torch(layer).values()} == {"float32"}


def test_the_names_of_two_layers_in_both_directions():
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    places = ("l0", "l0_reverse", "l1", "l1_reverse")
    arrays = to_torch(new_layer("LSTM", 2, True))
    assert list(arrays) == [f"{name}_{place}" for place in places for name in names]
    assert arrays["weight_ih_l1_reverse"].shape == (4 * UNITS, 2 * UNITS)


def broken(key, value):
    arrays = to_torch(new_layer("GRU"))
    arrays.pop(key, None)
    return arrays if value is None else {**arrays, key: value}


@pytest.mark.parametrize(
    "key, value, message",
    [
        ("bias_hh_l0", None, "Missing: bias_hh_l0; unknown: none"),
        ("weight_hr_l0", np.zeros((2, 5)), "Missing: none; unknown: weight_hr_l0"),
        ("weight_hh_l0", np.zeros((20, 5)), r"weight_hh_l0 must have the shape \(15, 5\), received \(20, 5\)"),
        ("bias_hh_l0", np.zeros((15, 1)), r"bias_hh_l0 must have the shape \(15,\), received \(15, 1\)"),
        ("bias_hh_l0", ["a"] * 15, "bias_hh_l0 must hold numbers"),
    ],
)
def test_a_wrong_state_dict_is_refused_and_changes_nothing(key, value, message):
    layer = new_layer("GRU")
    randomise(layer, seed=2)
    before = layer.get_weights()
    with pytest.raises(ZooError, match=message):
        from_torch(broken(key, value), layer)
    for weight, same in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


def of_two(first, second, **options):
    return StackedRNN([first, second], **options)


INEXPRESSIBLE = {
    r"reset_after=True; keras GRUCell of l0 has False": lambda: keras.layers.GRU(UNITS, reset_after=False),
    r"recurrent_activation=sigmoid; .* of l0 has hard_sigmoid": lambda: keras.layers.LSTM(
        UNITS, recurrent_activation="hard_sigmoid"
    ),
    r"activation=tanh or relu; .* of l0 has linear": lambda: keras.layers.SimpleRNN(UNITS, activation=None),
    r"go_backwards=True": lambda: keras.layers.LSTM(UNITS, go_backwards=True),
    r"l0 has go_backwards=True": lambda: keras.layers.Bidirectional(
        keras.layers.LSTM(UNITS, go_backwards=True), backward_layer=keras.layers.LSTM(UNITS)
    ),
    r"merge_mode='sum'": lambda: keras.layers.Bidirectional(keras.layers.LSTM(UNITS), merge_mode="sum"),
    r"zoneout=\[0.1\]": lambda: Recurrent(cells.SimpleRNNCell(UNITS), zoneout=0.1),
    r"no layer of DeepTransitionRNNCell \(l0\). Known: .*LSTMCell": lambda: Recurrent(
        cells.DeepTransitionRNNCell(UNITS)
    ),
    r"projects to fewer units; l0 has projection_units=5 of 5 units": lambda: Recurrent(
        cells.ProjectedLSTMCell(UNITS, projection_units=UNITS)
    ),
    r"received <Dense": lambda: keras.layers.Dense(UNITS),
    r"no skip connections": lambda: stacked_rnn("lstm", (UNITS, UNITS), skip_connections="residual"),
    r"same cell in all layers": lambda: stacked_rnn("lstm", (UNITS, UNITS + 1)),
    r"same cell in all layers and": lambda: keras.layers.Bidirectional(
        keras.layers.SimpleRNN(UNITS),
        backward_layer=keras.layers.SimpleRNN(UNITS, go_backwards=True, activation="relu"),
    ),
    r"all layers or in none": lambda: of_two(
        keras.layers.Bidirectional(keras.layers.LSTM(UNITS, **RETURNS)), keras.layers.LSTM(UNITS, **RETURNS)
    ),
}


@pytest.mark.parametrize("message", INEXPRESSIBLE)
def test_what_torch_cannot_express_is_refused(message):
    layer = INEXPRESSIBLE[message]()
    layer.build((BATCH, STEPS, FEATURES))
    with pytest.raises(ZooError, match=message):
        to_torch(layer)


def test_a_layer_without_weights_is_refused():
    with pytest.raises(ZooError, match="has no weights yet"):
        to_torch(keras.layers.LSTM(UNITS))
