"""Pictures as sequences of pixels: the order, the scale, and what is no picture."""

import doctest

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing import pixel_sequence as module
from keras_rnn_zoo.preprocessing.pixel_sequence import permutation, pixel_sequence

PICTURES = np.random.default_rng(1).integers(0, 256, (3, 28, 28)).astype(np.uint8)


def test_examples():
    assert not doctest.testmod(module).failed


def test_rows_and_pixels():
    rows, pixels = pixel_sequence(PICTURES, "rows"), pixel_sequence(PICTURES, "pixels")
    assert rows.dtype == pixels.dtype == np.float32 and rows.max() <= 1
    np.testing.assert_allclose(rows, PICTURES / 255, rtol=1e-6)
    np.testing.assert_array_equal(pixels[..., 0].reshape(3, 28, 28), rows)


def test_permuted():
    one, other = (pixel_sequence(PICTURES, "permuted", seed) for seed in (0, 1))
    assert one.shape == (3, 784, 1) and (one != other).any()
    pixels = pixel_sequence(PICTURES, "pixels")
    np.testing.assert_array_equal(one, pixels[:, permutation(0)])
    np.testing.assert_array_equal(one[:, np.argsort(permutation(0))], pixels)
    assert sorted(permutation(3)) == list(range(784))


@pytest.mark.parametrize("order", ["rows", "pixels", "permuted"])
def test_one_picture_is_read_as_among_many(order):
    np.testing.assert_array_equal(pixel_sequence(PICTURES[1], order, 5), pixel_sequence(PICTURES, order, 5)[1])
    np.testing.assert_array_equal(
        pixel_sequence(PICTURES[1].astype(np.float32) / 255, order, 5), pixel_sequence(PICTURES[1], order, 5)
    )


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((28, 27), np.uint8),
        np.zeros((28, 28, 1), np.uint8),
        np.zeros((28, 28), np.int32),
        np.full((28, 28), 1.5),
        np.full((28, 28), np.nan),
        np.zeros((0, 28, 28), np.uint8),
    ],
)
def test_what_is_no_picture(picture):
    with pytest.raises(ZooError, match="A picture should be 28 x 28 pixels"):
        pixel_sequence(picture)


def test_an_unknown_order():
    with pytest.raises(ZooError, match="Unknown `order` 'columns'.*permuted, pixels, rows"):
        pixel_sequence(PICTURES, "columns")
