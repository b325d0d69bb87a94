"""A loop along time compiled by XLA, on TensorFlow, once for a bucket of lengths."""

import keras

SHORTEST = 5  # as a power of two


def as_it_is(loop):
    """`loop(timesteps, sequences, rows, weights)` over all of its steps, run by whatever runs the program around it."""
    return lambda sequences, rows, weights: loop(None, sequences, rows, weights)


def compiled(loop):
    """The same loop, compiled by XLA.

    A length that the program knows beforehand is compiled as it is; others are padded up to the next power of two, of which no
    step more is run, so that XLA compiles a few times and not for each length. Outside of a TensorFlow graph there is nothing
    to compile, and the loop runs as it is.

    Args:
        loop: `(timesteps, sequences, rows, weights) -> (sequences, rows)`: a scalar, how many steps to run, and lists of
            `(timesteps, batch, ...)`, of `(batch, ...)`, and of tensors without rows.

    Returns:
        A function of `(sequences, rows, weights)`.
    """
    if not can_compile():
        return as_it_is(loop)
    import tensorflow as tf

    inner = tf.function(loop, jit_compile=True, autograph=False)

    def run(sequences, rows, weights):
        timesteps = tf.shape(sequences[0])[0]
        if sequences[0].shape[0] is not None:
            return inner(timesteps, list(sequences), list(rows), list(weights))
        found, last = inner(timesteps, _padded(list(sequences), bucket(timesteps)), list(rows), list(weights))
        return [x[:timesteps] for x in found], last

    return run


def can_compile() -> bool:
    """Whether a TensorFlow graph is being made."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return tf.inside_function()


def bucket(timesteps):
    """The length that a sequence of so many steps is compiled for, a scalar.

    >>> import tensorflow as tf
    >>> [int(bucket(tf.constant(timesteps))) for timesteps in (1, 32, 33, 64, 100, 129)]
    [32, 32, 64, 64, 128, 256]
    """
    import tensorflow as tf

    powers = tf.constant([2**power for power in range(SHORTEST, 31)])
    return powers[tf.searchsorted(powers, timesteps[None])[0]]


def _padded(sequences, timesteps):
    """Zeros behind each, unless there are enough steps already, which then are not copied."""
    import tensorflow as tf

    missing = timesteps - tf.shape(sequences[0])[0]

    def pad():
        return [tf.pad(x, [[0, missing], *[[0, 0]] * (x.shape.rank - 1)]) for x in sequences]

    return tf.cond(missing > 0, pad, lambda: sequences)
