"""Classical piano music of piano-midi.de: the next chord."""

from __future__ import annotations

from keras_rnn_zoo.datasets.piano_rolls import load_piano_rolls
from keras_rnn_zoo.datasets.spec import Dataset

SHA256 = "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34"


def load(window: int | None = None) -> Dataset:
    """124 classical piano pieces in eighth notes, transposed to C: 87 train, 12 validation, 25 test.

    No two pieces are alike. See `load_piano_rolls`.

    Args:
        window: frames of a training example, at most; by default the pieces are whole.

    Raises:
        ZooError: `window` is out of range, or the file is missing or not the original, or scipy is not
            installed.
    """
    return load_piano_rolls("piano_midi", "Piano_midi.mat", SHA256, "The next chord of a piano piece.", window)
