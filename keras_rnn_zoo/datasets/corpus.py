"""A long text as windows of characters, each symbol followed by its target."""

from __future__ import annotations

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
    spec = DatasetSpec(
        pattern="many_to_many_aligned",
        objective="symbols",
        builder_arguments={"input_shape": (None,), "vocabulary_size": vocabulary.size, "outputs": vocabulary.size},
        padding={"inputs": 0, "targets": 0},
        vocabularies={"inputs": vocabulary, "targets": vocabulary},
        **description,
    )
    return Dataset(*(windows(vocabulary.encode(part), window) for part in parts), spec)
