"""What can be learnt: for each kind of answer its loss, its metrics, and the trivial baselines they stand beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.training.text_scores import larger_is_better


@dataclass(frozen=True)
class Objective:
    """A kind of answer.

    Attributes:
        loss: the loss's name in Keras. output_activation: what it is taken of.
        per_step: whether there is an answer at every step.
        headline: the metric that a run is judged by; `None`: what is written is judged. larger_is_better: its direction.
        metrics: makes fresh metric objects; called after Keras is imported.
        baseline: from the training split and a scored split to the metrics of an answer that ignores the input.
        baseline_name: what that answer is.
    """

    loss: str
    output_activation: str
    per_step: bool
    headline: str | None
    larger_is_better: bool
    metrics: Callable[[], list]
    baseline: Callable[[Examples, Examples], dict[str, float]]
    baseline_name: str


def get(name: str) -> Objective:
    """The objective called `name`."""
    if name not in OBJECTIVES:
        raise unknown_name("objective", name, OBJECTIVES)
    return OBJECTIVES[name]


def headline_of(spec: DatasetSpec, monitor: str | None = None) -> tuple[str, bool]:
    """The score that a run is judged by, and whether larger is better.

    Args:
        monitor: one of the dataset's scores of written texts; with `"loss"`, which is no score, and by default the objective's own score, or where it has none
            (CTC) the dataset's first.
    """
    objective = get(spec.objective)
    monitor = None if monitor == "loss" else monitor
    if monitor is None and objective.headline:
        return objective.headline, objective.larger_is_better
    if (monitor or spec.scores[0]) not in spec.scores:
        raise ZooError(
            f"training.monitor: {spec.name} is scored by {', '.join(spec.scores) or 'no texts'}, received {monitor!r}."
        )
    return monitor or spec.scores[0], larger_is_better(monitor or spec.scores[0])


def baseline_of(dataset: Dataset, split: Examples) -> dict:
    """The trivial answer's name and metrics, with what it learns from `dataset.train` scored on `split`."""
    objective = get(dataset.spec.objective)
    return {"name": objective.baseline_name, **objective.baseline(dataset.train, split)}


def _class_metrics():
    import keras

    return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]


def _majority_class(train, split):
    classes, counts = np.unique(np.asarray(train.targets), return_counts=True)
    return {"accuracy": float(np.mean(np.asarray(split.targets) == classes[counts.argmax()]))}


def _number_metrics():
    import keras

    from keras_rnn_zoo.training.metrics import WithinTolerance

    return [WithinTolerance(), keras.metrics.MeanSquaredError(name="mean_squared_error")]


def _mean_number(train, split):
    errors = (np.asarray(split.targets) - np.mean(np.asarray(train.targets), axis=0)) ** 2
    return {
        "within_tolerance": float(np.mean(np.all(errors <= 0.04, axis=-1))),
        "mean_squared_error": float(np.mean(errors)),
    }


def _symbol_metrics():
    from keras_rnn_zoo.training.metrics import SymbolAccuracy, SymbolNats

    return [SymbolNats(), SymbolAccuracy()]


def _unigram(train, split):
    """Each symbol as often as in training, one count added to every symbol so that unseen ones cost a finite price."""
    seen, scored = np.concatenate(list(train.targets)), np.concatenate(list(split.targets))
    counts = np.bincount(seen, minlength=int(max(seen.max(), scored.max())) + 1) + 1.0
    nats = -np.log(counts / counts.sum())
    return {"nats_per_symbol": float(nats[scored].mean()), "symbol_accuracy": float(np.mean(scored == counts.argmax()))}


def _no_metrics():
    return []


def _blanks_alone(train, split):
    """CTC has no baseline of its own: what is written is scored as text."""
    return {}


def _label_metrics():
    from keras_rnn_zoo.training.metrics import SequenceAccuracy, SymbolAccuracy

    return [SymbolAccuracy(name="label_accuracy"), SequenceAccuracy()]


def _commonest_label(train, split):
    """The commonest label of all, beside it each position's own where all rows are as long; of symbols each symbol's own."""
    read = train.inputs["inputs"]
    if np.ndim(read[0]) == 1 and np.asarray(read[0]).dtype.kind in "iu":
        return {"name": "each symbol's commonest label", **_share_right(split, _by_symbol(train, split))}
    commonest = np.bincount(np.concatenate(list(train.targets))).argmax()
    found = _share_right(split, [np.full(len(row), commonest) for row in split.targets])
    if len({len(row) for row in (*train.targets, *split.targets)}) > 1:
        return found
    by_position = [np.bincount(labels).argmax() for labels in np.transpose(train.targets)]
    return found | {"label_accuracy_by_position": float(np.mean(np.asarray(split.targets) == by_position))}


def _by_symbol(train, split):
    """For a symbol that is new, and where two labels are as common, the one that is commoner in all."""
    read, asked = train.inputs["inputs"], split.inputs["inputs"]
    symbols, labels = np.concatenate(list(read)), np.concatenate(list(train.targets))
    known = int(max(symbols.max(), max(row.max() for row in asked))) + 1
    shares = np.bincount(labels) / (len(labels) + 1)
    counts = np.tile(shares, (known, 1))
    np.add.at(counts, (symbols, labels), 1)
    return [counts[row].argmax(axis=1) for row in asked]


def _share_right(split, answers):
    right = [np.asarray(row) == answer for row, answer in zip(split.targets, answers, strict=True)]
    return {
        "label_accuracy": float(np.mean(np.concatenate(right))),
        "sequence_accuracy": float(np.mean([row.all() for row in right])),
    }


def _note_metrics():
    from keras_rnn_zoo.training.metrics import FrameNats

    return [FrameNats()]


def _note_unigram(train, split):
    """Each note as often as in training, independently of all else ("Note 1-gram" of Boulanger-Lewandowski 2012).

    Half a count is added each way, since a note may be heard in the scored split alone.
    """
    seen = np.concatenate(list(train.targets))
    rates = (seen.sum(axis=0) + 0.5) / (len(seen) + 1)
    frames = np.concatenate(list(split.targets))
    nats = -(frames * np.log(rates) + (1 - frames) * np.log(1 - rates)).sum(axis=1)
    return {"nats_per_frame": float(nats.mean())}


OBJECTIVES = {
    "class": Objective(
        "sparse_categorical_crossentropy",
        "softmax",
        False,
        "accuracy",
        True,
        _class_metrics,
        _majority_class,
        "the commonest class",
    ),
    "ctc": Objective("ctc", "linear", True, None, False, _no_metrics, _blanks_alone, "the commonest answer"),
    "labels": Objective(
        "sparse_categorical_crossentropy",
        "softmax",
        True,
        "label_accuracy",
        True,
        _label_metrics,
        _commonest_label,
        "the commonest label",
    ),
    "notes": Objective(
        "binary_crossentropy",
        "sigmoid",
        True,
        "nats_per_frame",
        False,
        _note_metrics,
        _note_unigram,
        "each note's own frequency",
    ),
    "number": Objective(
        "mean_squared_error",
        "linear",
        False,
        "within_tolerance",
        True,
        _number_metrics,
        _mean_number,
        "the mean number",
    ),
    "symbols": Objective(
        "sparse_categorical_crossentropy",
        "softmax",
        True,
        "nats_per_symbol",
        False,
        _symbol_metrics,
        _unigram,
        "symbol frequencies",
    ),
}
