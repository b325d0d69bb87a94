"""A way out of a compiled training step: rows of numbers, from inside it to the callback that reads them.

Here alone the backends differ: on TensorFlow a ring of rows in a variable, which XLA compiles too; on JAX a callback.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


def update_channel(width: int, capacity: int):
    """A channel for rows of `width` numbers.

    `write(row)` is called inside the step; `read()`, outside it, gives the rows written since it was last called, `(rows,
    width)` in their order, of which the last `capacity` are kept.
    """
    return {"tensorflow": _Ring, "jax": _Callback}[keras.backend.backend()](width, capacity)


class _Ring:
    def __init__(self, width, capacity):
        import tensorflow as tf

        self.rows = tf.Variable(tf.zeros((capacity, width)), trainable=False)
        self.count = tf.Variable(0, trainable=False, dtype="int64")
        self.read_before = 0

    def write(self, row):
        import tensorflow as tf

        capacity = self.rows.shape[0]
        here = tf.equal(tf.range(capacity, dtype="int64"), self.count % capacity)
        self.rows.assign(tf.where(here[:, None], tf.cast(row, "float32")[None], self.rows))
        self.count.assign_add(1)

    def read(self) -> np.ndarray:
        count, capacity = int(self.count), self.rows.shape[0]
        new = np.arange(max(self.read_before, count - capacity), count) % capacity
        self.read_before = count
        return self.rows.numpy()[new] if len(new) else np.zeros((0, self.rows.shape[1]), "float32")


class _Callback:
    def __init__(self, width, capacity):
        self.width, self.capacity, self.rows = width, capacity, []

    def write(self, row):
        import jax

        jax.debug.callback(self._keep, ops.cast(row, "float32"), ordered=True)

    def _keep(self, row):
        self.rows = [*self.rows[1 - self.capacity :], np.asarray(row)] if self.capacity > 1 else [np.asarray(row)]

    def read(self) -> np.ndarray:
        import jax

        jax.effects_barrier()
        rows, self.rows = self.rows, []
        return np.reshape(rows, (-1, self.width)).astype("float32")
