"""LSTMs that become one another, and what sets them apart."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.cells import (
    CoupledLSTMCell,
    DepthGatedLSTMCell,
    LayerNormLSTMCell,
    LSTM1997Cell,
    LSTMVariantCell,
    PeepholeLSTMCell,
    ProjectedLSTMCell,
)
from keras_rnn_zoo.cells.lstm_variant import VARIANTS
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.recurrent import Recurrent

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 12, 4, 5
X = np.random.default_rng(0).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")


def random_like(weights, seed=1):
    rng = np.random.default_rng(seed)
    return [rng.normal(scale=0.4, size=weight.shape).astype("float32") for weight in weights]


def run(cell, weights=None):
    """The cell's outputs; `weights` by name, those not named stay as they start."""
    layer = Recurrent(cell, return_sequences=True)
    layer.build((None, None, FEATURES))
    for weight in cell.weights:
        if weight.name in (weights or {}):
            weight.assign(weights[weight.name])
    return ops.convert_to_numpy(layer(X))


@pytest.fixture
def lstm():
    """The outputs of a Keras LSTM, and its weights by name."""
    layer = keras.layers.LSTM(UNITS, return_sequences=True)
    layer.build((None, None, FEATURES))
    layer.set_weights(random_like(layer.weights))
    return ops.convert_to_numpy(layer(X)), {weight.name: ops.convert_to_numpy(weight) for weight in layer.weights}


@pytest.mark.parametrize(
    "cell",
    [
        lambda: PeepholeLSTMCell(UNITS),
        lambda: LSTMVariantCell(UNITS),
        lambda: LSTMVariantCell(UNITS, variant="NP"),
        lambda: DepthGatedLSTMCell(UNITS, layers=1),
    ],
)
def test_keras_lstm(cell, lstm):
    expected, weights = lstm
    np.testing.assert_allclose(run(cell(), weights), expected, atol=1e-6)


def test_identity_projection_is_an_lstm(lstm):
    expected, weights = lstm
    cell = ProjectedLSTMCell(UNITS, projection_units=UNITS)
    outputs = run(cell, {**weights, "projection_kernel": np.eye(UNITS, dtype="float32")})
    np.testing.assert_allclose(outputs, expected, atol=1e-6)


def test_closed_depth_gate_is_a_stack_of_lstms():
    cell = DepthGatedLSTMCell(UNITS, layers=2)
    Recurrent(cell).build((None, None, FEATURES))
    weights = dict(zip([w.name for w in cell.weights], random_like(cell.weights), strict=True))
    weights["bias_2"][4 * UNITS :] = -1e4
    below, above = (keras.layers.LSTM(UNITS, return_sequences=True) for _ in range(2))
    below.build((None, None, FEATURES))
    above.build((None, None, UNITS))
    below.set_weights([weights["kernel"], weights["recurrent_kernel"], weights["bias"]])
    upper = [weights["kernel_2"], weights["recurrent_kernel_2"], weights["bias_2"]]
    above.set_weights([weight[..., : 4 * UNITS] for weight in upper])
    np.testing.assert_allclose(run(cell, weights), ops.convert_to_numpy(above(below(X))), atol=1e-6)


def test_cifg_without_peepholes_is_a_coupled_lstm():
    """CIFG's gate is i, Olah's is f = 1 - i: its column has the other sign."""
    cifg = LSTMVariantCell(UNITS, variant="CIFG")
    Recurrent(cifg).build((None, None, FEATURES))
    weights = dict(zip(["kernel", "recurrent_kernel", "bias"], random_like(cifg.weights[:3]), strict=True))
    turned = {name: np.concatenate([-w[..., :UNITS], w[..., UNITS:]], axis=-1) for name, w in weights.items()}
    again = LSTMVariantCell(UNITS, variant="CIFG")
    np.testing.assert_allclose(run(again, weights), run(CoupledLSTMCell(UNITS), turned), atol=1e-6)


def test_variant_v_is_the_peephole_lstm():
    peephole = PeepholeLSTMCell(UNITS)
    Recurrent(peephole).build((None, None, FEATURES))
    weights = dict(zip([w.name for w in peephole.weights], random_like(peephole.weights), strict=True))
    np.testing.assert_array_equal(run(PeepholeLSTMCell(UNITS), weights), run(LSTMVariantCell(UNITS), weights))


def test_fgr_without_gate_recurrence_is_vanilla():
    fgr = LSTMVariantCell(UNITS, variant="FGR")
    Recurrent(fgr).build((None, None, FEATURES))
    weights = dict(zip([w.name for w in fgr.weights], random_like(fgr.weights), strict=True))
    weights["gate_recurrent_kernel"] *= 0
    again = LSTMVariantCell(UNITS, variant="FGR")
    np.testing.assert_allclose(run(again, weights), run(LSTMVariantCell(UNITS), weights), atol=1e-6)


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "V"])
def test_every_variant_differs_from_vanilla(variant):
    """With the weights of V, less the columns that the variant lacks."""
    vanilla = LSTMVariantCell(UNITS)
    Recurrent(vanilla).build((None, None, FEATURES))
    weights = dict(zip([w.name for w in vanilla.weights], random_like(vanilla.weights), strict=True))
    cell = LSTMVariantCell(UNITS, variant=variant)
    columns = ["ifco".index(letter) for letter in cell.switches.columns]
    kept = {name: cut(w, columns) if w.shape[-1] == 4 * UNITS else w for name, w in weights.items()}
    if variant == "FGR":
        kept["gate_recurrent_kernel"] = random_like([np.zeros((3 * UNITS, 3 * UNITS))], seed=2)[0]
    assert np.abs(run(cell, kept) - run(LSTMVariantCell(UNITS), weights)).max() > 1e-2


