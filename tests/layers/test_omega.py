"""Omega's value and gradient against the paper's formula, with states and errors held constant."""

import itertools
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.cells import (
    ChoGRUCell,
    DeepTransitionRNNCell,
    LayerNormLSTMCell,
    PeepholeLSTMCell,
    SimpleRNNCell,
)
from keras_rnn_zoo.cells.keras_cells import with_linear_maps
from keras_rnn_zoo.cells.linear_map import linear_maps_by, product
from keras_rnn_zoo.layers import NormPreservingRNN
from keras_rnn_zoo.layers.omega import gradient_of_carried, omega
from keras_rnn_zoo.layers.step_backward import Step
from keras_rnn_zoo.layers.vjp import vjp

ON_TENSORFLOW = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="Keras on JAX has no float64")
BATCH, STEPS, FEATURES, UNITS = 3, 6, 4, 5
WEIGHT = 0.7

SLOPES = {"tanh": lambda z: 1 - z * z, "sigmoid": lambda z: z * (1 - z)}
FUNCTIONS = {"tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
CLOSED = {
    "tanh": lambda: SimpleRNNCell(UNITS, dtype="float64"),
    "sigmoid": lambda: SimpleRNNCell(UNITS, activation="sigmoid", dtype="float64"),
    "deep transition": lambda: DeepTransitionRNNCell(UNITS, 7, dtype="float64"),
    "shortcut": lambda: DeepTransitionRNNCell(UNITS, [7, 4], shortcut=True, dtype="float64"),
}
STATED = {
    "lstm": lambda: keras.layers.LSTMCell(UNITS, dtype="float64"),
    "gru": lambda: keras.layers.GRUCell(UNITS, dtype="float64"),
    "cho gru": lambda: ChoGRUCell(UNITS, dtype="float64"),
    "peephole lstm": lambda: PeepholeLSTMCell(UNITS, dtype="float64"),
    "layer norm lstm": lambda: LayerNormLSTMCell(UNITS, dtype="float64"),
}


class ForeignLSTMCell(keras.layers.LSTMCell):
    """A user's cell, of which nothing is known."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states, training)


class ForeignGRUCell(keras.layers.GRUCell):
    """A user's cell, of which nothing is known."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states, training)


ONE_STEP = {
    "foreign lstm": lambda: ForeignLSTMCell(UNITS, dtype="float64"),
    "foreign gru": lambda: ForeignGRUCell(UNITS, dtype="float64"),
}


class Case:
    """A layer, a batch with a padded row, and a loss on every output."""

    def __init__(self, cell):
        rng = np.random.default_rng(0)
        self.x = rng.normal(size=(BATCH, STEPS, FEATURES))
        self.wanted = rng.normal(size=(BATCH, STEPS, UNITS))
        self.mask = np.ones((BATCH, STEPS), bool)
        self.mask[1, 4:] = False
        self.layer = NormPreservingRNN(
            cell, omega_weight=WEIGHT, return_sequences=True, zero_output_for_mask=True, dtype="float64"
        )
        self.layer.build(self.x.shape)
        self.cell = cell

    def gradients(self, weight=WEIGHT, scale=1.0):
        import tensorflow as tf

        self.layer.omega_weight = weight
        with tf.GradientTape() as tape:
            outputs = self.layer(self.x, mask=self.mask, training=True)
            loss = scale * (ops.sum(outputs * self.wanted) + sum(self.layer.losses))
        return dict(zip(names(self.layer), map(np.array, tape.gradient(loss, self.layer.trainable_variables))))

    def of_omega(self, scale=1.0):
        """What Omega adds to each gradient."""
        plain, whole = self.gradients(0.0, scale), self.gradients(WEIGHT, scale)
        return {name: whole[name] - plain[name] for name in plain}

    def states_and_errors(self):
        """States before and after each real step, and the total derivatives after it, by a loop unrolled by hand."""
        import tensorflow as tf

        sizes = self.cell.state_size if isinstance(self.cell.state_size, (list, tuple)) else [self.cell.state_size]
        nudges = [[tf.zeros((BATCH, size), "float64") for size in sizes] for _ in range(STEPS)]
        states, before, loss = [tf.zeros((BATCH, size), "float64") for size in sizes], [], 0.0
        with tf.GradientTape() as tape:
            tape.watch(nudges)
            for t in range(STEPS):
                before.append([np.asarray(state) for state in states])
                real = self.mask[:, t, None]
                _, new = self.cell(self.x[:, t], states)
                states = [tf.where(real, n, s) + nudge for n, s, nudge in zip(new, states, nudges[t], strict=True)]
                loss += tf.reduce_sum(states[0] * self.wanted[:, t] * real)
        return before, [
            [np.asarray(error) for error in step] for step in tape.gradient(loss, nudges, unconnected_gradients="zero")
        ]

    def real_steps(self):
        return [(t, b) for t in range(STEPS) for b in range(BATCH) if self.mask[b, t]]


def names(layer):
    return [variable.path.split("/")[-1] for variable in layer.trainable_variables]


def mean_square_of_ratio(case, carried, errors):
    ratios = []
    for t, b in case.real_steps():
        of_error = sum((error[b] ** 2).sum() for error in errors[t])
        ratios.append((sum((v[b] ** 2).sum() for v in carried[t]) / of_error - 1) ** 2)
    return np.mean(ratios)


def closed_form(case, weights):
    """From all weights to Omega: eq. 10 of the paper with the activations of the unchanged network."""
    before, errors = case.states_and_errors()
    cell, activation = case.cell, case.cell.activation.__name__
    own = {name: np.asarray(value) for name, value in zip(names(case.layer), case.layer.trainable_variables)}
    ends = np.cumsum(cell.widths)

    def columns(matrix, number):
        wide = matrix.shape[1] > cell.widths[0]
        return matrix[:, ends[number] - cell.widths[number] : ends[number]] if wide or number == 0 else None

    def layers(t):
        h, z = before[t][0], []
        for number, width in enumerate(cell.widths):
            a = own["bias"][ends[number] - width : ends[number]]
            for source, name in ((case.x[:, t], "kernel"), (h, "recurrent_kernel")):
                part = columns(own[name], number)
                a = a + source @ part if part is not None else a
            a = a + z[-1] @ own[f"transition_kernel_{number + 1}"] if number else a
            z.append(FUNCTIONS[activation](a))
        return z

    carried = []
    for t in range(STEPS):
        z, error, v = layers(t), errors[t][0], 0.0
        for number in reversed(range(len(z))):
            delta = error * SLOPES[activation](z[number])
            part = columns(weights["recurrent_kernel"], number)
            v = v + delta @ part.T if part is not None else v
            error = delta @ weights[f"transition_kernel_{number + 1}"].T if number else None
        carried.append([v])
    return mean_square_of_ratio(case, carried, errors)


def carried_back(cell, inputs, before, errors):
    """`e_t dh_t/dh_{t-1}` by the vector-Jacobian product of one step."""
    step = Step(cell)
    return step.carried_back(step.weights(), inputs, list(before), list(errors))


def one_step_form(case, weights):
    """From all weights to Omega: states before each step, inputs and errors are those of the unchanged network."""
    before, errors = case.states_and_errors_of_own
    own = [np.asarray(value) for value in case.layer.trainable_variables]
    for name, variable in zip(names(case.layer), case.layer.trainable_variables):
        variable.assign(weights[name])
    carried = [carried_back(case.cell, case.x[:, t], before[t], errors[t]) for t in range(STEPS)]
    for value, variable in zip(own, case.layer.trainable_variables):
        variable.assign(value)
    return mean_square_of_ratio(case, [[np.asarray(v) for v in step] for step in carried], errors)


def with_constant_slopes(case, weights):
    """From all weights to Omega: what each linear map gives is that of the unchanged network, its slope is not."""
    before, errors = case.states_and_errors_of_own
    own = [np.asarray(value) for value in case.layer.trainable_variables]
    cell = with_linear_maps(case.cell)
    carried = []
    for t in range(STEPS):
        maps = []

        def note(x, kernel, bias, maps=maps):
            maps.append((x, bias, product(x, kernel, bias)))
            return maps[-1][-1]

        projected = cell.project(ops.convert_to_tensor(case.x[:, t]))

        def along(states, projected=projected, maps=maps):
            left = iter(maps)

            def line(x, kernel, bias):
                at, added, answer = next(left)
                return answer + product(x - at, kernel, None if bias is None else bias - added)

            with linear_maps_by(line):
                return cell.step(projected, list(states))[1]

        with linear_maps_by(note):
            cell.step(projected, [ops.convert_to_tensor(state) for state in before[t]])
        for name, variable in zip(names(case.layer), case.layer.trainable_variables):
            variable.assign(weights[name])
        carried.append(vjp(along, [[ops.convert_to_tensor(state) for state in before[t]]], list(errors[t]))[0])
        for value, variable in zip(own, case.layer.trainable_variables):
            variable.assign(value)
    return mean_square_of_ratio(case, [[np.asarray(v) for v in step] for step in carried], errors)


def check_finite_differences(case, form, of_omega):
    own = {name: np.asarray(value) for name, value in zip(names(case.layer), case.layer.trainable_variables)}
    rng, step = np.random.default_rng(1), 1e-5
    for name in [name for name in own if name.startswith(("recurrent_kernel", "transition_kernel"))]:
        for place in rng.permutation(list(itertools.product(*map(range, own[name].shape))))[:6]:
            nudge = np.zeros_like(own[name])
            nudge[tuple(place)] = step
            up, down = (form(case, {**own, name: own[name] + sign * nudge}) for sign in (1, -1))
            expected = WEIGHT * (up - down) / (2 * step)
            assert of_omega[name][tuple(place)] == pytest.approx(expected, rel=1e-6, abs=1e-8)
    for name in ("kernel", "bias"):
        np.testing.assert_allclose(of_omega[name], 0, atol=1e-13)


@ON_TENSORFLOW
@pytest.mark.parametrize("name", CLOSED)
def test_closed_form(name):
    case = Case(CLOSED[name]())
    check_finite_differences(case, closed_form, case.of_omega())


@ON_TENSORFLOW
@pytest.mark.parametrize("name", STATED)
def test_with_constant_slopes(name):
    case = Case(STATED[name]())
    case.states_and_errors_of_own = case.states_and_errors()
    check_finite_differences(case, with_constant_slopes, case.of_omega())


@ON_TENSORFLOW
@pytest.mark.parametrize("name", ONE_STEP)
def test_one_step_form(name):
    case = Case(ONE_STEP[name]())
    case.states_and_errors_of_own = case.states_and_errors()
    check_finite_differences(case, one_step_form, case.of_omega())


@ON_TENSORFLOW
@pytest.mark.parametrize("name", [*CLOSED, *STATED, *ONE_STEP])
def test_value(name):
    """`omega` of what `carried_back` gives is the formula's value; for cells with a closed form by both forms."""
    case = Case({**CLOSED, **STATED, **ONE_STEP}[name]())
    before, errors = case.states_and_errors()
    carried = [carried_back(case.cell, case.x[:, t], before[t], errors[t]) for t in range(STEPS)]
    stacked = [[np.stack(parts) for parts in zip(*values)] for values in (errors, carried)]
    value = float(omega(*stacked, real=case.mask.T[:, :, None]))
    assert value == pytest.approx(mean_square_of_ratio(case, [[np.asarray(v) for v in c] for c in carried], errors))
    if name in CLOSED:
        own = {name: np.asarray(v) for name, v in zip(names(case.layer), case.layer.trainable_variables)}
        assert value == pytest.approx(closed_form(case, own), rel=1e-9)


@ON_TENSORFLOW
@pytest.mark.parametrize("name", [*CLOSED, *STATED, *ONE_STEP])
def test_it_is_scaled_as_the_loss_is(name):
    case = Case({**CLOSED, **STATED, **ONE_STEP}[name]())
    once, scaled = case.of_omega(), case.of_omega(scale=1024.0)
    for key in once:
        np.testing.assert_allclose(scaled[key], 1024 * once[key], rtol=1e-8, atol=1e-9)


@ON_TENSORFLOW
@pytest.mark.parametrize("name", [*CLOSED, *STATED, *ONE_STEP])
def test_the_other_gradients_are_autodiffs(name):
    """The rest of the gradient is that of Keras's own loop."""
    case = Case({**CLOSED, **STATED, **ONE_STEP}[name]())
    received, added = case.gradients(), case.of_omega()
    stock = keras.layers.RNN(case.cell, return_sequences=True, zero_output_for_mask=True, dtype="float64")
    case.layer, stock.built = stock, True
    expected = case.gradients()
    for key in expected:
        atol = 1e-11 * max(1, np.abs(added[key]).max())  # what is subtracted may be large
        np.testing.assert_allclose(received[key] - added[key], expected[key], rtol=1e-9, atol=atol)


def test_last_step_loss_carries_the_error_before():
    """With a loss on the last output alone, `||v_t|| = ||e_{t-1}||`: the ratio is one of successive errors."""
    rng = np.random.default_rng(3)
    errors = [rng.normal(size=(4, 2, 3)).astype("float32")]
    carried = [np.concatenate([rng.normal(size=(1, 2, 3)).astype("float32"), errors[0][:-1]])]
    norms = (errors[0] ** 2).sum(-1)
    ratios = np.concatenate([(carried[0][:1] ** 2).sum(-1), norms[:-1]]) / norms
    assert float(omega(errors, carried)) == pytest.approx(np.mean((ratios - 1) ** 2), rel=1e-5)


def test_vanished_errors_do_not_count():
    errors = np.ones((3, 1, 2), "float32")
    errors[0] = 1e-12
    assert float(omega([errors], [2 * errors])) == 9.0
    assert float(omega([0 * errors], [errors])) == 0.0


def test_exploded_errors_do_not_count():
    """Where their squares are no finite numbers they would make every weight none."""
    rng = np.random.default_rng(3)
    errors, carried = (rng.normal(size=(4, 2, 3)).astype("float32") for _ in range(2))
    expected = float(omega([errors[1:]], [carried[1:]]))
    errors[0], carried[0] = 1e25, 1e24
    assert float(omega([errors], [carried])) == pytest.approx(expected)
    (received,) = gradient_of_carried([errors], [carried], None, 2.0)
    assert np.isfinite(np.asarray(received)).all() and not np.asarray(received)[0].any()


ANSWER_AND_SAVE = """
import sys
import keras, numpy as np
from keras_rnn_zoo.cells import DeepTransitionRNNCell, SimpleRNNCell
from keras_rnn_zoo.layers import NormPreservingRNN
cells = {"tanh": SimpleRNNCell(5), "sigmoid": SimpleRNNCell(5, activation="sigmoid"),
         "deep": DeepTransitionRNNCell(5, [7, 4], shortcut=True),
         "lstm": keras.layers.LSTMCell(5), "gru": keras.layers.GRUCell(5)}
answers = {}
for name, cell in cells.items():
    rng = np.random.default_rng(0)
    inputs = keras.Input((None, 4))
    x = keras.layers.Masking()(inputs)
    for turned in (False, True):
        layer = NormPreservingRNN(cell if not turned else cell.__class__.from_config(cell.get_config()),
                                  omega_weight=2.0, go_backwards=turned, return_sequences=True, zero_output_for_mask=True)
        x = layer(x)
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.GlobalAveragePooling1D()(x)))
    model.set_weights([rng.normal(scale=0.4, size=w.shape) for w in model.get_weights()])
    data, wanted = rng.normal(size=(8, 6, 4)).astype("float32"), rng.normal(size=(8, 2)).astype("float32")
    data[3, 4:] = 0
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0, global_clipnorm=1e9), "mse")
    model.fit(data, wanted, batch_size=8, verbose=0)
    for number, (old, new) in enumerate(zip(before, model.get_weights())):
        answers[f"{name}/{number}"] = new - old
np.savez(sys.argv[1], **answers)
"""


@ON_TENSORFLOW
def test_backends_agree(tmp_path):
    """One update under `fit`, two layers, one read backwards, a padded row."""
    pytest.importorskip("jax")
    for backend in ("tensorflow", "jax"):
        environment = {**os.environ, "KERAS_BACKEND": backend}
        subprocess.run([sys.executable, "-c", ANSWER_AND_SAVE, str(tmp_path / backend)], check=True, env=environment)
    one, other = (np.load(tmp_path / f"{backend}.npz") for backend in ("tensorflow", "jax"))
    assert set(one.files) == set(other.files)
    for name in one.files:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-4, atol=2e-5, err_msg=name)
