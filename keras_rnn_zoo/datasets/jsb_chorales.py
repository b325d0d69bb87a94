"""J. S. Bach's chorales: the next chord."""

from __future__ import annotations

from keras_rnn_zoo.datasets.piano_rolls import load_piano_rolls
from keras_rnn_zoo.datasets.spec import Dataset

SHA256 = "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4"


def load(window: int | None = None) -> Dataset:
    """382 chorales in quarter notes, transposed to C: 229 train, 76 validation, 77 test; see `load_piano_rolls`.

    Args:
        window: frames of a training example, at most; by default the pieces are whole.

    Raises:
        ZooError: `window` is out of range, or the file is missing or not the original, or scipy is not
            installed.
    """
    return load_piano_rolls(
        "jsb_chorales", "JSB_Chorales.mat", SHA256, "The next chord of a chorale by J. S. Bach.", window
    )
