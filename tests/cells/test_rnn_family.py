"""What the cells without gates become at the ends of their options."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.cells import (
    ClockworkRNNCell,
    IRNNCell,
    LeakyRNNCell,
    OutputRecurrentRNNCell,
    SimpleRNNCell,
    TimeSkipRNNCell,
)
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.own_backward import can_run
from keras_rnn_zoo.layers.recurrent import Recurrent

UNITS, FEATURES = 6, 4


def sequences(timesteps=9, seed=0):
    return np.random.default_rng(seed).normal(size=(3, timesteps, FEATURES)).astype("float32")


def layer_of(cell, seed=1, **options):
    layer = Recurrent(cell, return_sequences=True, **options)
    layer.build((None, None, FEATURES))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.weights])
    return layer


def answer(layer, x=None, **options):
    return ops.convert_to_numpy(layer(sequences() if x is None else x, **options))


def same_as_simple(layer, weights):
    simple = layer_of(SimpleRNNCell(UNITS))
    simple.set_weights(weights)
    np.testing.assert_allclose(answer(layer), answer(simple), atol=1e-6)


def test_a_clockwork_of_one_period_is_simple():
    layer = layer_of(ClockworkRNNCell(UNITS, periods=[1]))
    same_as_simple(layer, layer.get_weights())


def test_slow_modules_rest_between_their_periods():
    h = answer(layer_of(ClockworkRNNCell(UNITS, periods=(1, 2, 3)), seed=2))
    for module, period in enumerate((1, 2, 3)):
        states = h[:, :, 2 * module : 2 * module + 2]
        for t in range(1, h.shape[1]):
            moved = np.abs(states[:, t] - states[:, t - 1]).max() > 0
            assert moved == (t % period == 0)


def test_slow_modules_do_not_hear_fast_ones():
    layer = layer_of(ClockworkRNNCell(UNITS, periods=(1, 2, 3)))
    before = answer(layer)
    kernel, *rest = layer.get_weights()
    kernel[:, :2] += 1.0
    layer.set_weights([kernel, *rest])
    after = answer(layer)
    assert np.abs(after[..., :2] - before[..., :2]).max() > 0.01
    np.testing.assert_array_equal(after[..., 2:], before[..., 2:])


def test_masked_steps_do_not_tick():
    layer = layer_of(ClockworkRNNCell(UNITS, periods=(1, 2, 3)))
    x, mask = sequences(), np.ones((3, 9), bool)
    mask[:, [0, 3, 4]] = False
    np.testing.assert_allclose(answer(layer, x, mask=mask)[:, mask[0]], answer(layer, x[:, mask[0]]), atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_the_clock_counts_exactly_for_ever(policy):
    cell = ClockworkRNNCell(2, periods=(1, 256), dtype=policy)
    layer = Recurrent(cell, return_state=True, dtype=policy)
    *_, clock = layer(np.zeros((1, 300, 1), "float32"))
    assert float(ops.cast(clock, "float32")[0, 0]) == 300 - 256


@pytest.mark.parametrize(
    "units, periods, message",
    [
        (6, (1, 2, 4, 8), "units must be a multiple of the 4 periods"),
        (6, (2, 1), "ascend"),
        (6, (1, 1), "ascend"),
        (6, (0, 1), "positive integer"),
        (6, (), "list of positive integers"),
        (6, 2, "list of positive integers"),
        (6, (16, 17), "at most 256"),
    ],
)
def test_bad_periods(units, periods, message):
    with pytest.raises(ZooError, match=message):
        ClockworkRNNCell(units, periods)


def test_no_leak_is_simple():
    layer = layer_of(LeakyRNNCell(UNITS, leak=0))
    same_as_simple(layer, layer.get_weights())


def test_a_learned_leak_starts_at_a_half_and_learns():
    cell = LeakyRNNCell(UNITS, leak="learned")
    learned, fixed = layer_of(cell), layer_of(LeakyRNNCell(UNITS, leak=0.5))
    learned.set_weights([*fixed.get_weights(), np.zeros(UNITS)])
    np.testing.assert_allclose(answer(learned), answer(fixed), atol=1e-6)
    learned.set_weights([*fixed.get_weights(), np.full(UNITS, -40.0)])
    same_as_simple(learned, fixed.get_weights())
    assert cell.leak_logit.trainable


@pytest.mark.parametrize("leak", [1, 1.5, -0.1, "half", True])
def test_bad_leak(leak):
    with pytest.raises(ZooError, match="leak must be"):
        LeakyRNNCell(UNITS, leak=leak)


def test_no_weights_on_the_delay_is_simple():
    layer = layer_of(TimeSkipRNNCell(UNITS))
    kernel, recurrent_kernel, bias, skip_kernel = layer.get_weights()
    layer.set_weights([kernel, recurrent_kernel, bias, np.zeros_like(skip_kernel)])
    same_as_simple(layer, [kernel, recurrent_kernel, bias])


def test_the_delay_alone_runs_as_many_networks():
    """Without W, the steps t, t + d, t + 2d form a simple network of their own."""
    layer = layer_of(TimeSkipRNNCell(UNITS, delay=3))
    kernel, recurrent_kernel, bias, skip_kernel = layer.get_weights()
    layer.set_weights([kernel, np.zeros_like(recurrent_kernel), bias, skip_kernel])
    simple = layer_of(SimpleRNNCell(UNITS))
    simple.set_weights([kernel, skip_kernel, bias])
    for start in range(3):
        np.testing.assert_allclose(answer(layer)[:, start::3], answer(simple, sequences()[:, start::3]), atol=1e-6)


@pytest.mark.parametrize("delay", [1, 0, 2.5])
def test_bad_delay(delay):
    with pytest.raises(ZooError, match="delay must be"):
        TimeSkipRNNCell(UNITS, delay=delay)


def test_output_recurrence_through_the_identity_is_simple():
    layer = layer_of(OutputRecurrentRNNCell(UNITS))
    weights = dict(zip([w.name for w in layer.weights], layer.get_weights(), strict=True))
    weights["output_kernel"], weights["output_bias"] = np.eye(UNITS), np.zeros(UNITS)
    layer.set_weights([weights[w.name] for w in layer.weights])
    same_as_simple(layer, [weights["kernel"], weights["recurrent_kernel"], weights["bias"]])


def test_output_recurrence_remembers_its_output_alone():
    layer = layer_of(OutputRecurrentRNNCell(UNITS, output_units=2), return_state=True)
    outputs, last = layer(sequences())
    np.testing.assert_array_equal(outputs[:, -1], last)
    assert tuple(last.shape) == (3, 2)


def test_irnn_is_simple_with_other_starts():
    cell = IRNNCell(UNITS)
    layer = Recurrent(cell, return_sequences=True)
    layer.build((None, None, FEATURES))
    kernel, recurrent_kernel, bias = layer.get_weights()
    np.testing.assert_array_equal(recurrent_kernel, np.eye(UNITS))
    assert 0 < np.abs(kernel).max() < 0.005 and not bias.any()
    stock = keras.layers.SimpleRNN(UNITS, activation="relu", return_sequences=True)
    stock.build((None, None, FEATURES))
    layer.set_weights([w + 0.3 for w in layer.get_weights()])
    stock.set_weights(layer.get_weights())
    np.testing.assert_allclose(answer(layer), answer(stock), rtol=1e-5)
    assert can_run(cell)