def cut(weight, columns):
    blocks = np.split(weight, 4, axis=-1)
    return np.concatenate([blocks[column] for column in columns], axis=-1)


@pytest.mark.parametrize(
    "variant, parameters",
    [
        ("V", 215),
        ("NIG", 160),
        ("NFG", 160),
        ("NOG", 160),
        ("NIAF", 215),
        ("NOAF", 215),
        ("NP", 200),
        ("CIFG", 160),
        ("FGR", 440),
    ],
)
def test_parameters_of_the_variants(variant, parameters):
    cell = LSTMVariantCell(UNITS, variant=variant)
    run(cell)
    assert cell.count_params() == parameters


def test_projection_against_pytorch():
    torch = pytest.importorskip("torch")
    oracle = torch.nn.LSTM(FEATURES, UNITS, batch_first=True, proj_size=2)
    w_ih, w_hh, b_ih, b_hh, w_hr = (p.detach().numpy() for p in oracle.parameters())
    weights = {"kernel": w_ih.T, "recurrent_kernel": w_hh.T, "bias": b_ih + b_hh, "projection_kernel": w_hr.T}
    expected = oracle(torch.tensor(X))[0].detach().numpy()
    np.testing.assert_allclose(run(ProjectedLSTMCell(UNITS, projection_units=2), weights), expected, atol=1e-6)


def test_half_the_units_are_projected_by_default():
    assert [ProjectedLSTMCell(units).projection_units for units in (1, 2, 7)] == [1, 1, 3]


def test_normalisation_cancels_the_scale_of_its_weights():
    cell = LayerNormLSTMCell(UNITS, epsilon=1e-12)
    Recurrent(cell).build((None, None, FEATURES))
    weights = dict(zip([w.name for w in cell.weights], random_like(cell.weights), strict=True))
    scaled = {**weights, "kernel": 7 * weights["kernel"], "recurrent_kernel": 3 * weights["recurrent_kernel"]}
    once, again = (LayerNormLSTMCell(UNITS, epsilon=1e-12) for _ in range(2))
    np.testing.assert_allclose(run(once, weights), run(again, scaled), atol=1e-4)


def test_the_memory_of_1997_never_forgets():
    """With the input gate shut, the state stays as it was for ever."""
    cell = LSTM1997Cell(UNITS, input_gate_bias=-1e4)
    layer = Recurrent(cell, return_state=True)
    start = [np.zeros((BATCH, UNITS), "float32"), np.full((BATCH, UNITS), 3.0, "float32")]
    _, _, s = layer(X, initial_state=start)
    np.testing.assert_array_equal(ops.convert_to_numpy(s), start[1])


def test_biases_start_where_asked():
    def bias(cell):
        cell.build((None, FEATURES))
        return ops.convert_to_numpy(cell.bias).reshape(-1, 2)[:, 0].tolist()

    assert bias(LSTM1997Cell(2, input_gate_bias=-2, output_gate_bias=-0.5)) == [-2, 0, -0.5]
    assert bias(PeepholeLSTMCell(2)) == [0, 1, 0, 0]
    assert bias(PeepholeLSTMCell(2, unit_forget_bias=False)) == [0, 0, 0, 0]
    assert bias(CoupledLSTMCell(2, bias_initializer=keras.initializers.Constant(0.5))) == [1, 0.5, 0.5]
    assert bias(LSTMVariantCell(2, variant="CIFG")) == [-1, 0, 0]
    assert bias(LSTMVariantCell(2, variant="NFG")) == [0, 0, 0]
    deep = DepthGatedLSTMCell(2, layers=3)
    assert bias(deep) == [0, 1, 0, 0]
    assert ops.convert_to_numpy(deep.bias_3)[::2].tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: LSTM1997Cell(3, activation="relu"), "no activation"),
        (lambda: LSTM1997Cell(3, input_gate_bias="low"), "input_gate_bias must be a finite number"),
        (lambda: LSTM1997Cell(3, output_gate_bias=-1.0, use_bias=False), "needs use_bias"),
        (lambda: LSTMVariantCell(3, variant="NOP"), "Unknown variant 'NOP'"),
        (lambda: LSTMVariantCell(3, variant=None), "Unknown variant None"),
        (lambda: LSTMVariantCell(3, variant="NFG", unit_forget_bias=True), "needs a forget gate"),
        (lambda: PeepholeLSTMCell(3, use_bias=False, unit_forget_bias=True), "use_bias=True"),
        (lambda: PeepholeLSTMCell(3, unit_forget_bias="yes"), "True, False or None"),
        (lambda: PeepholeLSTMCell(3, variant="V"), "no variant"),
        (lambda: CoupledLSTMCell(3, variant="V"), "no variant"),
        (lambda: LayerNormLSTMCell(3, epsilon=0), "epsilon must be a positive number"),
        (lambda: ProjectedLSTMCell(3, projection_units=0), "projection_units must be a positive integer"),
        (lambda: DepthGatedLSTMCell(3, layers=1.5), "layers must be a positive integer"),
    ],
)
def test_bad_values_are_refused(make, said):
    with pytest.raises(ZooError, match=said):
        make()


@pytest.mark.parametrize(
    "cell", [LSTM1997Cell, PeepholeLSTMCell, LayerNormLSTMCell, ProjectedLSTMCell, DepthGatedLSTMCell]
)
def test_without_biases(cell):
    plain = cell(UNITS, use_bias=False)
    assert np.abs(run(plain)).max() > 0
    assert not any("bias" in weight.name for weight in plain.weights)
