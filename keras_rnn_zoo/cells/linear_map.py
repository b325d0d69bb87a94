"""The linear maps inside a step, which a faster way of differentiation takes over."""

from contextlib import contextmanager
from contextvars import ContextVar

from keras import ops


def linear_map(inputs, kernel, bias=None):
    """`inputs kernel + bias`, as a step should form every such product: then its gradients can be formed outside the loop.

    Args:
        inputs: `(batch, features)`.
        kernel: a matrix `(features, width)`, or a vector `(features,)`, the diagonal of one.
        bias: what is added: of width `width`, with a row for each of the batch or without; or `None`.

    Returns:
        `(batch, width)`.

    >>> y = linear_map(ops.array([[1.0, 2.0]]), ops.array([3.0, 4.0]), ops.array([10.0, 20.0]))
    >>> ops.convert_to_numpy(y).tolist()
    [[13.0, 28.0]]
    """
    return _taken_over.get()(inputs, kernel, bias)


def product(inputs, kernel, bias=None):
    """What `linear_map` computes."""
    mapped = inputs * kernel if len(kernel.shape) == 1 else ops.matmul(inputs, kernel)
    return mapped if bias is None else mapped + bias


_taken_over = ContextVar("linear_map", default=product)


@contextmanager
def linear_maps_by(function):
    """Inside, `function(inputs, kernel, bias)` answers for every `linear_map`."""
    token = _taken_over.set(function)
    try:
        yield
    finally:
        _taken_over.reset(token)
