"""A long text as windows of symbols, each symbol followed by its target."""

from __future__ import annotations

import math

import numpy as np

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary


def windows(ids: np.ndarray, window: int) -> Examples:
    """Non-overlapping windows of `ids` `(symbols,)`, in order; the target of a symbol is the next one.

    Returns:
        inputs and targets, each `(windows, window)`; the symbols left over at the end are dropped.

    >>> windows(np.arange(8), 3).targets
    array([[1, 2, 3],
           [4, 5, 6]])
    """
    count = (len(ids) - 1) // window
    if count < 1:
        raise ZooError(
            f"A split should hold at least {window + 1} symbols for a window of {window}, received {len(ids)}. "
            "Choose a smaller `window`, or take more text."
        )
    inputs, targets = ids[: count * window], ids[1 : count * window + 1]
    return Examples({"inputs": inputs.reshape(count, window)}, targets.reshape(count, window))


def character_dataset(text: str, shares: tuple[float, float], window: int, min_count: int, **description) -> Dataset:
    """A text cut by position into validation, train and test, as windows of characters.

    Validation is the beginning, so that the training text runs up to the test text, as a reader of the whole would have
    it.

    Args:
        text: the whole text.
        shares: where train and test begin, as fractions of the text.
        window: characters an example.
        min_count: characters that the training part holds less often are unknown.
        description: `name`, `description`, `licence` and `citation` of the `DatasetSpec`.
    """
    window = whole("window", window, minimum=1)
    first, second = (round(share * len(text)) for share in shares)
    parts = text[first:second], text[:first], text[second:]
    vocabulary = Vocabulary.learn([parts[0]], unit="character", min_count=min_count)
    examples = (windows(vocabulary.encode(part), window) for part in parts)
    return Dataset(*examples, symbol_spec(vocabulary, **description))


def streams_dataset(text: str, streams: int, block: int, window: int, **description) -> Dataset:
    """A text cut as char-rnn cuts it: side by side into `streams` streams of whole blocks, 95 % of each to train on.

    The last 5 % of every stream is the test split, what char-rnn calls validation, read from its beginning to its end;
    the 5 % before are the validation split, which char-rnn trains on.

    Args:
        text: the whole text; what does not fill a block of every stream is dropped at the end.
        streams: how many. block: characters of a stream in one of char-rnn's batches.
        window: characters a training example.
        description: `name`, `description`, `licence` and `citation` of the `DatasetSpec`.
    """
    blocks = (len(text) - 1) // (streams * block)
    rows = [text[start : start + blocks * block + 1] for start in range(0, streams * blocks * block, blocks * block)]
    held = blocks - math.floor(0.95 * blocks)
    vocabulary = Vocabulary.learn([row[: (blocks - 2 * held) * block] for row in rows], unit="character")
    test, validation = ((blocks - count * held) * block for count in (1, 2))
    parts = ((0, validation, window), (validation, test, held * block), (test, blocks * block, held * block))
    examples = (
        joined([windows(vocabulary.encode(row[start : end + 1]), width) for row in rows]) for start, end, width in parts
    )
    return Dataset(*examples, symbol_spec(vocabulary, **description))


def joined(parts: list[Examples]) -> Examples:
    """Windows of several texts as one split."""
    inputs, targets = (np.concatenate(arrays) for arrays in zip(*((p.inputs["inputs"], p.targets) for p in parts)))
    return Examples({"inputs": inputs}, targets)


def symbol_spec(vocabulary: Vocabulary, **description) -> DatasetSpec:
    """What a language model of these symbols needs to know."""
    return DatasetSpec(
        pattern="many_to_many_aligned",
        objective="symbols",
        builder_arguments={"input_shape": (None,), "vocabulary_size": vocabulary.size, "outputs": vocabulary.size},
        padding={"inputs": 0, "targets": 0},
        vocabularies={"inputs": vocabulary, "targets": vocabulary},
        **description,
    )
