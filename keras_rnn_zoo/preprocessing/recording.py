"""A recording as the frames that a model hears: one way for loaders and for a single .wav file."""

from __future__ import annotations

from numbers import Real
from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.audio import log_mel, read_wav
from keras_rnn_zoo.preprocessing.files import is_npy, read_npy

FEATURES = ("rate", "window", "hop", "bands", "mean", "deviation", "stack")


def heard(recording, features: dict) -> np.ndarray:
    """A recording as a model hears it: log-mel energies, normalised, joined.

    Args:
        recording: the path of a .wav file, a pair of its samples and their rate, or log-mel energies `(frames, bands)`,
            natural logarithm, as `preprocessing.audio.log_mel` gives them, or the path of these (.npy).
        features: what is computed of it: energies of recordings of `rate` samples a second, in frames of `window` seconds every
            `hop` seconds, in so many `bands`, of which `mean` and `deviation` are taken out, `stack` frames joined into one.

    Returns:
        `(frames / stack, stack * bands)`, float32.

    Raises:
        ZooError: the recording cannot be read, has another rate, or is no recording.

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    >>> features = dict(rate=8000, window=0.025, hop=0.0125, bands=20, mean=-7.0, deviation=4.0, stack=2)
    >>> heard((tone, 8000), features).shape
    (40, 40)
    """
    return joined(normalized(energies_of(recording, features), features), features["stack"])


def energies_of(recording, features: dict) -> np.ndarray:
    """The log-mel energies `(frames, bands)` of a recording, see `heard`."""
    recording = read_npy(recording) if is_npy(recording) else recording
    if isinstance(recording, np.ndarray):
        return _checked_energies(recording, features["bands"])
    if is_sound(recording):
        samples, rate = recording
    elif isinstance(recording, (str, Path)):
        samples, rate = read_wav(recording)
    else:
        raise ZooError(
            "A recording should be the path of a .wav file, a pair (samples, rate) or log-mel energies "
            f"(frames, {features['bands']}); received {type(recording).__name__}."
        )
    if rate != features["rate"]:
        raise ZooError(
            f"This model hears recordings of {features['rate']} Hz, received {rate} Hz. Resample it first, for instance: "
            f"ffmpeg -i IN -ar {features['rate']} -c:a pcm_s16le OUT.wav."
        )
    return log_mel(samples, features["rate"], features["bands"], features["window"], features["hop"])


def normalized(energies: np.ndarray, features: dict) -> np.ndarray:
    """Log-mel energies with the `mean` and `deviation` of `features` taken out, float32."""
    return ((energies - features["mean"]) / features["deviation"]).astype(np.float32)


def joined(frames: np.ndarray, stack: int) -> np.ndarray:
    """Every `stack` frames joined into one: `(..., frames, bands)` to `(..., ceil(frames / stack), stack * bands)`.

    The last frame is repeated until it fills the last group (Sak et al. 2015, stacked and subsampled frames).

    >>> joined(np.array([[1], [2], [3]]), 2).tolist()
    [[1, 2], [3, 3]]
    """
    *leading, count, bands = frames.shape
    groups = -(-count // stack)
    padding = [(0, 0)] * len(leading) + [(0, groups * stack - count), (0, 0)]
    return np.pad(frames, padding, mode="edge").reshape(*leading, groups, stack * bands)


def is_sound(recording) -> bool:
    """Whether it is a pair (samples, rate)."""
    return isinstance(recording, tuple) and len(recording) == 2 and isinstance(recording[1], Real)


def check_features(features: dict, width: int, name: str) -> dict:
    """`features`, if they say all that `heard` needs and fit a model called `name` that hears `width` numbers a frame."""
    missing = [feature for feature in FEATURES if feature not in features]
    if missing or set(features) - set(FEATURES):
        raise ZooError(
            f"`features` should say what the model hears: {', '.join(FEATURES)}; received "
            f"{', '.join(features) or 'none'}. A run that was trained before they were noted needs features=."
        )
    if width != features["bands"] * features["stack"]:
        raise ZooError(
            f"{name} hears {width} numbers a frame, but {features['stack']} joined frames of {features['bands']} bands "
            f"are {features['bands'] * features['stack']}."
        )
    return dict(features)


def _checked_energies(energies, bands):
    fits = energies.dtype.kind in "fiu" and energies.ndim == 2 and energies.shape[1] == bands and len(energies)
    if not fits or not np.isfinite(energies).all():
        raise ZooError(
            f"Log-mel energies should be finite numbers, (frames, {bands}) before frames are joined; received {energies.dtype} of "
            f"shape {energies.shape}."
        )
    return energies
