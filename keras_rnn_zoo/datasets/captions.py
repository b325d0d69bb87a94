"""Pictures and the texts written about them, as examples of the pattern one to many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.preprocessing.base import BaseVocabulary

Captions = tuple[Sequence[np.ndarray], Sequence[str], Sequence[int]]


def caption_dataset(splits: dict[str, Captions], vocabulary: BaseVocabulary, **description) -> Dataset:
    """Pictures and texts, for a model that reads `context` and writes `targets`.

    Args:
        splits: for `"train"`, `"validation"` and `"test"` the pictures, or features of them, all of one shape, the text
            about each, and the group of each, equal where the picture is.
        vocabulary: of the texts.
        description: `name`, `description`, `scores`, `licence` and `citation` of the `DatasetSpec`.

    Returns:
        fields `context`, the pictures as given (a list of views lets several texts about a picture share its memory),
        and, under teacher forcing, `previous` and `targets` `(tokens + 1,)`, int32.
    """
    spec = DatasetSpec(
        pattern="one_to_many",
        objective="symbols",
        builder_arguments={"input_shape": splits["train"][0][0].shape, "outputs": vocabulary.size},
        padding={"previous": 0, "targets": 0},
        vocabularies={"previous": vocabulary, "targets": vocabulary},
        writes=True,
        **description,
    )
    return Dataset(*(_examples(*splits[name], vocabulary) for name in ("train", "validation", "test")), spec)


def _examples(pictures: Sequence[np.ndarray], texts: Sequence[str], groups: Sequence[int], vocabulary) -> Examples:
    previous, targets = forced(texts, vocabulary)
    # `previous` stands first: by the first list a batch gathers rows of like length.
    return Examples({"previous": previous, "context": pictures}, targets, texts, groups)
