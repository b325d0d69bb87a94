"""Pillow's bicubic resizing inside a TensorFlow graph."""

from __future__ import annotations

from keras_rnn_zoo.preprocessing.graph_tensorflow import tf

_BITS = 22  # Pillow's precision of a weight, in binary digits below the point.


def stretched(pixels, height: int, width: int):
    """Pixels `(any height, any width, channels)`, whole numbers from 0 to 255, int32, in another size.

    Each new pixel is the sum of the old ones near it, weighted by Keys's cubic (1981, doi:10.1109/TASSP.1981.1163711, a = -1/2),
    which is widened where the picture shrinks: first along one axis, rounded, then along the other. As
    `PIL.Image.Image.resize` of Pillow 13, which begins with the height where that loses more than twice as much as the width;
    before it the width always came first.

    >>> stretched(tf.reshape([0, 100, 200], [3, 1, 1]), 2, 1)[:, 0, 0].numpy().tolist()
    [31, 169]
    """
    lost = tf.shape(pixels)[:2] - [height, width]
    height_first = (lost[0] > 0) & (lost[0] > 2 * lost[1])
    sizes = tf.where(height_first, [height, width], [width, height])
    turned = tf.transpose(pixels, tf.where(height_first, [0, 1, 2], [1, 0, 2]))
    turned = _along_first(tf.transpose(_along_first(turned, sizes[0]), [1, 0, 2]), sizes[1])
    return tf.transpose(turned, tf.where(height_first, [1, 0, 2], [0, 1, 2]))


def _along_first(pixels, length):
    return tf.cond(tf.shape(pixels)[0] == length, lambda: pixels, lambda: _resampled(pixels, length))


def _resampled(pixels, length):
    places, weights = _weights(tf.shape(pixels)[0], length)

    def add(number, total):
        near = tf.gather(pixels, places[number])
        return number + 1, total + near * weights[number][:, None, None]

    half = tf.fill(tf.concat([[length], tf.shape(pixels)[1:]], axis=0), 1 << (_BITS - 1))
    total = tf.while_loop(lambda number, _: number < tf.shape(places)[0], add, (0, half))[1]
    return tf.clip_by_value(total // (1 << _BITS), 0, 255)


def _weights(count, length):
    """Which old pixels a new one is made of, and how much of each, both `(neighbours, length)`, int32."""
    scale = tf.cast(count, tf.float64) / tf.cast(length, tf.float64)
    widened = tf.maximum(scale, 1)
    centre = (tf.cast(tf.range(length), tf.float64) + 0.5) * scale
    first = tf.maximum(tf.cast(centre - 2 * widened + 0.5, tf.int32), 0)
    end = tf.minimum(tf.cast(centre + 2 * widened + 0.5, tf.int32), count)
    places = first + tf.range(tf.reduce_max(end - first))[:, None]
    cubic = tf.where(places < end, _cubic((tf.cast(places, tf.float64) - centre + 0.5) / widened), 0)
    weights = cubic / tf.reduce_sum(cubic, axis=0) * (1 << _BITS)
    return tf.minimum(places, count - 1), tf.cast(weights + 0.5 * tf.sign(weights), tf.int32)


def _cubic(distance):
    x = tf.abs(distance)
    near, far = (1.5 * x - 2.5) * x * x + 1, (((x - 5) * x + 8) * x - 4) * -0.5
    return tf.where(x < 1, near, tf.where(x < 2, far, 0))
