"""The scan against a loop: any length, known or not, with its gradients."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.cells import linear_scan as module
from keras_rnn_zoo.cells.linear_scan import linear_scan

LENGTHS = (1, 2, 3, 7, 64, 100)
UNITS = 4


def draw(timesteps, batch=3):
    rng = np.random.default_rng(timesteps)
    a = rng.uniform(size=(timesteps, batch, UNITS))
    return [x.astype("float32") for x in (a, rng.normal(size=a.shape), rng.normal(size=a.shape[1:]))]


def loop(a, b, h):
    states = []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        states.append(h)
    return np.stack(states)


def loop_gradients(a, b, initial):
    """Of `sum(h ** 2)`."""
    h = loop(a, b, initial)
    previous, g = np.concatenate([initial[None], h[:-1]]), np.zeros_like(initial)
    of_a, of_b = np.zeros_like(a), np.zeros_like(b)
    for t in reversed(range(len(a))):
        of_b[t] = g + 2 * h[t]
        of_a[t], g = of_b[t] * previous[t], a[t] * of_b[t]
    return of_a, of_b, g


def states_and_gradients(*arrays, dynamic=False):
    if keras.backend.backend() == "jax":
        import jax

        def loss(*tensors):
            h = linear_scan(*tensors)
            return ops.sum(h * h), h

        gradients, h = jax.jit(jax.grad(loss, argnums=(0, 1, 2), has_aux=True))(*arrays)
        return h, gradients
    import tensorflow as tf

    def run(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            h = linear_scan(*tensors)
            loss = tf.reduce_sum(h * h)
        return h, tape.gradient(loss, tensors)

    unknown = [(None, None, UNITS), (None, None, UNITS), (None, UNITS)]
    signature = [tf.TensorSpec(shape) for shape in unknown] if dynamic else None
    return tf.function(run, input_signature=signature)(*map(tf.constant, arrays))


def check(arrays, **options):
    h, gradients = states_and_gradients(*arrays, **options)
    np.testing.assert_allclose(h, loop(*arrays), atol=1e-5)
    for one, other in zip(gradients, loop_gradients(*arrays), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-4, rtol=1e-5)


@pytest.fixture(params=["one after another", "side by side"])
def way(request, monkeypatch):
    """Both of TensorFlow's ways, whatever the device."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("TensorFlow's own")
    chosen = module._side_by_side if request.param == "side by side" else module._one_after_another
    monkeypatch.setattr(module, "_side_by_side", chosen)
    monkeypatch.setattr(module, "_one_after_another", chosen)


@pytest.mark.parametrize("timesteps", LENGTHS)
def test_against_a_loop(timesteps):
    check(draw(timesteps))


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("timesteps", LENGTHS)
def test_both_ways_at_known_and_unknown_length(timesteps, dynamic, way):
    check(draw(timesteps), dynamic=dynamic)


def test_decays_that_reach_zero_and_one():
    a, b, initial = draw(20)
    a[3:9], a[12:15] = 0.0, 1.0
    check((a, b, initial))


def test_compiled_by_xla(way):
    import tensorflow as tf

    arrays = draw(30)
    h = tf.function(linear_scan, jit_compile=True)(*map(tf.constant, arrays))
    np.testing.assert_allclose(h, loop(*arrays), atol=1e-5)
