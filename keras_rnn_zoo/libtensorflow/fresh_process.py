"""Asks a SavedModel in a process of its own, which has no Keras and no TensorFlow of Python's."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.arrays import plain_array
from keras_rnn_zoo.libtensorflow.dtypes import numpy_type
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel


def run_in_fresh_process(
    folder, requests: Sequence[tuple[str, dict]], libraries=None
) -> list[dict[str, np.ndarray] | ZooError]:
    """Loads a SavedModel once, on the CPU of a new process without Keras, and asks it everything in `requests`.

    Args:
        folder: of the SavedModel.
        requests: a signature and its inputs, each as `SavedModel.run` takes them.
        libraries: as for `SavedModel`: another TensorFlow than the one that is installed.

    Returns:
        An answer for each request: the outputs by their names, or the error that it met.

    Raises:
        ZooError: the SavedModel cannot be loaded, an input is no array, or the process died: of what, at which request.
    """
    with TemporaryDirectory() as place:
        asked, answered = Path(place, "asked"), Path(place, "answered")
        asked.write_text("".join(json.dumps([name, _packed(inputs)]) + "\n" for name, inputs in requests))
        answered.touch()
        command = [sys.executable, "-P", "-m", __name__, os.fspath(folder), os.fspath(libraries or ""), asked, answered]
        process = subprocess.run(command, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True)
        records = [json.loads(line) for line in answered.read_text().splitlines(True) if line.endswith("\n")]
    if process.returncode != 0:
        raise _failure(process, requests, records)
    return [_answer(record) for record in records]


def _environment():
    # The child finds modules where this process does; a GPU, which this process may have filled, it does without.
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return os.environ | {"PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def _failure(process, requests, records) -> ZooError:
    if records and "refused" in records[-1]:
        return ZooError(records[-1]["refused"])
    code, done = process.returncode, len(records)
    by = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    at = f"request {done}, {requests[done][0]!r}" if done < len(requests) else "its end"
    said = process.stderr.decode(errors="replace").strip() or "none"
    return ZooError(f"The process that ran the SavedModel was ended by {by} at {at}. Its last words: {said[-2000:]}")


def _answer(record) -> dict[str, np.ndarray] | ZooError:
    return ZooError(record["error"]) if "error" in record else _unpacked(record["outputs"])


def _packed(arrays: dict) -> dict:
    return {name: _pack(plain_array(name, value)) for name, value in arrays.items()}


def _pack(array: np.ndarray) -> dict:
    strings = array.dtype == object
    data = [_base64(text) for text in array.flat] if strings else _base64(array.tobytes())
    return {"dtype": "string" if strings else array.dtype.name, "shape": array.shape, "data": data}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unpacked(arrays: dict) -> dict[str, np.ndarray]:
    return {name: _unpack(**array) for name, array in arrays.items()}


def _unpack(dtype: str, shape: list[int], data) -> np.ndarray:
    if dtype != "string":
        return np.frombuffer(bytearray(base64.b64decode(data)), numpy_type(dtype)).reshape(shape)
    array = np.empty(shape, object)
    for number, text in enumerate(data):
        array.flat[number] = base64.b64decode(text)
    return array


def _answer_all(folder, libraries, asked, answered):
    """The child: writes an answer as soon as it has it, so that its death shows where it came."""
    with open(answered, "a") as file:
        try:
            with SavedModel(folder, libraries or None) as model:
                for line in Path(asked).read_text().splitlines():
                    print(json.dumps(_ask(model, *json.loads(line))), file=file, flush=True)
            _check_alone()
        except ZooError as error:
            print(json.dumps({"refused": str(error)}), file=file)
            sys.exit(2)


def _ask(model, signature, inputs) -> dict:
    try:
        return {"outputs": _packed(model.run(signature, **_unpacked(inputs)))}
    except ZooError as error:
        return {"error": str(error)}


def _check_alone():
    foreign = [name for name in ("keras", "tensorflow") if name in sys.modules]
    if foreign:
        raise ZooError(f"The process that ran the SavedModel imported {', '.join(foreign)}: it proves nothing.")


if __name__ == "__main__":
    _answer_all(*sys.argv[1:])
