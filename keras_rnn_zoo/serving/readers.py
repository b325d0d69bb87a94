"""What an exported model may be given, and how it becomes what the model reads; each row counts as it would alone."""

from __future__ import annotations

from keras_rnn_zoo.preprocessing.base import PAD, UNKNOWN, BaseVocabulary
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.serving.signature import Reader, spec

WITH_LENGTHS = ("values", "lengths")
_FEATURE = "text"  # of a tf.Example


def text_reader(vocabulary: GraphText) -> Reader:
    """Texts `(batch,)`. One without a symbol is read as one unknown symbol, so that every row has an answer."""

    def read(text):
        ids = never_empty(vocabulary.encode(text))
        return {"values": ids, "lengths": count(ids), "texts": text}

    return Reader((spec("text", dtype="string"),), read, WITH_LENGTHS, (vocabulary,))


def example_reader(vocabulary: GraphText) -> Reader:
    """Serialised `tf.Example`s `(batch,)` with a feature `text`, as TensorFlow Serving's `classify` sends them."""
    inner = text_reader(vocabulary)

    def read(inputs):
        parsed = tf.io.parse_example(inputs, {_FEATURE: tf.io.FixedLenFeature([], tf.string)})
        return inner(text=parsed[_FEATURE])

    return Reader((spec("inputs", dtype="string"),), read, inner.numbers, inner.parts)


def token_reader(vocabulary: BaseVocabulary) -> Reader:
    """Ids `(batch, longest)`, and how many each row has, whatever stands behind them."""

    def read(tokens, lengths):
        real = _real(tokens, lengths)
        inside = tf.reduce_all(((tokens > PAD) & (tokens < vocabulary.size)) | ~real)
        message = f"tokens should be ids from 1 to {vocabulary.size - 1}, received"
        with tf.control_dependencies([tf.debugging.Assert(inside, [message, tokens])]):
            return {"values": tf.where(real, tokens, PAD), "lengths": lengths}

    return Reader((spec("tokens", None, dtype="int32"), spec("lengths", dtype="int32")), read, WITH_LENGTHS)


def frame_reader(shape: tuple, fill: float | None, name: str = "frames", dtype: str = "float32") -> Reader:
    """Sequences `(batch, *shape)`, and how many steps each row has; with `fill` `None` all have the same."""
    if fill is None:
        return Reader((spec(name, *shape, dtype=dtype),), lambda **given: {"values": _finite(given[name])})

    def read(lengths, **given):
        frames = given[name]
        real = tf.reshape(
            _real(frames, lengths), tf.concat([tf.shape(frames)[:2], tf.ones(len(shape) - 1, tf.int32)], 0)
        )
        return {"values": _finite(tf.where(real, frames, tf.cast(fill, frames.dtype))), "lengths": lengths}

    return Reader((spec(name, *shape, dtype=dtype), spec("lengths", dtype="int32")), read, WITH_LENGTHS)


def energy_reader(recording, bands: int) -> Reader:
    """Log-mel energies `(batch, frames, bands)`, and how many frames each row has: see `GraphRecording`."""

    def read(energies, lengths):
        _checked(energies, lengths)
        frames, counts = recording(energies, lengths)
        return {"values": frames, "lengths": counts}

    return Reader((spec("energies", None, bands), spec("lengths", dtype="int32")), read, WITH_LENGTHS, (recording,))


def sample_reader(recording) -> Reader:
    """Samples from -1 to 1 `(batch, samples)` of the rate that the model hears, and how many each row has."""

    def read(samples, lengths):
        frames, counts = recording(*recording.energies(samples, lengths))
        return {"values": frames, "lengths": counts}

    return Reader((spec("samples", None), spec("lengths", dtype="int32")), read, WITH_LENGTHS, (recording,))


def picture_reader(picture) -> Reader:
    """The bytes of PNG, JPEG, GIF or BMP files `(batch,)`: see `GraphPicture`."""
    return Reader(
        (spec("image_bytes", dtype="string"),), lambda image_bytes: {"values": picture(image_bytes)}, parts=(picture,)
    )


def never_empty(ids):
    """Ids `(batch, longest)` with an unknown symbol in each row that has none."""
    ids = tf.pad(ids, [[0, 0], [0, tf.cast(tf.shape(ids)[1] == 0, tf.int32)]])
    first = tf.where(ids[:, :1] == PAD, UNKNOWN, ids[:, :1])
    return tf.concat([first, ids[:, 1:]], axis=1)


def count(ids):
    """How many symbols each row of ids has, `(batch,)`."""
    return tf.reduce_sum(tf.cast(ids != PAD, tf.int32), axis=1)


def _real(sequences, lengths):
    """`(batch, longest)`: which steps are real."""
    return tf.sequence_mask(_checked(sequences, lengths), tf.shape(sequences)[1])


def _finite(values):
    """`values`, if they are finite, as all numbers are that JSON has."""
    if not values.dtype.is_floating:
        return values
    with tf.control_dependencies(
        [tf.debugging.Assert(tf.reduce_all(tf.math.is_finite(values)), ["a number is not finite"])]
    ):
        return tf.identity(values)


def _checked(sequences, lengths):
    """`lengths`, if each is one that a row of `sequences` can have."""
    longest = tf.shape(sequences)[1]
    fits = (tf.shape(lengths)[0] == tf.shape(sequences)[0]) & tf.reduce_all((lengths >= 1) & (lengths <= longest))
    message = "lengths should be one for each row, from 1 to the longest, received"
    with tf.control_dependencies([tf.debugging.Assert(fits, [message, lengths, "of", longest])]):
        return tf.identity(lengths)
