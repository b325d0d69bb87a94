"""Words as rows of their letters, for a model that reads how a word is spelt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary


def spelling(words: Sequence[str], vocabulary: Vocabulary, letters: int) -> np.ndarray:
    """The ids of each word's letters, `(words, letters)`, int32, with 0 on the right of a short word.

    A longer word keeps its last letters, which tell the most of its form.

    Args:
        words: each of at least one letter.
        vocabulary: of characters.
        letters: how many of a word.

    >>> spelling(["ab", "cab"], Vocabulary(list("abc"), unit="character"), 2).tolist()
    [[4, 5], [4, 5]]
    """
    ids = np.zeros((len(words), letters), np.int32)
    for row, word in zip(ids, words, strict=True):
        last = vocabulary.encode(word)[-letters:]
        row[: len(last)] = last
    return ids
