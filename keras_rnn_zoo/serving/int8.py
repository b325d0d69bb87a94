"""Embeddings and dense layers in 8 bits, where a model answers as well with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.tasks import Task, load_task
from keras_rnn_zoo.training.objectives import headline_of

TOLERANCE = 0.01
_KINDS = (keras.layers.Dense, keras.layers.Embedding)
_SETTINGS = ("decoding", "copy_unknown")


def quantized(task: Task, measure: Callable[[Task], dict[str, float]], judged=None, report=print) -> Task:
    """A copy of `task` whose embeddings and dense layers hold whole numbers of 8 bits; recurrent kernels stay as they are.

    Args:
        task: stays as it is.
        measure: from a task to its metrics: `metrics_on_test`, or `agreement`.
        judged: the metric that has to be kept, and whether larger is better: it may become worse by 0.01, where it is above 1 by
            0.01 of itself; `None`: none has.
        report: told in lines of text what the metrics and the size were before, and what they are.

    Raises:
        ZooError: there is no such layer, or the metric is not kept.
    """
    small = _copy(task)
    small.model.quantize("int8", filters=lambda layer: isinstance(layer, _KINDS))
    layers = _layers_of_8_bits(small.model)
    if not layers:
        raise ZooError(
            f"{task.model.name} has no embedding and no dense layer to be held in 8 bits: leave out int8=True."
        )
    report(f"8 bits: {', '.join(layers)}; weights {_bytes(task.model):,} bytes before, {_bytes(small.model):,} now")
    before, after = measure(task), measure(small)
    report("; ".join(f"{name} {before[name]:.4f} before, {after[name]:.4f} now" for name in before))
    if judged and not _kept(before[judged[0]], after[judged[0]], judged[1]):
        raise ZooError(f"8 bits do not keep {judged[0]}: leave out int8=True, or train the model further.")
    return small


def _kept(before: float, after: float, larger_is_better: bool) -> bool:
    lost = before - after if larger_is_better else after - before
    return lost <= TOLERANCE * max(1, abs(before))


def in_8_bits(task, folder: Path | None, examples: Sequence | None, report=print) -> Task:
    """`quantized` of a task, measured on the test split of the run or preset in `folder`, or else on `examples`.

    Raises:
        ZooError: as `quantized`, or there is nothing to measure on.
    """
    if not isinstance(task, Task):
        raise ZooError(
            f"A {type(task).__name__} has no examples to measure 8 bits by: give a Task, or leave out int8=True."
        )
    dataset = _dataset_of(folder, report) if folder else None
    if dataset:
        scores = dataset[0].spec.scores
        judged = headline_of(dataset[0].spec, scores[0] if scores else None)
        return quantized(task, metrics_on_test(*dataset), judged, report)
    if examples is None or not len(examples):
        raise ZooError("8 bits are measured by how they answer: give examples, or a preset whose data is at hand.")
    return quantized(task, agreement(task, examples), report=report)


def agreement(task: Task, examples: Sequence) -> Callable[[Task], dict[str, float]]:
    """A measure without a data set: the share of `examples` that are answered as `task` answers them."""
    expected = [task(one) for one in examples]

    def measure(other):
        same = [other(one) == answer for one, answer in zip(examples, expected, strict=True)]
        return {"same_answers": float(np.mean(same))}

    return measure


def _dataset_of(folder: Path, report):
    """What the run or preset in `folder` was trained with, its batch size and how it writes; `None` where the data is not at hand."""
    from keras_rnn_zoo.training.runner import load_dataset
    from keras_rnn_zoo.training.trained import open_run

    try:
        config = open_run(str(folder)).config
        return load_dataset(config), config.training.batch_size, config.decoding
    except ZooError as error:
        report(f"The test split is not at hand, so answers to examples are compared in its place: {error}")
        return None


def metrics_on_test(dataset, batch_size: int, decoding) -> Callable[[Task], dict[str, float]]:
    """A measure on the test split of `dataset`."""
    from keras_rnn_zoo.training.evaluate import evaluate

    return lambda task: evaluate(task.model, dataset, dataset.test, batch_size, decoding)


def _copy(task):
    settings = {name: getattr(task, name) for name in _SETTINGS if hasattr(task, name)}
    with TemporaryDirectory() as place:
        return load_task(str(task.save(f"{place}/task")), **settings)


def _layers_of_8_bits(model) -> list[str]:
    return [layer.path for layer in model._flatten_layers() if getattr(layer, "quantization_mode", None) == "int8"]


def _bytes(model) -> int:
    return sum(weight.numpy().nbytes for weight in model.weights)
