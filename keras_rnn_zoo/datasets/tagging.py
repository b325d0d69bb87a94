"""What datasets of tagged sentences share: from words and their tags to examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.spelling import spelling
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

TaggedSentence = tuple[Sequence[str], Sequence[str]]  # its words, and the tag of each


def tagging_dataset(
    splits: dict[str, Sequence[TaggedSentence]],
    *,
    language: str,
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 1,
    letters: int | None = None,
    **about,
) -> Dataset:
    """Sentences whose every word has a tag, the words as they were given.

    Args:
        splits: the sentences of `"train"`, `"validation"` and `"test"`.
        language: ISO 639 code, for the casing of `lower`.
        lower: whether words are lowered before they are looked up.
        max_size: keep that many words.
        min_count: words that the training split holds less often are unknown; above 1, so that the model learns what to make
            of an unknown word.
        letters: give so many letters of each word as a second input, see `preprocessing.spelling`; `None`: none.
        about: `name`, `description`, `licence` and `citation` of the spec.

    Raises:
        ZooError: an option is out of range, a split is empty, or there is but one tag.
    """
    _check_splits(splits, about["name"])
    words = Vocabulary.of_words(
        [words for words, _ in splits["train"]], language, lower, max_size=max_size, min_count=min_count
    )
    vocabularies = {"inputs": words}
    if letters is not None:
        letters = whole("letters", letters, minimum=1)
        vocabularies["characters"] = Vocabulary.learn(
            (word for words, _ in splits["train"] for word in words), "character", language
        )
    return tagged_sentences(splits, tags_of(splits), vocabularies, letters, **about)


def tags_of(splits: dict[str, Sequence[TaggedSentence]]) -> list[str]:
    """The different tags of all splits, sorted."""
    return sorted({tag for sentences in splits.values() for _, tags in sentences for tag in tags})


def tagged_sentences(
    splits: dict[str, Sequence[TaggedSentence]],
    labels: Sequence[str],
    vocabularies: dict[str, BaseVocabulary],
    letters: int | None,
    **about,
) -> Dataset:
    """The same by vocabularies that are there already: `inputs`, of words, and with `letters` also `characters`."""
    _check_splits(splits, about["name"])
    if len(labels) < 2:
        raise ZooError(f"{about['name']}: at least two different tags are needed, received {labels}.")
    words, spelt = vocabularies["inputs"], {}
    if letters is not None:
        spelt = {"letters": letters, "character_vocabulary_size": vocabularies["characters"].size}
    spec = DatasetSpec(
        pattern="many_to_many_aligned",
        objective="labels",
        builder_arguments={"input_shape": (None,), "vocabulary_size": words.size, "outputs": len(labels), **spelt},
        padding=dict.fromkeys((*vocabularies, "targets"), 0),
        vocabularies=vocabularies,
        labels=tuple(labels),
        **about,
    )
    return Dataset(*(_examples(splits[name], spec) for name in ("train", "validation", "test")), spec)


def _check_splits(splits: dict[str, Sequence[TaggedSentence]], name: str) -> None:
    for split, sentences in splits.items():
        if not sentences:
            raise ZooError(f"{name}: the {split} split should have at least one sentence, received none.")


def _examples(sentences: Sequence[TaggedSentence], spec: DatasetSpec) -> Examples:
    numbers = {label: number for number, label in enumerate(spec.labels)}
    inputs = {"inputs": [spec.vocabularies["inputs"].encode_tokens(words) for words, _ in sentences]}
    if "characters" in spec.vocabularies:
        characters, letters = spec.vocabularies["characters"], spec.builder_arguments["letters"]
        inputs["characters"] = [spelling(words, characters, letters) for words, _ in sentences]
    return Examples(inputs, [np.array([numbers[tag] for tag in tags], np.int32) for _, tags in sentences])
