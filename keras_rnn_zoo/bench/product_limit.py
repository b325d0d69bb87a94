"""How fast a training step could be: its multiplications alone, as large matrix products."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras
import numpy as np
from keras import ops


def limit_step(model: keras.Model, rows: int) -> Callable:
    """A function that forms all matrix products of a training step, compiled, and returns when it is done.

    Every kernel takes part in one product over all `rows` (batch times time steps) where a recurrence needs one a step:
    nothing that waits for the previous state can be faster.

    Args:
        model: a built model of one recurrent layer.
        rows: input vectors in a batch.
    """
    pairs = list(products(model, rows))
    rng = np.random.default_rng(0)
    arrays = {shape: rng.standard_normal(shape, dtype="float32") for pair in pairs for shape in pair}
    return _compiled(pairs, arrays)


def products(model: keras.Model, rows: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The shapes of both factors of every product: forward, and twice as many backward.

    The inputs are data, so no gradient is formed for them: `kernel` has one product backward.

    >>> layer = keras.layers.SimpleRNN(5)
    >>> model = keras.Sequential([keras.Input((None, 3)), layer])
    >>> list(products(model, 20))[:2]
    [((20, 3), (3, 5)), ((3, 20), (20, 5))]
    >>> list(products(model, 20))[2:]
    [((20, 5), (5, 5)), ((5, 20), (20, 5)), ((20, 5), (5, 5))]
    """
    for weight in model.trainable_weights:
        if len(weight.shape) != 2 or "kernel" not in weight.name:
            continue
        below, above = weight.shape
        yield (rows, below), (below, above)
        yield (below, rows), (rows, above)
        if weight.name != "kernel":
            yield (rows, above), (above, below)


def _compiled(pairs, arrays):
    def multiply(arrays):
        return [ops.matmul(arrays[left], arrays[right]) for left, right in pairs]

    if keras.backend.backend() == "jax":
        import jax

        on_device, run = jax.device_put(arrays), jax.jit(multiply)
        return lambda: jax.block_until_ready(run(on_device))
    import tensorflow as tf

    on_device, run = {shape: tf.constant(array) for shape, array in arrays.items()}, tf.function(multiply)

    def step():
        run(on_device)
        tf.test.experimental.sync_devices()

    return step
