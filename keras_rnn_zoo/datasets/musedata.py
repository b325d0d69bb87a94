"""Orchestral and piano music of the MuseData library: the next chord."""

from __future__ import annotations

from keras_rnn_zoo.datasets.piano_rolls import load_piano_rolls
from keras_rnn_zoo.datasets.spec import Dataset

SHA256 = "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff"


def load(window: int | None = None) -> Dataset:
    """783 classical pieces in eighth notes, transposed to C: 524 train, 135 validation, 124 test.

    Published as they are, two pieces of the training split are alike; no piece is in two splits. See `load_piano_rolls`.

    Args:
        window: frames of a training example, at most; by default the pieces are whole.

    Raises:
        ZooError: `window` is out of range, or the file is missing or not the original, or scipy is not
            installed.
    """
    return load_piano_rolls(
        "musedata", "MuseData.mat", SHA256, "The next chord of an orchestral or piano piece.", window
    )
