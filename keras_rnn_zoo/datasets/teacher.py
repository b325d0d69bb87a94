"""Teacher forcing: the answer shifted by one step, between START and END."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from keras_rnn_zoo.preprocessing.vocabulary import END, START, Vocabulary


def forced(texts: Iterable[str], vocabulary: Vocabulary) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """For each text of `n` tokens, what the decoder has written before each step and what it should write.

    Returns:
        `previous`, `[START] + ids`, and `targets`, `ids + [END]`: lists of int32 arrays `(n + 1,)`.

    >>> previous, targets = forced(["b a"], Vocabulary(["a", "b"]))
    >>> previous[0], targets[0]
    (array([2, 5, 4], dtype=int32), array([5, 4, 3], dtype=int32))
    """
    encoded = [vocabulary.encode(text) for text in texts]
    start, end = np.array([START], np.int32), np.array([END], np.int32)
    return [np.concatenate([start, ids]) for ids in encoded], [np.concatenate([ids, end]) for ids in encoded]
