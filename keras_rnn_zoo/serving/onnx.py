"""The numbers of a task as ONNX, which runs without TensorFlow and Keras; text stays outside."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.numeric import NumericPart, frozen
from keras_rnn_zoo.serving.parts import check_part, export_parts

_OPSET = 17
_PACKAGES = "tf2onnx onnx onnxruntime"


def export_onnx(task, base, version: int | None = None, *, examples=None) -> Path:
    """Writes `<base>/<version>/` with one `.onnx` file for each way to ask the model, any number of rows and steps in each.

    A classifier or tagger is `model.onnx`, from `inputs` to `probabilities`; what writes has `greedy.onnx` and `beam.onnx`, from `inputs`
    to `ids`, `scores` and how many symbols there are, and with `encode.onnx` and `step.onnx` writes by one's own loop. Beside them
    `dataset.json` holds vocabularies, labels and what fills inputs on the right, as in a saved task. Every file is run by
    onnxruntime, and has to answer as the model does.

    Args:
        task: a `Task`, or a `keras.Model`. base, version, examples: as for `export`.

    Returns:
        The version's folder, which appears when it is whole.

    Raises:
        ZooError: as `export`, tf2onnx or onnxruntime is missing, or the model has an operation that ONNX does not know.
    """
    _libraries()
    return export_parts(task, base, version, examples, _write)


def _libraries():
    try:
        import onnxruntime
        import tf2onnx
    except ImportError as error:
        raise ZooError(
            f"ONNX is written by tf2onnx and checked by onnxruntime, but: {error}. Run: pip install {_PACKAGES}."
        ) from error
    return tf2onnx, onnxruntime


def _write(part: NumericPart, name: str, folder: Path, questions):
    path, traced = folder / f"{name}.onnx", part.traced()
    _convert(traced, path)
    check_part(path.name, part, traced, questions, _runner(path))


def _convert(traced, path: Path):
    tf2onnx, _ = _libraries()
    specs = list(traced.structured_input_signature[0])
    try:
        tf2onnx.convert.from_function(frozen(traced), input_signature=specs, opset=_OPSET, output_path=str(path))
    except Exception as error:  # tf2onnx raises what it happens to stumble over.
        raise ZooError(f"tf2onnx cannot write {path.name}: {type(error).__name__}: {error}") from error


def _runner(path: Path):
    _, onnxruntime = _libraries()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(numbers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return dict(zip(names, session.run(names, numbers), strict=True))

    return run
