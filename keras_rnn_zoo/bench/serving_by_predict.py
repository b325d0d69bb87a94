"""What a user without an export does: encode a text, call the model, look the answer up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import END, PAD, START, UNKNOWN
from keras_rnn_zoo.tasks import Classifier, Tagger, TextToText


def by_predict(task, text: str) -> tuple[str, str, Callable]:
    """The signature that answers the same, the output that has the answer, and a function that finds it by what it is given:
    `model.predict` or the like.

    Raises:
        ZooError: `task` neither classifies, nor tags, nor answers a text.
    """
    if isinstance(task, Tagger):
        tags = [task.labels[0]] * len(task(text))
        return "serving_default", "tags", lambda predict: _tagged(task, text, tags, predict)
    if isinstance(task, Classifier) and task.vocabulary:
        return "serving_default", "label", lambda predict: _classified(task, text, predict)
    if isinstance(task, TextToText):
        return "greedy", "text", lambda predict: _written(task, text, predict)
    raise ZooError(
        f"A {type(task).__name__} is not timed here: a classifier, a tagger or a translator of texts is expected."
    )


def _classified(task, text, predict) -> str:
    return task.labels[int(predict(task.read(text)[None])[0].argmax())]


def _tagged(task, text, tags, predict) -> list[str]:
    inputs = {name: rows[0][None] for name, rows in task.examples([(text, tags)]).inputs.items()}
    steps = predict(inputs if len(inputs) > 1 else inputs["inputs"])[0]
    return [task.labels[int(number)] for number in steps.argmax(axis=-1)]


def _written(task, text, predict) -> str:
    """The most probable symbol each time; the model reads all that is written for each new one."""
    source, written = task.source.encode(text)[None], [START]
    while written[-1] != END and len(written) <= task.limit(source[0]):
        outputs = predict({"source": source, "previous": np.array([written], "int32")})[0, -1]
        outputs[[PAD, UNKNOWN, START]] = -np.inf
        written.append(int(outputs.argmax()))
    return task.vocabulary.decode(written[1:])
