"""`h_t = a_t h_{t-1} + b_t` for all steps at once."""

import keras
from keras import ops

from keras_rnn_zoo.device import has_gpu

BLOCK = 8  # steps


def linear_scan(a, b, initial):
    """The states `h_t = a_t * h_{t-1} + b_t`: fast to differentiate, and parallel in time where the device gains by it.

    Args:
        a: `(timesteps, batch, units)`; at least one step.
        b: `(timesteps, batch, units)`.
        initial: h before the first step, `(batch, units)`.

    Returns:
        `(timesteps, batch, units)`.

    >>> h = linear_scan(ops.full((3, 1, 1), 0.5), ops.ones((3, 1, 1)), ops.zeros((1, 1)))
    >>> ops.convert_to_numpy(h).ravel().tolist()
    [1.0, 1.5, 1.75]
    """
    if keras.backend.backend() not in ("tensorflow", "jax"):
        return _scan(a, b, initial)
    return ops.custom_gradient(_scan_and_gradient)(a, b, initial)


def runs_side_by_side() -> bool:
    """Whether the scan's steps run in parallel: not on TensorFlow on a CPU, where they run in blocks."""
    return keras.backend.backend() != "tensorflow" or has_gpu()


def _scan_and_gradient(a, b, initial):
    """The gradient is one scan in the other direction: `g_t = dL/dh_t + a_{t+1} g_{t+1}`, `dL/da_t = g_t h_{t-1}`."""
    h = _scan(a, b, initial)

    def gradient(upstream):
        following = ops.concatenate([a[1:], ops.zeros_like(a[:1])])
        g = _scan(following, upstream, ops.zeros_like(initial), reverse=True)
        previous = ops.concatenate([initial[None], h[:-1]])
        return g * previous, g, a[0] * g[0]

    return h, gradient


def _scan(a, b, initial, reverse=False):
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_scan(a, b, initial, reverse)
    a, b = ops.associative_scan(_after, (a, b), reverse=reverse, axis=0)
    return a * initial + b


def _after(first, second):
    """Two steps `h -> a h + b` as one."""
    return first[0] * second[0], first[1] * second[0] + second[1]


def _tensorflow_scan(a, b, initial, reverse):
    """The steps in blocks: on a CPU one after another, on a GPU side by side. (`ops.associative_scan` wants a known
    number of steps here.)"""
    import tensorflow as tf

    timesteps, (batch, units) = a.shape[0] or tf.shape(a)[0], tf.unstack(tf.shape(a)[1:])
    blocks = -(-timesteps // BLOCK)
    missing = blocks * BLOCK - timesteps
    padding = [[missing, 0] if reverse else [0, missing], [0, 0], [0, 0]]
    cut = [tf.pad(x, padding, constant_values=neutral) for x, neutral in ((a, 1), (b, 0))]
    cut = [tf.reshape(x, (blocks, BLOCK, batch, units)) for x in cut]
    run = _side_by_side if runs_side_by_side() else _one_after_another
    h = tf.reshape(run(*cut, initial, reverse), (blocks * BLOCK, batch, units))
    return tf.ensure_shape(h[missing:] if reverse else h[:timesteps], b.shape)


def _one_after_another(a, b, h, reverse):
    """Least work: two operations a step."""
    import tensorflow as tf

    blocks = a.shape[0] or tf.shape(a)[0]

    def body(turn, h, done):
        block = blocks - 1 - turn if reverse else turn
        states = _in_a_row(tf.unstack(a[block]), tf.unstack(b[block]), h, reverse)
        return turn + 1, states[0 if reverse else -1], done.write(block, tf.stack(states))

    done = tf.TensorArray(a.dtype, blocks, element_shape=a.shape[1:])
    return tf.while_loop(lambda turn, *_: turn < blocks, body, (0, h, done), maximum_iterations=blocks)[2].stack()


def _side_by_side(a, b, initial, reverse):
    """Fewest operations in a row: the blocks' ends from zero, then from each other, then each block from its start."""
    import tensorflow as tf

    steps = tf.unstack(a, axis=1), tf.unstack(b, axis=1)
    ends = _in_a_row(*steps, tf.zeros_like(initial), reverse)[0 if reverse else -1]
    ends = _by_doubling(tf.reduce_prod(a, axis=1), ends, initial, reverse)
    before = tf.concat([ends[1:], initial[None]] if reverse else [initial[None], ends[:-1]], axis=0)
    return tf.stack(_in_a_row(*steps, before, reverse), axis=1)


def _in_a_row(a, b, h, reverse):
    """The states after each step of two lists, in the order of time."""
    states = []
    for a_t, b_t in list(zip(a, b, strict=True))[:: -1 if reverse else 1]:
        h = a_t * h + b_t
        states.append(h)
    return states[:: -1 if reverse else 1]


def _by_doubling(a, b, initial, reverse):
    """The same scan in `log2` rounds (Hillis & Steele 1986), for few steps."""
    import tensorflow as tf

    timesteps = tf.shape(a)[0]
    places = tf.range(timesteps)

    def body(reach, a, b):
        source = places + reach if reverse else places - reach
        inside = ((source >= 0) & (source < timesteps))[:, None, None]
        source = tf.clip_by_value(source, 0, timesteps - 1)
        both = _after((tf.gather(a, source), tf.gather(b, source)), (a, b))
        return 2 * reach, tf.where(inside, both[0], a), tf.where(inside, both[1], b)

    _, a, b = tf.while_loop(lambda reach, *_: reach < timesteps, body, (1, a, b))
    return a * initial + b
