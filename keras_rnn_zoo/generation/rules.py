"""What may not be written."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.draws import NEVER
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START


class Rules:
    """Forbids symbols, and the end before a least length.

    Args:
        symbols: how many there are.
        forbidden: ids never to be written, beside `PAD` and `START`.
        min_length: how many symbols must be written before `END`; a number, or a tensor `(rows, 1)`.
    """

    def __init__(self, symbols: int, forbidden: Iterable[int], min_length: int):
        ids = list(forbidden)
        if any(not 0 <= i < symbols for i in ids):
            raise ZooError(f"forbidden must hold ids from 0 to {symbols - 1}, received {ids}.")
        if END in ids:
            raise ZooError(f"forbidden holds END ({END}): for texts of one length, set min_length to max_length.")
        never = np.zeros(symbols, "float32")
        never[[PAD, START, *ids]] = NEVER
        if (never < 0).sum() >= symbols - 1:
            raise ZooError("forbidden leaves no symbol to write.")
        self._never = ops.convert_to_tensor(never)  # Not an array: a graph would hold it anew in each of its loops.
        self._not_the_end = ops.convert_to_tensor(np.where(np.arange(symbols) == END, NEVER, 0).astype("float32"))
        self.min_length = min_length

    def apply(self, log_probabilities, position):
        """The log-probabilities `(rows, symbols)` of what may come at `position`."""
        allowed = log_probabilities + self._never
        if isinstance(self.min_length, int) and not self.min_length:
            return allowed
        return ops.where(position < self.min_length, allowed + self._not_the_end, allowed)
