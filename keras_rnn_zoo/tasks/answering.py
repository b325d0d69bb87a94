"""The probabilities that a model answers a list of inputs with."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from keras_rnn_zoo.tasks.task import BATCH, padded

_MULTIPLE = 16


def probabilities(model, rows: Sequence[np.ndarray], fill: float | None) -> list[np.ndarray]:
    """What `model` answers to each row: probabilities `(classes,)`, or `(its steps, classes)`.

    Args:
        rows: the inputs, as the model reads them.
        fill: what fills rows on the right; `None` where all have one shape.
    """
    order = np.argsort([len(row) for row in rows], kind="stable")
    answers = [None] * len(rows)
    for numbers in np.split(order, range(BATCH, len(order), BATCH)):
        chosen = [rows[number] for number in numbers]
        outputs = model.predict_on_batch(np.stack(chosen) if fill is None else padded(chosen, fill, _MULTIPLE))
        for number, output in zip(numbers, _normalized(model, outputs), strict=True):
            answers[number] = output[: len(rows[number])] if output.ndim == 2 else output
    return answers


def _normalized(model, outputs):
    """Logits as probabilities; a model that ends in softmax gives these itself."""
    activation = getattr(model.layers[-1], "activation", keras.activations.softmax)
    return keras.ops.convert_to_numpy(keras.ops.softmax(outputs)) if activation is keras.activations.linear else outputs
