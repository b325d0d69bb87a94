"""What a model writes about a split, beside what it should write."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import keras
import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.preprocessing.vocabulary import END
from keras_rnn_zoo.training import text_scores

_INPUTS = ("source", "context", "inputs")
_MULTIPLE = 16  # Lengths are padded up to its multiples where every length is compiled anew.


@dataclass(frozen=True)
class Questions:
    """The different inputs of a split, and all the right answers to each.

    Attributes:
        examples: the first example of each group.
        references: for each, the right texts.
        targets: for each, the right ids.
    """

    examples: Examples
    references: list[list[str]]
    targets: list[list[np.ndarray]]


def questions(spec: DatasetSpec, split: Examples, limit: int | None = None) -> Questions:
    """The first `limit` different inputs of `split`, with their answers."""
    groups: dict[int, list[int]] = {}
    for number, group in enumerate(range(len(split)) if split.groups is None else split.groups):
        groups.setdefault(group, []).append(number)
    members = list(groups.values())[:limit]
    decode = spec.vocabularies["targets"].decode
    texts = [decode(ids) for ids in split.targets] if split.texts is None else split.texts
    return Questions(
        split.subset([numbers[0] for numbers in members]),
        [[texts[number] for number in numbers] for numbers in members],
        [[split.targets[number] for number in numbers] for numbers in members],
    )


def longest_answer(dataset: Dataset) -> int:
    """How many symbols to write at most: one and a half times the longest training answer."""
    return 3 * max(len(row) for row in dataset.train.targets) // 2


def write(writer, spec: DatasetSpec, examples: Examples, batch_size: int = 64) -> list[list[int]]:
    """What `writer` (see `generation.writer_for`) writes about each example: ids before the end symbol."""
    field = next(name for name in _INPUTS if name in examples.inputs)
    batches = SequenceBatcher(
        Examples({field: examples.inputs[field]}, np.arange(len(examples))),
        batch_size,
        {field: spec.padding[field]} if field in spec.padding else {},
        shuffle=False,
        bucket=True,
        length_multiple=1 if keras.backend.backend() == "tensorflow" else _MULTIPLE,
    )
    written = [None] * len(examples)
    for inputs, rows in (batches[number] for number in range(len(batches))):
        for row, ids in zip(rows, writer(inputs).ids[:, 0], strict=True):
            written[row] = until_end(ids)
    return written


def scores(spec: DatasetSpec, asked: Questions, written: list) -> dict[str, float]:
    """The share of answers that are a right one to the last symbol, and the scores that the dataset names."""
    texts = [spec.vocabularies["targets"].decode(ids) for ids in written]
    return {"exact_match": exact_match(asked.targets, written), **text_scores_of(spec, asked, texts)}


def text_scores_of(spec: DatasetSpec, asked: Questions, texts: list[str]) -> dict[str, float]:
    """The scores that the dataset names, of `texts`."""
    return text_scores.text_scores(spec.scores, texts, asked.references, tokenizer(spec)) if spec.scores else {}


def signatures(spec: DatasetSpec, asked: Questions) -> dict[str, str]:
    """What makes each of the dataset's scores comparable."""
    return {name: text_scores.signature(name, asked.references, tokenizer(spec)) for name in spec.scores}


def tokenizer(spec: DatasetSpec) -> str:
    """How BLEU counts words: captions are lower-cased words already."""
    return "none" if spec.pattern == "one_to_many" else "13a"


def commonest_answer(dataset: Dataset, asked: Questions) -> dict[str, float]:
    """What the commonest training answer scores, whatever is asked."""
    (answer, _), *_ = Counter(map(tuple, dataset.train.targets)).most_common(1)
    return scores(dataset.spec, asked, [until_end(answer)] * len(asked.references))


def exact_match(targets: list[list], written: list) -> float:
    """The share of answers that equal one of their targets up to the end symbol."""
    right = [ids in [until_end(target) for target in row] for row, ids in zip(targets, written, strict=True)]
    return float(np.mean(right))


def until_end(ids) -> list[int]:
    """The ids before the end symbol, padding left out."""
    ids = np.asarray(ids).tolist()
    return [i for i in (ids[: ids.index(END)] if END in ids else ids) if i]
