"""A trained model's numbers on one split, and the trivial baseline's beside them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.generation.decode import SequenceWriter
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.preprocessing.vocabulary import END
from keras_rnn_zoo.training import objectives


def evaluate(model, dataset: Dataset, split: Examples, batch_size: int = 64) -> dict[str, float]:
    """The metrics of a compiled `model` on `split`.

    Teacher-forced metrics always; the share of exactly written answers (`exact_match`, greedy) where the answer is a
    sequence to be written.
    """
    batches = SequenceBatcher(split, batch_size, dataset.spec.padding, shuffle=False, bucket=True)
    scores = model.evaluate(batches.dataset(), return_dict=True, verbose=0)
    metrics = {name: float(value) for name, value in scores.items() if name != "loss"}
    if dataset.spec.writes:
        metrics["exact_match"] = exact_match(split.targets, write(model, dataset.spec, split, batch_size))
    return with_perplexity(metrics)


def baseline(dataset: Dataset, split: Examples) -> dict:
    """What an answer that ignores the input would score on `split`, and its name."""
    scores = objectives.baseline_of(dataset, split)
    if dataset.spec.writes:
        (commonest, _), *_ = Counter(map(tuple, dataset.train.targets)).most_common(1)
        scores["exact_match"] = exact_match(split.targets, [commonest] * len(split))
    return with_perplexity(scores)


def write(model, spec: DatasetSpec, split: Examples, batch_size: int = 64) -> list[np.ndarray]:
    """What the model writes, greedily, about each example of `split`: ids, one row an example."""
    field = "source" if "source" in split.inputs else "context"
    writer = SequenceWriter(model, max_length=max(len(row) for row in split.targets))
    order = SequenceBatcher(
        Examples({field: split.inputs[field]}, np.arange(len(split))),
        batch_size,
        {field: spec.padding[field]} if field in spec.padding else {},
        shuffle=False,
        bucket=True,
    )
    written = [None] * len(split)
    for inputs, rows in (order[number] for number in range(len(order))):
        for row, ids in zip(rows, writer(inputs), strict=True):
            written[row] = ids
    return written


def exact_match(targets, written) -> float:
    """The share of rows that equal their target up to the end symbol."""
    return float(np.mean([_until_end(a) == _until_end(b) for a, b in zip(targets, written, strict=True)]))


def with_perplexity(metrics: dict) -> dict:
    """Adds the perplexity, `exp(nats per symbol)`, where there are nats per symbol."""
    if "nats_per_symbol" in metrics:
        metrics["perplexity"] = math.exp(metrics["nats_per_symbol"])
    return metrics


def _until_end(ids) -> list[int]:
    ids = np.asarray(ids).tolist()
    return ids[: ids.index(END)] if END in ids else ids
