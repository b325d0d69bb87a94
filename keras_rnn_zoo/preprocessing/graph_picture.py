"""A picture's file as the array that a model sees, inside a TensorFlow graph."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_bicubic import stretched
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once

_GREY = 19595, 38470, 7471  # Pillow's shares of red, green and blue in grey, of 65536 (ITU-R 601-2).
_FLOATS = np.arange(256, dtype=np.float32) / 255  # Looked up, since an optimiser may multiply by 1 / 255 instead.
_STARTS = b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM"


class GraphPicture(tf.Module):
    """`preprocessing.picture.read_picture` of the bytes of files, for a SavedModel that sees.

    PNG, JPEG, GIF (its first frame) and BMP are read, in any size, grey or coloured. What is transparent lies on white, grey and
    resizing are those of Pillow: the numbers are Pillow's, bit by bit where the decoders agree. TensorFlow's read a GIF's
    transparent points as black, of 16 bits the upper 8, and no BMP of fewer than 8 bits or with a palette.

    Args:
        shape: `(height, width, channels)`; one channel is grey, three are red, green and blue.

    Call arguments:
        pictures: the bytes of files, strings `(batch,)`.

    Returns:
        `(batch, height, width, channels)`, float32 from 0 to 1.

    Raises:
        ZooError: `shape` is not of 1 or 3 channels. In the graph, `tf.errors.InvalidArgumentError`: a row is no such file, or a
            damaged one.

    >>> seen = GraphPicture((2, 3, 1))
    >>> seen(tf.io.encode_png(tf.fill([1, 4, 6, 3], tf.constant(255, tf.uint8)))).numpy().min()
    np.float32(1.0)
    """

    def __init__(self, shape: tuple[int, int, int]):
        super().__init__()
        if len(shape) != 3 or any(not isinstance(size, int) or size < 1 for size in shape) or shape[2] not in (1, 3):
            raise ZooError(f"`shape` should be (height, width, channels), of 1 or 3 channels, received {shape!r}.")
        self._shape = tuple(shape)
        self._see = traced_once(self._seen, tf.TensorSpec([None], tf.string))

    def __call__(self, pictures):
        return self._see(pictures)

    def _seen(self, pictures):
        known = tf.reduce_any([tf.strings.substr(pictures, 0, len(start)) == start for start in _STARTS], axis=0)
        message = "These rows (the first is 0) should be PNG, JPEG, GIF or BMP files, but are not:"
        with tf.control_dependencies([tf.Assert(tf.reduce_all(known), [message, tf.where(~known)[:, 0]])]):
            return tf.map_fn(self._one, pictures, fn_output_signature=tf.TensorSpec(self._shape, tf.float32))

    def _one(self, picture):
        height, width, channels = self._shape
        drawn = _on_white(_decoded(picture))
        drawn = _grey(drawn) if channels == 1 else drawn
        return tf.ensure_shape(tf.gather(_FLOATS, stretched(drawn, height, width)), self._shape)


def _decoded(picture):
    """The pixels `(height, width, channels)`, int32; a JPEG's by the transform that Pillow takes too."""
    pixels = tf.cond(
        tf.io.is_jpeg(picture),
        lambda: tf.io.decode_jpeg(picture, dct_method="INTEGER_ACCURATE"),
        lambda: tf.io.decode_image(picture, expand_animations=False),
    )
    return tf.cast(tf.ensure_shape(pixels, [None, None, None]), tf.int32)


def _on_white(pixels):
    """Red, green and blue of pixels of 1 to 4 channels, of which the last is how opaque if there are 2 or 4."""
    channels = tf.shape(pixels)[-1]
    opaque = tf.pad(pixels, [[0, 0], [0, 0], [0, 1]], constant_values=255)
    colours = tf.gather(opaque, tf.where(channels < 3, [0, 0, 0, 1], [0, 1, 2, 3]), axis=-1)
    colour, alpha = colours[..., :3], colours[..., 3:]
    return _divided_by_255(colour * alpha + 255 * (255 - alpha))


def _divided_by_255(products):
    """Pillow's rounded division, with 7 bits below the point."""
    scaled = (products + 128) * 128
    return ((scaled // 256 + scaled) // 256) // 128


def _grey(pixels):
    return (tf.reduce_sum(pixels * _GREY, axis=-1, keepdims=True) + 32768) // 65536
