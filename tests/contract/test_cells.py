"""What every cell owes: its equation, its gradients, and that it may be run in any way."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import cells
from keras_rnn_zoo.cells import list_cells
from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.equations import EQUATIONS
from keras_rnn_zoo.layers.recurrent import Recurrent
from keras_rnn_zoo.layers.recurrent_layer import LOOP_OPTIONS, options_of
from tests.cells import numpy_math
from tests.cells.cell_cases import KERAS_OWN, SETTINGS, name_of, new_cell
from tests.gradients import loss_and_gradients

BATCH, TIMESTEPS, FEATURES = 3, 10, 4
MASK = np.ones((BATCH, TIMESTEPS), bool)
MASK[1, 7:] = False
MASK[2, [0, 4, 5, 9]] = False

DEFAULTS = list({name: (name, options) for name, options in reversed(SETTINGS)}.values())
every_cell = pytest.mark.parametrize("setting", DEFAULTS, ids=name_of)
# Elsewhere the other settings are among what `test_backends_agree` compares.
on_tensorflow = keras.backend.backend() == "tensorflow"
every_setting = pytest.mark.parametrize("setting", SETTINGS if on_tensorflow else DEFAULTS, ids=name_of)


def test_no_cell_is_missing():
    assert {name for name, _ in SETTINGS} | KERAS_OWN == set(list_cells())
    assert set(EQUATIONS) == {name for name, _ in SETTINGS}


def need(dtype):
    if dtype == "float64" and keras.backend.backend() != "tensorflow":
        pytest.skip("Keras computes in float32 here, whatever is asked for")


def inputs(dtype="float32", timesteps=TIMESTEPS, seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, timesteps, FEATURES)).astype(dtype)


def layer_of(setting, dtype="float32", cell_options=None, **options):
    """The cell in a layer, with weights large enough for its nonlinearities to matter."""
    layer = Recurrent(
        new_cell(setting, dtype=dtype, **(cell_options or {})), return_sequences=True, dtype=dtype, **options
    )
    layer.build((None, None, FEATURES))
    set_random_weights(layer)
    return layer


def set_random_weights(layer):
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(scale=0.4, size=w.shape).astype(w.dtype) for w in layer.weights])


def answer(layer, *arguments, **options):
    outputs = layer(*arguments, **options)
    return (
        [ops.convert_to_numpy(y) for y in outputs]
        if isinstance(outputs, (list, tuple))
        else ops.convert_to_numpy(outputs)
    )


def by_equation(name, cell, sequences, mask):
    """The recurrence in NumPy: masked steps keep the states and give zeros."""
    weights = {weight.name: ops.convert_to_numpy(weight) for weight in cell.weights}
    states = [np.zeros((len(sequences), size), sequences.dtype) for size in state_sizes(cell)]
    outputs = []
    for t in range(sequences.shape[1]):
        output, new = EQUATIONS[name](numpy_math, cell, weights, sequences[:, t], list(states))
        real = mask[:, t, None]
        states = [np.where(real, n, s) for n, s in zip(new, states, strict=True)]
        outputs.append(np.where(real, output, 0))
    return np.stack(outputs, axis=1), states


@every_setting
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equation(setting, dtype, tolerance):
    need(dtype)
    layer = layer_of(setting, dtype, zero_output_for_mask=True, return_state=True)
    outputs, *states = answer(layer, inputs(dtype), mask=MASK)
    expected, expected_states = by_equation(setting[0], layer.cell, inputs(dtype), MASK)
    assert outputs.dtype == dtype
    np.testing.assert_allclose(outputs, expected, atol=tolerance, rtol=0)
    for state, expected_state in zip(states, expected_states, strict=True):
        np.testing.assert_allclose(state, expected_state, atol=tolerance, rtol=0)


@every_setting
def test_gradients_against_finite_differences(setting):
    need("float64")
    layer = layer_of(setting, "float64", zero_output_for_mask=True, way="own_backward")
    model = masked_model(layer, "float64")
    target = np.random.default_rng(2).normal(size=(BATCH, TIMESTEPS, layer.compute_output_shape((1, 1, 1))[-1]))

    def loss(target, outputs):
        return ops.mean(ops.square(outputs - target))

    data = [inputs("float64"), MASK]
    _, gradients = loss_and_gradients(model, data, target, loss, training=True)
    weights = model.get_weights()
    rng = np.random.default_rng(3)
    for _ in range(2):
        direction = [rng.normal(size=weight.shape) for weight in weights]
        losses = []
        for step in (1e-6, -1e-6):
            model.set_weights([weight + step * d for weight, d in zip(weights, direction, strict=True)])
            losses.append(float(loss(target, model(data))))
        slope = sum(float((g * d).sum()) for g, d in zip(gradients, direction, strict=True))
        assert slope == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-6, abs=1e-9)
        assert slope != 0


def masked_model(layer, dtype="float32"):
    sequences = keras.Input((None, FEATURES), dtype=dtype)
    mask = keras.Input((None,), dtype="bool")
    return keras.Model([sequences, mask], layer(sequences, mask=mask))


@every_setting
def test_every_way_to_run_gives_the_same(setting):
    plain = layer_of(setting, zero_output_for_mask=True)
    expected = answer(plain, inputs(), mask=MASK)
    for options in ({"way": "own_backward"}, {"way": "loop"}, {"unroll": True}):
        np.testing.assert_allclose(
            answer(layer_of(setting, zero_output_for_mask=True, **options), inputs(), mask=MASK, training=True),
            expected,
            atol=1e-5,
        )
    stock = keras.layers.RNN(plain.cell, return_sequences=True, zero_output_for_mask=True)
    np.testing.assert_allclose(answer(stock, inputs(), mask=MASK), expected, atol=1e-5)
    np.testing.assert_allclose(answer(plain, inputs(), mask=MASK, training=True), expected, atol=1e-5)


@every_setting
def test_gradients_do_not_depend_on_the_way_to_run(setting):
    def gradients(**options):
        model = masked_model(layer_of(setting, zero_output_for_mask=True, **options))
        return loss_and_gradients(
            model, [inputs(), MASK], 0.3, lambda t, y: ops.mean(ops.square(y - t)), training=True
        )[1]

    for one, other in zip(gradients(way="own_backward"), gradients(way="loop"), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@every_cell
def test_masked_steps_repeat_the_last_output_where_keras_does(setting):
    layer = layer_of(setting)
    expected = answer(layer_of(setting, zero_output_for_mask=True), inputs(), mask=MASK)
    for row in range(BATCH):
        for t in range(1, TIMESTEPS):
            expected[row, t] = expected[row, t] if MASK[row, t] else expected[row, t - 1]
    np.testing.assert_allclose(answer(layer, inputs(), mask=MASK), expected, atol=1e-6)


@every_cell
def test_both_directions_and_backwards(setting):
    forward = layer_of(setting)
    backward = layer_of(setting, go_backwards=True)
    reversed_inputs = np.ascontiguousarray(inputs()[:, ::-1])
    np.testing.assert_allclose(answer(backward, inputs()), answer(forward, reversed_inputs), atol=1e-6)
    both = keras.layers.Bidirectional(layer_of(setting))
    both.build((None, None, FEATURES))
    set_random_weights(both)
    assert answer(both, inputs()).shape == (
        *answer(forward, inputs()).shape[:2],
        2 * answer(forward, inputs()).shape[2],
    )


@every_cell
def test_in_a_stack_of_keras_cells(setting):
    stack = keras.layers.RNN(keras.layers.StackedRNNCells([new_cell(setting), new_cell(setting)]), return_state=True)
    output, *states = stack(inputs())
    assert np.isfinite(ops.convert_to_numpy(output)).all() and len(states) == 2


@every_cell
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(setting, policy):
    exact = answer(layer_of(setting, zero_output_for_mask=True), inputs(), mask=MASK)
    layer = layer_of(setting, policy, zero_output_for_mask=True, way="own_backward")
    assert all(weight.dtype == "float32" for weight in layer.weights)
    half = layer(inputs(), mask=MASK)
    assert keras.backend.standardize_dtype(half.dtype) == layer.compute_dtype
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(half, "float32")), exact, atol=0.15 * max(1, np.abs(exact).max())
    )
    model = masked_model(layer)
    _, gradients = loss_and_gradients(
        model, [inputs(), MASK], 0.3, lambda t, y: ops.mean(ops.square(ops.cast(y, "float32") - t)), training=True
    )
    assert all(np.isfinite(np.asarray(gradient, "float32")).all() for gradient in gradients)


@every_cell
def test_dropout_survives_two_compiles_and_two_lengths(setting):
    cell = new_cell(setting)
    rates = {name: 0.5 for name in ("dropout", "recurrent_dropout") if name not in cell.refuses}
    layer = layer_of(setting, cell_options=rates)
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    for rate, lengths in ((1e-3, (5, 8)), (1e-2, (8,))):
        model.compile(keras.optimizers.SGD(rate), "mean_squared_error")
        for timesteps in lengths:
            x = inputs(timesteps=timesteps)
            model.fit(x, np.zeros(model(x).shape, "float32"), verbose=0)
    drawn = [answer(layer, inputs(), training=True) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-3
    np.testing.assert_array_equal(answer(layer, inputs()), answer(layer, inputs()))


@every_setting
def test_configuration_round_trip(setting):
    cell = new_cell(setting, name="one")
    again = type(cell).from_config(json.loads(json.dumps(cell.get_config())))
    assert again.get_config() == cell.get_config()
    assert {weight.shape for weight in built(again).weights} == {weight.shape for weight in built(cell).weights}


@every_cell
def test_the_listed_options_are_the_arguments(setting):
    listed = set(options_of(cells.get(setting[0]))) - set(LOOP_OPTIONS)
    assert listed == set(new_cell(setting).get_config()) - {"name", "trainable", "dtype", "units"}


def built(cell):
    cell.build((None, FEATURES))
    return cell


def test_keras_files_load_in_a_fresh_process(tmp_path):
    layers = [layer_of(setting) for setting in SETTINGS]
    sequences = keras.Input((None, FEATURES))
    model = keras.Model(sequences, [layer(sequences) for layer in layers])
    model.save(tmp_path / "model.keras")
    expected = model.predict(inputs(), verbose=0)
    np.savez(tmp_path / "expected.npz", *expected)
    code = (
        "import sys, numpy as np, keras_rnn_zoo as zoo\n"
        "model, file = zoo.load_model(sys.argv[1] + '/model.keras'), np.load(sys.argv[1] + '/expected.npz')\n"
        "x = np.random.default_rng(0).normal(size=(3, 10, 4)).astype('float32')\n"
        "for y, name in zip(model.predict(x, verbose=0), file.files, strict=True):\n"
        "    np.testing.assert_allclose(y, file[name], atol=1e-6)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


ANSWER_AND_SAVE = """
import sys
import numpy as np
from tests.cells.cell_cases import SETTINGS
from tests.contract.test_cells import MASK, inputs, layer_of, masked_model
from tests.gradients import loss_and_gradients
from keras import ops
found = {}
for number, setting in enumerate(SETTINGS):
    model = masked_model(layer_of(setting, zero_output_for_mask=True, way="own_backward"))
    found[f"{number}-outputs"] = ops.convert_to_numpy(model([inputs(), MASK]))
    _, gradients = loss_and_gradients(model, [inputs(), MASK], 0.3, lambda t, y: ops.mean(ops.square(y - t)), training=True)
    for place, gradient in enumerate(gradients):
        found[f"{number}-gradient-{place}"] = gradient
np.savez(sys.argv[1], **found)
"""


def test_backends_agree(tmp_path):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("compared once, in the run on TensorFlow")
    pytest.importorskip("jax")
    for backend in ("tensorflow", "jax"):
        environment = {**os.environ, "KERAS_BACKEND": backend}
        subprocess.run([sys.executable, "-c", ANSWER_AND_SAVE, str(tmp_path / backend)], check=True, env=environment)
    one, other = (np.load(tmp_path / f"{backend}.npz") for backend in ("tensorflow", "jax"))
    assert set(one.files) == set(other.files)
    for name in one.files:
        np.testing.assert_allclose(one[name], other[name], atol=1e-5, err_msg=name)
