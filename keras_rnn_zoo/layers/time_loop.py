"""A loop along time, forwards or backwards."""

import keras
from keras import ops


def time_loop(step, carry, sequences, sizes, reverse=False):
    """Runs `step(carry, items) -> (carry, outputs)` once for each time step.

    Args:
        step: takes the carried list and the list of one step's items; returns the next of the first, and a list of outputs.
        carry: list of tensors, whose shapes the loop keeps.
        sequences: list of `(timesteps, batch, ...)`; at least one step.
        sizes: the width of each output.
        reverse: from the last step to the first; the outputs still stand in the order of time.

    Returns:
        The last carry, and a list of `(timesteps, batch, size)`.
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_loop(step, list(carry), list(sequences), sizes, reverse)
    carry, outputs = ops.scan(
        lambda carry, items: tuple(map(tuple, step(list(carry), list(items)))),
        tuple(carry),
        tuple(sequences),
        reverse=reverse,
    )
    return list(carry), list(outputs)


def _tensorflow_loop(step, carry, sequences, sizes, reverse):
    """`ops.scan` on TensorFlow wants outputs of the carry's shapes; `TensorArray`s do not."""
    import tensorflow as tf

    timesteps = sequences[0].shape[0] or tf.shape(sequences[0])[0]
    reading = [tf.TensorArray(x.dtype, timesteps).unstack(x) for x in sequences]
    writing = [tf.TensorArray(carry[0].dtype, timesteps) for _ in sizes]

    def body(turn, carry, writing):
        t = timesteps - 1 - turn if reverse else turn
        carry, outputs = step(list(carry), [x.read(t) for x in reading])
        return turn + 1, carry, [ta.write(t, y) for ta, y in zip(writing, outputs, strict=True)]

    _, carry, writing = tf.while_loop(
        lambda turn, *_: turn < timesteps, body, (0, carry, writing), maximum_iterations=timesteps
    )
    static = sequences[0].shape[:2]
    return carry, [tf.ensure_shape(ta.stack(), (*static, size)) for ta, size in zip(writing, sizes, strict=True)]
