"""Whether a written SavedModel answers as the task does, asked in a process without Keras."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.fresh_process import run_in_fresh_process
from keras_rnn_zoo.serving.asking import Asking, tensors
from keras_rnn_zoo.serving.plain_model import ModelAsking

TOLERANCE = 1e-5
_TOLERANCES = {
    "float16": 5e-3,
    "bfloat16": 5e-2,
}  # Of what layers compute in: graphs that are optimised otherwise round otherwise.


def check_saved_model(folder, asking: Asking | ModelAsking, libraries=None) -> None:
    """Asks every signature, and compares: `serving_default` with what the task or model itself answers, all with the functions
    they were traced from.

    Args:
        folder: the SavedModel. asking: what is asked. libraries: another TensorFlow's, see `libtensorflow.saved_model.SavedModel`.

    Raises:
        ZooError: an answer differs, or there is none.
    """
    requests = asking.requests()
    answers = run_in_fresh_process(folder, list(requests.items()), libraries)
    for (name, request), answer in zip(requests.items(), answers, strict=True):
        if isinstance(answer, ZooError):
            raise ZooError(f"The exported signature {name!r} fails where the model does not: {answer}")
        _check(name, difference(answer, asking, name, request))


def _check(signature, found: str | None):
    if found:
        raise ZooError(
            f"The exported signature {signature!r} answers otherwise than the model: {found}. Please report this with the versions "
            "of TensorFlow and Keras."
        )


def difference(answer: dict, asking: Asking | ModelAsking, signature: str, request: dict) -> str | None:
    """What of `answer` to `request` is otherwise than `asking` expects it, in words; `None` if nothing is."""
    expected = {name: value.numpy() for name, value in asking.traced[signature](**tensors(request)).items()}
    own = asking.expected() if signature == "serving_default" else {}
    tolerance = tolerance_of(asking.model)
    for name, wanted in (*expected.items(), *own.items()):
        if name not in answer or not same(answer[name], wanted, tolerance):
            return f"{name} is {answer.get(name)!r:.200}, and should be {wanted!r:.200}"
    return None


def tolerance_of(model) -> float:
    """How much the floats that `model` answers with may differ."""
    return max(_TOLERANCES.get(layer.compute_dtype, TOLERANCE) for layer in model._flatten_layers())


def same(answer: np.ndarray, wanted: np.ndarray, tolerance: float = TOLERANCE) -> bool:
    """Whether strings and whole numbers are equal, and floats to `tolerance`."""
    if answer.shape != wanted.shape:
        return False
    if wanted.dtype.kind == "f":
        return np.allclose(answer, wanted, rtol=tolerance, atol=tolerance)
    return bool((answer == wanted).all())
