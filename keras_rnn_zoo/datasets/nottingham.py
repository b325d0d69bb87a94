"""Folk tunes of the Nottingham database: the next chord."""

from __future__ import annotations

from keras_rnn_zoo.datasets.piano_rolls import load_piano_rolls
from keras_rnn_zoo.datasets.spec import Dataset

SHA256 = "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea"


def load(window: int | None = None) -> Dataset:
    """1,037 British and American folk tunes in eighth notes, transposed to C: 694 train, 173 validation, 170 test.

    Published as they are, two tunes of the training split are alike, and one tune of the validation split and one of the
    test split are also trained on. See `load_piano_rolls`.

    Args:
        window: frames of a training example, at most; by default the pieces are whole.

    Raises:
        ZooError: `window` is out of range, or the file is missing or not the original, or scipy is not
            installed.
    """
    return load_piano_rolls("nottingham", "Nottingham.mat", SHA256, "The next chord of a folk tune.", window)
