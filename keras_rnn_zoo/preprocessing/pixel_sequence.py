"""A picture as a sequence: row by row, or pixel by pixel (Le, Jaitly & Hinton 2015)."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError, unknown_name

ORDERS = ("rows", "pixels", "permuted")
SIDE = 28  # pixels


def pixel_sequence(picture: np.ndarray, order: str = "rows", seed: int = 0) -> np.ndarray:
    """A picture of 28 x 28 pixels, or several, as the sequence that a model reads; float32 from 0 to 1.

    Args:
        picture: `(..., 28, 28)`, of bytes or of floats from 0 to 1; MNIST's digits are white on black.
        order: `"rows"`, 28 steps of 28 pixels from the top down; `"pixels"`, 784 steps of one pixel, row by row from the
            top left; `"permuted"`, those in the order of `permutation(seed)`.
        seed: of the permutation, which the same model must read all its pictures by.

    Returns:
        `(..., 28, 28)` for rows, otherwise `(..., 784, 1)`.

    Raises:
        ZooError: the picture has another size or other numbers, or the order is unknown.

    >>> pixel_sequence(np.full((28, 28), 255, "uint8"), "pixels").shape
    (784, 1)
    """
    if order not in ORDERS:
        raise unknown_name("`order`", order, ORDERS)
    pixels = _scaled(np.asarray(picture))
    if order == "rows":
        return pixels
    pixels = pixels.reshape(*pixels.shape[:-2], SIDE * SIDE, 1)
    return pixels if order == "pixels" else pixels[..., permutation(seed), :]


def permutation(seed: int) -> np.ndarray:
    """The order of the 784 pixels that `seed` stands for, the same with every version of NumPy.

    >>> permutation(0)[:5]
    array([693,  85, 647, 392, 765])
    """
    return np.random.RandomState(seed).permutation(SIDE * SIDE)  # NumPy keeps this stream, not that of default_rng


def _scaled(picture: np.ndarray) -> np.ndarray:
    values = picture.astype(np.float32) / (255 if picture.dtype == np.uint8 else 1)
    fits = picture.shape[-2:] == (SIDE, SIDE) and (picture.dtype == np.uint8 or picture.dtype.kind == "f")
    if not fits or not values.size or not (values.min() >= 0 and values.max() <= 1):
        raise ZooError(
            f"A picture should be {SIDE} x {SIDE} pixels, of bytes or of floats from 0 to 1; received {picture.dtype} of "
            f"shape {picture.shape}. Resize it, or scale it."
        )
    return values
