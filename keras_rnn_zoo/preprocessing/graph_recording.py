"""A recording as the frames that a model hears, inside a TensorFlow graph."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.audio import FLOOR, mel_filters
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once
from keras_rnn_zoo.preprocessing.recording import FEATURES


class GraphRecording(tf.Module):
    """`preprocessing.recording.heard` of rows of different lengths, for a SavedModel that hears.

    What stands behind a row's end never changes an answer.

    Args:
        features: what a model hears, as `heard` takes it.
        fill: what the frames behind a row's end are made of: a model's `mask_value`.

    Call arguments:
        energies: log-mel energies `(batch, frames, bands)`, float32, natural logarithm, finite.
        lengths: how many frames of each row are its own, `(batch,)`, int32, at least 1.

    Returns:
        `(batch, ceil(frames / stack), stack * bands)`, float32, and how many of these each row has, `(batch,)`, int32.

    Attributes:
        energies: a `tf.function` of samples `(batch, samples)`, float32 from -1 to 1, at the features' rate, and of
            how many of these are each row's own, `(batch,)`, int32: it gives energies and lengths as they are called with, as
            `preprocessing.audio.log_mel`, with 0 behind a row's end.

    Raises:
        ZooError: `features` does not say all that is heard. In the graph, `tf.errors.InvalidArgumentError`: a length is out of
            range, a recording is shorter than a window, or a number of a row's own is not finite.

    >>> features = dict(rate=8000, window=0.025, hop=0.0125, bands=20, mean=-7.0, deviation=4.0, stack=2)
    >>> hears = GraphRecording(features, 0.0)
    >>> frames, lengths = hears(*hears.energies(np.ones((2, 8000), "float32"), [8000, 4000]))
    >>> frames.shape, lengths.numpy().tolist()
    (TensorShape([2, 40, 40]), [40, 20])
    """

    def __init__(self, features: dict, fill: float = 0.0):
        super().__init__()
        if set(features) != set(FEATURES):
            raise ZooError(
                f"`features` should say what the model hears: {', '.join(FEATURES)}; received {', '.join(features)}."
            )
        self._features, self._fill = dict(features), fill
        self._window = round(features["window"] * features["rate"])
        self._size = 1 << (self._window - 1).bit_length()
        self._filters = tf.constant(mel_filters(features["rate"], self._size, features["bands"]).T, tf.float32)
        lengths = tf.TensorSpec([None], tf.int32)
        self._hear = traced_once(self._heard, tf.TensorSpec([None, None, features["bands"]]), lengths)
        self.energies = traced_once(self._energies, tf.TensorSpec([None, None]), lengths)

    def __call__(self, energies, lengths):
        return self._hear(energies, lengths)

    def _heard(self, energies, lengths):
        stack, bands = self._features["stack"], self._features["bands"]
        lengths = _within(lengths, 1, tf.shape(energies)[1], "frames")
        groups = (tf.shape(energies)[1] + stack - 1) // stack
        places = tf.minimum(tf.range(groups * stack), lengths[:, None] - 1)
        frames = (tf.gather(energies, places, batch_dims=1) - self._features["mean"]) / self._features["deviation"]
        joined = tf.reshape(_finite(frames, "log-mel energies"), [-1, groups, stack * bands])
        steps = (lengths + stack - 1) // stack
        return tf.where(tf.sequence_mask(steps, groups)[..., None], joined, self._fill), steps

    def _energies(self, samples, lengths):
        lengths = _within(lengths, self._window, tf.shape(samples)[1], "samples (the first number is one window)")
        starts, own = self._starts(lengths)
        places = tf.minimum(starts[:, None] + tf.range(self._window), tf.shape(samples)[1] - 1)
        frames = tf.where(own[..., None], tf.gather(samples, places, axis=1), 0)
        energies = self._log_mel(tf.cast(_finite(frames, "samples"), tf.float64))
        return tf.where(own[..., None], energies, 0), tf.reduce_sum(tf.cast(own, tf.int32), axis=1)

    def _starts(self, lengths):
        """Where frames start, `(frames,)`, and which of them each row has, `(batch, frames)`."""
        hop, rate = self._features["hop"], self._features["rate"]
        counts = 1 + tf.cast(tf.cast(lengths - self._window, tf.float64) / (hop * rate), tf.int32)
        frames = tf.range(tf.reduce_max(tf.concat([counts, [0]], axis=0)))
        starts = tf.cast(tf.round(tf.cast(frames, tf.float64) * (hop * rate)), tf.int32)
        return starts, (frames < counts[:, None]) & (starts + self._window <= lengths[:, None])

    def _log_mel(self, frames):
        taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self._window) / self._window)
        power = tf.abs(tf.signal.rfft(frames * taper, [self._size])) ** 2
        energies = tf.tensordot(power, tf.cast(self._filters, tf.float64), 1)
        return tf.cast(tf.math.log(tf.maximum(energies, FLOOR)), tf.float32)


def _within(lengths, least, most, what):
    checks = [
        tf.debugging.assert_greater_equal(lengths, least, f"Each length should be at least {least} {what}."),
        tf.debugging.assert_less_equal(lengths, most, f"No length should be more than there are {what}."),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(lengths)


def _finite(numbers, what):
    return tf.debugging.check_numerics(numbers, f"The {what} should be finite")
