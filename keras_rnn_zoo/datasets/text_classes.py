"""What datasets of labelled texts share: from texts and the numbers of their classes to examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.datasets.splits import grouped
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.text import normalize, squeeze
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

LabelledText = tuple[str, int]  # a text, and the number of its class


def text_class_dataset(
    splits: dict[str, Sequence[LabelledText]],
    labels: Sequence[str],
    *,
    unit: str = "word",
    language: str = "en",
    lower: bool = True,
    max_size: int | None = None,
    min_count: int = 1,
    **about,
) -> Dataset:
    """Texts, each of one of several classes.

    Args:
        splits: the texts of `"train"`, `"validation"` and `"test"`.
        labels: names of the classes.
        unit, language, lower, max_size, min_count: of the training texts' vocabulary, see `learn_vocabulary`.
        about: `name`, `description`, `licence` and `citation` of the `DatasetSpec`.

    Raises:
        ZooError: an option is out of range, a split is empty, or a text has nothing to read.
    """
    texts = [text for text, _ in splits["train"]]
    vocabulary = learn_vocabulary(texts, unit, language, lower=lower, max_size=max_size, min_count=min_count)
    return classified_texts(splits, labels, vocabulary, **about)


def classified_texts(
    splits: dict[str, Sequence[LabelledText]], labels: Sequence[str], vocabulary: BaseVocabulary, **about
) -> Dataset:
    """The same by a vocabulary that is there already."""
    for split, rows in splits.items():
        if not rows:
            raise ZooError(f"{about['name']}: the {split} split should have at least one text, received none.")
    spec = DatasetSpec(
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None,), "vocabulary_size": vocabulary.size, "outputs": len(labels)},
        padding={"inputs": 0},
        vocabularies={"inputs": vocabulary},
        labels=tuple(labels),
        **about,
    )
    return Dataset(*(_examples(splits[name], vocabulary) for name in ("train", "validation", "test")), spec)


def held_out(rows: Sequence[LabelledText], apart: Sequence[LabelledText], share: float, seed: int) -> dict[str, list]:
    """`rows` without the texts of `apart`, as `"train"` and `"validation"`; texts that are alike stay together.

    Args:
        rows: the published training split.
        apart: the split that is tested on. Texts that differ in case and spaces alone are alike.
        share: of the validation split, at most.
        seed: of the shuffle.
    """
    tested = {_alike(text) for text, _ in apart}
    kept = [row for row in rows if _alike(row[0]) not in tested]
    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(_alike(text), len(numbers)) for text, _ in kept]
    parts = grouped(groups, seed, share)
    chosen = {"train": np.concatenate([parts["train"], parts["test"]]), "validation": parts["validation"]}
    return {name: [kept[i] for i in indices] for name, indices in chosen.items()}


def _alike(text: str) -> str:
    return squeeze(normalize(text, lower=True))


def _examples(rows: Sequence[LabelledText], vocabulary) -> Examples:
    encoded = [vocabulary.encode(text) for text, _ in rows]
    for ids, (text, _) in zip(encoded, rows):
        if not len(ids):
            raise ZooError(f"A text should have at least one {vocabulary.unit}, received {text!r:.80}. Leave it out.")
    return Examples({"inputs": encoded}, np.array([label for _, label in rows], np.int32))
