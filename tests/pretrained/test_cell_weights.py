"""Two kinds of cell with converted weights: the same outputs."""

from functools import partial

import keras
import numpy as np
import pytest

from keras_rnn_zoo import cells
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import Recurrent, StackedRNN
from keras_rnn_zoo.pretrained import convert_weights

BATCH, STEPS, FEATURES, UNITS = 3, 7, 4, 5
RETURNS = {"return_sequences": True, "return_state": True, "zero_output_for_mask": True}


def of(cell):
    """A function that makes a `Recurrent` layer of this kind of cell."""
    return lambda **options: Recurrent(cell(UNITS, **options), **RETURNS)


def simple_rnn(**options):
    return keras.layers.SimpleRNN(UNITS, **options, **RETURNS)


def lstm(**options):
    return keras.layers.LSTM(UNITS, **options, **RETURNS)


def gru(**options):
    return keras.layers.GRU(UNITS, **{"reset_after": False, **options}, **RETURNS)


SHALLOW = of(partial(cells.DeepTransitionRNNCell, transition_units=[]))
VARIANT = {variant: of(partial(cells.LSTMVariantCell, variant=variant)) for variant in ("NP", "V", "CIFG")}
SQUARE = of(partial(cells.ProjectedLSTMCell, projection_units=UNITS))
OLAH = of(lambda units, use_bias=True: cells.OlahGRUCell(units, use_bias=use_bias))
ONE_GRU = of(partial(cells.DeepTransitionGRUCell, transition_depth=1))
ONE_LAYER = of(partial(cells.DepthGatedLSTMCell, layers=1))
PAIRS = {
    "SimpleRNN -> SimpleRNNCell": (simple_rnn, of(cells.SimpleRNNCell)),
    "SimpleRNNCell -> SimpleRNN": (of(cells.SimpleRNNCell), simple_rnn),
    "SimpleRNN -> DeepTransitionRNNCell": (simple_rnn, SHALLOW),
    "DeepTransitionRNNCell -> SimpleRNN": (SHALLOW, simple_rnn),
    "SimpleRNNCell -> DeepTransitionRNNCell": (of(cells.SimpleRNNCell), SHALLOW),
    "DeepTransitionRNNCell -> SimpleRNNCell": (SHALLOW, of(cells.SimpleRNNCell)),
    "LSTM -> PeepholeLSTMCell": (lstm, of(cells.PeepholeLSTMCell)),
    "LSTM -> LSTMVariantCell NP": (lstm, VARIANT["NP"]),
    "LSTMVariantCell NP -> LSTM": (VARIANT["NP"], lstm),
    "PeepholeLSTMCell -> LSTMVariantCell V": (of(cells.PeepholeLSTMCell), VARIANT["V"]),
    "LSTMVariantCell V -> PeepholeLSTMCell": (VARIANT["V"], of(cells.PeepholeLSTMCell)),
    "LSTM -> ProjectedLSTMCell": (lstm, SQUARE),
    "LSTM -> DepthGatedLSTMCell": (lstm, ONE_LAYER),
    "DepthGatedLSTMCell -> LSTM": (ONE_LAYER, lstm),
    "CoupledLSTMCell -> LSTM": (of(cells.CoupledLSTMCell), lstm),
    "CIFG -> CIFG": (VARIANT["CIFG"], VARIANT["CIFG"]),
    "SimpleRNN -> LeakyRNNCell": (simple_rnn, of(partial(cells.LeakyRNNCell, leak=0))),
    "LeakyRNNCell -> SimpleRNN": (of(partial(cells.LeakyRNNCell, leak=0)), simple_rnn),
    "SimpleRNN -> IRNNCell": (partial(simple_rnn, activation="relu"), of(cells.IRNNCell)),
    "IRNNCell -> SimpleRNNCell": (of(cells.IRNNCell), of(partial(cells.SimpleRNNCell, activation="relu"))),
    "LSTM -> DeepTransitionLSTMCell": (lstm, of(partial(cells.DeepTransitionLSTMCell, transition_depth=1))),
    "DeepTransitionLSTMCell -> LSTM": (of(partial(cells.DeepTransitionLSTMCell, transition_depth=1)), lstm),
    "GRU -> ChoGRUCell": (gru, of(cells.ChoGRUCell)),
    "ChoGRUCell -> GRU": (of(cells.ChoGRUCell), gru),
    "GRU -> OlahGRUCell": (gru, OLAH),
    "OlahGRUCell -> GRU": (OLAH, gru),
    "ChoGRUCell -> OlahGRUCell": (of(cells.ChoGRUCell), OLAH),
    "OlahGRUCell -> ChoGRUCell": (OLAH, of(cells.ChoGRUCell)),
    "GRU -> DeepTransitionGRUCell": (partial(gru, reset_after=True), ONE_GRU),
    "DeepTransitionGRUCell -> GRU": (ONE_GRU, partial(gru, reset_after=True)),
    "LSTM -> keras LSTMCell": (lstm, of(keras.layers.LSTMCell)),
    "GRU -> keras GRUCell": (gru, lambda **options: of(keras.layers.GRUCell)(reset_after=False, **options)),
}


def both_ways(make, **options):
    return keras.layers.Bidirectional(make(**options))


def two_layers(make, **options):
    return StackedRNN([make(**options), make(**options)], return_state=True)


def built(layer, seed=0, features=FEATURES):
    layer.build((BATCH, STEPS, features))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.get_weights()])
    return layer


