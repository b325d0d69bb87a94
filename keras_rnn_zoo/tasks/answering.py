"""The probabilities that a model answers a list of inputs with."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from keras_rnn_zoo.tasks.task import BATCH, padded

_MULTIPLE = 16


def probabilities(model, rows: Sequence, fill: float | None) -> list[np.ndarray]:
    """What `model` answers to each row: probabilities `(classes,)`, or `(its steps, classes)`.

    Args:
        rows: the inputs, as the model reads them: arrays, or where it reads several, dictionaries of them.
        fill: what fills rows on the right; `None`: rows of different lengths are not answered together.
    """
    if not rows:
        return []
    lengths = np.array([len(next(iter(row.values())) if isinstance(row, dict) else row) for row in rows], int)
    order = np.argsort(lengths, kind="stable")
    changes = [] if fill is not None else np.flatnonzero(np.diff(lengths[order])) + 1
    answers = [None] * len(rows)
    for numbers in np.split(order, sorted({*range(BATCH, len(order), BATCH), *changes})):
        chosen = [rows[number] for number in numbers]
        outputs = model.predict_on_batch(_batch(chosen, fill))
        outputs = keras.ops.convert_to_numpy(as_probabilities(model, outputs))
        for number, output in zip(numbers, outputs, strict=True):
            answers[number] = output[: lengths[number]] if output.ndim == 2 else output
    return answers


def _batch(rows, fill):
    if isinstance(rows[0], dict):
        return {name: _batch([row[name] for row in rows], fill) for name in rows[0]}
    return np.stack(rows) if fill is None else padded(rows, fill, _MULTIPLE)


def as_probabilities(model, outputs):
    """Logits as probabilities; a model that ends in softmax gives these itself."""
    activation = getattr(model.layers[-1], "activation", keras.activations.softmax)
    return keras.ops.softmax(outputs) if activation is keras.activations.linear else outputs
