"""Symbols drawn by chance, from part of their distribution."""

from keras import ops

NEVER = -1e30
_BITS = 23


def narrowed(log_probabilities, temperature, top_k, top_p):
    """Logarithms of `p^(1/temperature)`, `NEVER` outside the `top_k` most probable symbols, and outside the smallest set
    of most probable ones that together have at least `top_p` (nucleus sampling, Holtzman et al. 2020).

    Args:
        log_probabilities: `(rows, symbols)`.
        temperature, top_k, top_p: numbers, or `(rows,)`; `None` leaves a rule out.
    """
    scores = log_probabilities / _column(temperature)
    if top_k is None and top_p is None:
        return scores
    order = ops.argsort(-scores, axis=-1)
    rank = ops.argsort(order, axis=-1)
    keep = ops.ones_like(rank, dtype="bool")
    if top_k is not None:
        keep = rank < ops.cast(_column(top_k), rank.dtype)
    if top_p is not None:
        probabilities = ops.softmax(ops.where(keep, scores, NEVER), axis=-1)
        ranked = ops.take_along_axis(probabilities, order, axis=-1)
        before = ops.take_along_axis(ops.cumsum(ranked, axis=-1) - ranked, rank, axis=-1)
        keep = ops.logical_and(keep, before < _column(top_p))
    return ops.where(keep, scores, NEVER)


def draw(scores, seeds, position):
    """One symbol a row, in proportion to `exp(scores)`.

    A row's draw depends on its seed, the position and its scores alone: not on the batch, nor on the backend.

    Args:
        scores: `(rows, symbols)`.
        seeds: `(rows,)`, int32. position: a whole number.

    Returns:
        `(rows,)`, int32.
    """
    probabilities = ops.softmax(scores, axis=-1)
    cumulative = ops.where(probabilities > 0, ops.cumsum(probabilities, axis=-1), 0.0)
    threshold = _uniform(seeds, position)[:, None] * ops.max(cumulative, axis=-1, keepdims=True)
    return ops.cast(ops.argmax(cumulative > threshold, axis=-1), "int32")


def row_seeds(seed: int, rows: int):
    """A seed for each row of a batch, int32."""
    return _mixed(ops.arange(rows, dtype="int32") + _mixed(ops.convert_to_tensor(seed & 0x7FFFFFFF, "int32")))


def _uniform(seeds, position):
    """Numbers in [0, 1) from seeds and a position, by the finaliser of MurmurHash3."""
    mixed = _mixed(ops.bitwise_xor(seeds, _mixed(ops.cast(position, "int32") + 1)))
    return ops.cast(ops.bitwise_and(mixed, (1 << _BITS) - 1), "float32") / float(1 << _BITS)


def _mixed(x):
    for shift, factor in ((16, -2048144789), (13, -1028477387), (16, 1)):
        x = ops.bitwise_xor(x, _shifted(x, shift)) * ops.convert_to_tensor(factor, "int32")
    return x


def _shifted(x, bits):
    """Shifted to the right with zeros coming in, whatever the sign."""
    return ops.bitwise_and(ops.right_shift(x, bits), (1 << (32 - bits)) - 1)


def _column(value):
    """A number, or one for each row as a column."""
    value = ops.convert_to_tensor(value)
    value = ops.cast(value, "float32")
    return value[:, None] if len(value.shape) == 1 else value
