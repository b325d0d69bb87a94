"""The numeric parts of a task, each written as a file of its own and compared with the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.asking import Asking
from keras_rnn_zoo.serving.numeric import NumericPart, numeric_parts
from keras_rnn_zoo.serving.plain_model import ModelAsking, model_signatures
from keras_rnn_zoo.serving.saved_model import check_exportable, without_cudnn
from keras_rnn_zoo.serving.self_check import same
from keras_rnn_zoo.serving.signatures import signatures_of
from keras_rnn_zoo.serving.versions import new_version

ABOUT = "dataset.json"
_FILES = {"serving_default": "model"}


def export_parts(task, base, version: int | None, examples, write: Callable) -> Path:
    """Writes `<base>/<version>/` by `write(part, name of its file, folder, questions)`, and what there is to know beside it.

    `questions` are inputs of the part: all examples together, and each alone.
    """
    is_model = isinstance(task, keras.Model)
    model = task if is_model else task.model
    check_exportable(model)
    with new_version(base, version) as new, without_cudnn(model):
        signatures = model_signatures(task) if is_model else signatures_of(task)
        parts = numeric_parts(signatures)
        traced = {name: signatures[name].traced() for name in parts}
        asking = (ModelAsking if is_model else Asking)(task, traced, examples)
        for name, part in parts.items():
            questions = [part.numbers(one.request(name)) for one in (asking, *asking.each())]
            write(part, _FILES.get(name, name), new.partial, questions)
        if not is_model:
            (new.partial / ABOUT).write_text(json.dumps(task.to_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
    return new.folder


def check_part(file: str, part: NumericPart, traced, questions: list[dict], run: Callable) -> None:
    """Raises a `ZooError` unless `run` answers each of `questions` as `traced` does, the model itself: floats to 1e-5, all else equal."""
    for numbers in questions:
        answer = run(numbers)
        for name, wanted in part.answer(traced, numbers).items():
            if not same(answer[name], wanted):
                raise ZooError(
                    f"{file} answers otherwise than the model: {name} is {answer[name]!r:.200}, and should be {wanted!r:.200}, for inputs of "
                    f"{_shapes(numbers)}. Please report this with the versions of TensorFlow and Keras."
                )


def _shapes(numbers: dict[str, np.ndarray]) -> str:
    return ", ".join(f"{name} {array.shape}" for name, array in numbers.items())
