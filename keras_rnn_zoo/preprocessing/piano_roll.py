"""Music as frames of notes that sound: a piano roll."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral

import numpy as np

from keras_rnn_zoo.errors import ZooError

NOTES = 88
LOWEST = 21  # the MIDI pitch of a piano's lowest key, A0


def piano_roll(chords: Sequence[Iterable[int]]) -> np.ndarray:
    """The piano roll `(frames, 88)`, float32 of 0 and 1, of chords, each a frame's MIDI pitches.

    Args:
        chords: for each frame the pitches that sound, 21 (the lowest key of a piano, A0) to 108 (C8), 60 being the middle
            C; none in a frame is silence.

    Raises:
        ZooError: there is no frame, or a pitch is none of a piano's.

    >>> roll = piano_roll([[60, 64, 67], [], [60]])
    >>> roll.shape, np.flatnonzero(roll[0]).tolist()
    ((3, 88), [39, 43, 46])
    """
    if not isinstance(chords, Sequence) or isinstance(chords, str) or not chords:
        raise ZooError(f"A piano roll is made of a list of chords, at least one, received {chords!r:.60}.")
    roll = np.zeros((len(chords), NOTES), np.float32)
    for frame, chord in enumerate(chords):
        roll[frame, [_key(pitch, frame) for pitch in _several(chord, frame)]] = 1
    return roll


def pitches(roll: np.ndarray) -> list[list[int]]:
    """The MIDI pitches of each frame of a piano roll `(frames, 88)`, the lowest first: `piano_roll` undone.

    >>> pitches(piano_roll([[67, 60], []]))
    [[60, 67], []]
    """
    return [(np.flatnonzero(frame) + LOWEST).tolist() for frame in checked_roll(roll, "A piano roll")]


def checked_roll(roll, name: str) -> np.ndarray:
    """`roll` as float32, if it is a piano roll; otherwise a `ZooError` that calls it `name`."""
    array = np.asarray(roll)
    if array.ndim != 2 or array.shape[1] != NOTES or not len(array) or not np.isin(array, (0, 1)).all():
        raise ZooError(f"{name} should be (frames, {NOTES}) of 0 and 1, received {array.shape}, {array.dtype}.")
    return array.astype(np.float32)


def after_silence(roll: np.ndarray) -> np.ndarray:
    """What a model of the next chord reads to predict `roll` `(frames, 88)`: a silent frame, then all but the last.

    >>> pitches(after_silence(piano_roll([[60], [62], [64]])))
    [[], [60], [62]]
    """
    return np.concatenate([np.zeros_like(roll[:1]), roll[:-1]])


def _several(chord, frame: int) -> list:
    if isinstance(chord, str) or not isinstance(chord, Iterable):
        raise ZooError(
            f"Frame {frame} should be a list of MIDI pitches, received {chord!r:.60}. A single note is [60]."
        )
    return list(chord)


def _key(pitch, frame: int) -> int:
    if not isinstance(pitch, Integral) or isinstance(pitch, bool) or not LOWEST <= pitch < LOWEST + NOTES:
        raise ZooError(
            f"Frame {frame} should hold MIDI pitches from {LOWEST} to {LOWEST + NOTES - 1}, whole numbers, received "
            f"{pitch!r}. Transpose it by octaves of 12."
        )
    return int(pitch) - LOWEST