def outputs_of(layer):
    x = np.random.default_rng(1).normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    mask = np.arange(STEPS)[None] < np.array([[STEPS], [4], [1]])
    answers = layer(keras.ops.convert_to_tensor(x), mask=keras.ops.convert_to_tensor(mask))
    return [keras.ops.convert_to_numpy(answer) for answer in answers]


def check_same_answers(source, target):
    convert_weights(source, target)
    for ours, theirs in zip(outputs_of(source), outputs_of(target), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("pair", PAIRS)
def test_outputs_and_final_states_are_the_same(pair):
    check_same_answers(*(built(make(), seed) for seed, make in enumerate(PAIRS[pair])))


@pytest.mark.parametrize("arrangement", [both_ways, two_layers])
@pytest.mark.parametrize("pair", ["SimpleRNN -> SimpleRNNCell", "LSTM -> PeepholeLSTMCell", "OlahGRUCell -> GRU"])
def test_directions_and_layers(pair, arrangement):
    check_same_answers(*(built(arrangement(make), seed) for seed, make in enumerate(PAIRS[pair])))


@pytest.mark.parametrize("pair", PAIRS)
def test_cells_without_bias(pair):
    source, target = (built(make(use_bias=False), seed) for seed, make in enumerate(PAIRS[pair]))
    check_same_answers(source, target)


BACK_AGAIN = {
    "PeepholeLSTMCell": of(cells.PeepholeLSTMCell),
    "ProjectedLSTMCell": SQUARE,
}


@pytest.mark.parametrize("through", BACK_AGAIN)
def test_there_and_back_changes_nothing(through):
    source, middle, end = built(lstm(), 0), built(BACK_AGAIN[through](), 1), built(lstm(), 2)
    convert_weights(source, middle)
    convert_weights(middle, end)
    for weight, same in zip(source.get_weights(), end.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


REFUSED = {
    "No conversion keras LSTMCell -> keras GRUCell. Known: .*SimpleRNNCell -> ": lambda: (lstm(), gru()),
    "units of l0 must agree: source has 5, target 6": lambda: (simple_rnn(), Recurrent(cells.SimpleRNNCell(6))),
    "activation of l0 must agree: source has 'relu', target 'tanh'": lambda: (
        simple_rnn(activation="relu"),
        of(cells.SimpleRNNCell)(),
    ),
    "use_bias of l0 must agree": lambda: (simple_rnn(use_bias=False), of(cells.SimpleRNNCell)()),
    "reset_after of l0 must agree": lambda: (gru(use_bias=False), gru(use_bias=False, reset_after=True)),
    r"needs transition_units=\[\]; DeepTransitionRNNCell of l0 has \[5\]": lambda: (
        simple_rnn(),
        of(cells.DeepTransitionRNNCell)(),
    ),
    "without peepholes needs peephole_i=0 of the source, received values up to": lambda: (
        of(cells.PeepholeLSTMCell)(),
        lstm(),
    ),
    "without projection needs the identity": lambda: (SQUARE(), lstm()),
    r"have the shapes .*'projection_kernel': \(5, 2\)": lambda: (lstm(), of(cells.ProjectedLSTMCell)()),
    "LSTMVariantCell needs variant='NP'; LSTMVariantCell of l0 has 'V'": lambda: (lstm(), VARIANT["V"]()),
    "needs recurrent_activation=sigmoid or hard_sigmoid; .* of l0 has tanh": lambda: (
        of(cells.CoupledLSTMCell)(recurrent_activation="tanh"),
        lstm(recurrent_activation="tanh"),
    ),
    "needs reset_after=False; keras GRUCell of l0 has True": lambda: (gru(reset_after=True), of(cells.ChoGRUCell)()),
    "use_bias of l0 must agree: source has True, target False": lambda: (gru(), of(cells.OlahGRUCell)()),
    "variant of l0 must agree": lambda: (VARIANT["NP"](), VARIANT["V"]()),
    "Layers and directions must agree: source has l0, l0_reverse, target l0": lambda: (both_ways(lstm), lstm()),
    "source has l0, target l0, l1": lambda: (lstm(), two_layers(lstm)),
    "go_backwards of l0 must agree": lambda: (lstm(), lstm(go_backwards=True)),
    "merge_mode must agree": lambda: (both_ways(lstm), keras.layers.Bidirectional(lstm(), merge_mode="sum")),
    "skip_connections must agree": lambda: (
        two_layers(lstm),
        StackedRNN([lstm(), lstm()], skip_connections="residual"),
    ),
    "zoneout of l0 must agree": lambda: (simple_rnn(), Recurrent(cells.SimpleRNNCell(UNITS), zoneout=0.1, **RETURNS)),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_does_not_fit_is_refused_and_changes_nothing(message):
    source, target = (built(layer, seed) for seed, layer in enumerate(REFUSED[message]()))
    before = target.get_weights()
    with pytest.raises(ZooError, match=message):
        convert_weights(source, target)
    for weight, same in zip(before, target.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


def test_other_features_are_refused():
    source, target = built(lstm()), built(of(keras.layers.LSTMCell)(), features=FEATURES + 1)
    with pytest.raises(ZooError, match=r"weights of l0 have the shapes \{'kernel': \(5, 20\)"):
        convert_weights(source, target)


def test_a_layer_without_weights_is_refused():
    with pytest.raises(ZooError, match="has no weights yet"):
        convert_weights(built(lstm()), lstm())
