"""Pairs of sentences as examples of the unaligned pattern."""

from __future__ import annotations

from collections.abc import Sequence

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.text import normalize


def translation_dataset(
    splits: dict[str, tuple[Sequence[str], Sequence[str]]],
    source: BaseVocabulary,
    target: BaseVocabulary,
    **description,
) -> Dataset:
    """Sentences and their translations, for a model that reads `source` and writes `targets`.

    Args:
        splits: for `"train"`, `"validation"` and `"test"` the source sentences and the target sentences.
        source, target: the vocabularies.
        description: `name`, `description`, `scores`, `licence` and `citation` of the `DatasetSpec`.

    Returns:
        fields `source` `(timesteps,)` and, under teacher forcing, `previous` and `targets` `(tokens + 1,)`, int32. The
        `texts` are the target sentences as given, in the spelling of `target` (`normalize`); `groups` number the source
        sentences of a split, so that those of the same tokens, known or not, have the same number.
    """
    spec = DatasetSpec(
        pattern="many_to_many_unaligned",
        objective="symbols",
        builder_arguments={"input_shape": (None,), "vocabulary_size": source.size, "outputs": target.size},
        padding={"source": 0, "previous": 0, "targets": 0},
        vocabularies={"source": source, "previous": target, "targets": target},
        writes=True,
        **description,
    )
    return Dataset(*(_examples(*splits[name], source, target) for name in ("train", "validation", "test")), spec)


def _examples(
    sources: Sequence[str], answers: Sequence[str], source: BaseVocabulary, target: BaseVocabulary
) -> Examples:
    previous, targets = forced(answers, target)
    inputs = {"source": [source.encode(text) for text in sources], "previous": previous}
    texts = [normalize(text, target.language, target.lower) for text in answers]
    return Examples(inputs, targets, texts, _numbered([tuple(source.tokens(text)) for text in sources]))


def _numbered(sentences: Sequence[tuple[str, ...]]) -> list[int]:
    numbers: dict[tuple[str, ...], int] = {}
    return [numbers.setdefault(sentence, len(numbers)) for sentence in sentences]
