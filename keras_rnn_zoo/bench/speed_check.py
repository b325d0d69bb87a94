"""Whether two models compute the same, without which timing them would mean nothing."""

from __future__ import annotations

from contextlib import nullcontext

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError

OUTPUT_TOLERANCE = 1e-4  # of the largest output, if that is above 1
UPDATE_TOLERANCE = 1e-3  # of a weight's largest change


def check_same(what: str, pair, steps, others=()):
    """Compares outputs, loss and the update of every weight of two models of the same weights, which stay as they are.

    Args:
        what: the case, for the message.
        pair: the models. steps: of each, `(train, infer)` as of `compiled_steps`.
        others: further functions, by name, that return the loss at these weights.

    Raises:
        ZooError: they differ.
    """
    with _full_precision():
        (train, infer), (zoo_train, zoo_infer) = steps
        _check_close(f"{what}: outputs", infer(), zoo_infer(), OUTPUT_TOLERANCE, at_least=1.0)
        before = pair[0].get_weights()
        # The rate is large, so that the updates are not lost among the weights' last digits.
        losses = train(1.0), zoo_train(1.0)
        after = [model.get_weights() for model in pair]
        for model in pair:
            model.set_weights(before)
    _check_close(f"{what}: loss", *losses, OUTPUT_TOLERANCE, at_least=1.0)
    for start, one, other in zip(before, *after, strict=True):
        _check_close(f"{what}: update of a weight {start.shape}", one - start, other - start, UPDATE_TOLERANCE, 1e-3)
    for name, loss in dict(others).items():
        _check_close(f"{what}: loss of {name}", losses[0], loss(), OUTPUT_TOLERANCE, at_least=1.0)


def _full_precision():
    """On a GPU, JAX multiplies with 10 bits of each factor unless it is told."""
    if keras.backend.backend() != "jax":
        return nullcontext()
    import jax

    return jax.default_matmul_precision("highest")


def _check_close(what: str, stock, other, tolerance: float, at_least: float):
    stock, other = np.asarray(stock), np.asarray(other)
    largest, difference = max(at_least, np.abs(stock).max()), np.abs(stock - other).max()
    if not difference <= tolerance * largest:
        raise ZooError(
            f"{what}: it differs from Keras's by {difference:.2g}, expected at most {tolerance * largest:.2g}; timing "
            "them would mean nothing. Please report this."
        )
