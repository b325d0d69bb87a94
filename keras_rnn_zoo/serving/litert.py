"""The numbers of a task as LiteRT (TensorFlow Lite), for small machines: one row of a fixed length at a time."""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.numeric import NumericPart, fill_of, filling, frozen
from keras_rnn_zoo.serving.parts import check_part, export_parts


def export_litert(task, base, version: int | None = None, *, length: int, examples=None) -> Path:
    """Writes `<base>/<version>/` with one `.tflite` file for each way to ask the model, of LiteRT's own operations alone.

    The files are those of `export_onnx`, each for one row of `length` steps, filled on the right as `dataset.json` beside them says.
    Every file is run by TensorFlow's LiteRT interpreter, and has to answer as the model does.

    Args:
        task: a `Task`, or a `keras.Model`. base, version: as for `export`.
        length: how many steps a row has.
        examples: as for `export`; none may be longer than `length`.

    Returns:
        The version's folder, which appears when it is whole.

    Raises:
        ZooError: as `export`, an example is longer than `length`, or the model has an operation that LiteRT does not have.
    """
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise ZooError(
            f"LiteRT reads rows of one length: give `length` (--length), a whole number of steps of at least 1; received {length!r}."
        )

    fill = fill_of(task)

    def write(part, name, folder, questions):
        padded = [_padded(row, part, length, fill) for row in _rows(questions[0])]
        path, traced = folder / f"{name}.tflite", part.traced(length)
        path.write_bytes(_converted(traced, path.name))
        check_part(path.name, part, traced, padded, _runner(path))

    return export_parts(task, base, version, examples, write)


def _rows(numbers: dict) -> list[dict]:
    count = len(next(iter(numbers.values())))
    return [{name: array[row : row + 1] for name, array in numbers.items()} for row in range(count)]


def _padded(row: dict, part: NumericPart, length: int, fill) -> dict:
    return {
        spec.name: _filled(row[spec.name], spec, length, filling(name, spec.dtype, fill))
        for name, spec in part.specs.items()
    }


def _filled(array, spec, length, fill):
    if spec.shape.rank < 2 or spec.shape[1] is not None:
        return array
    missing = length - array.shape[1]
    if missing < 0 or (missing and fill is None):
        raise ZooError(
            f"An example has {array.shape[1]} steps, and this export reads {length}: give another length or examples."
        )
    return np.pad(array, [(0, 0), (0, missing), *[(0, 0)] * (array.ndim - 2)], constant_values=fill or 0)


def _converted(traced, name: str) -> bytes:
    with TemporaryDirectory() as folder:  # Inputs and outputs keep their names by way of a SavedModel alone.
        tf.saved_model.save(tf.Module(), folder, signatures=frozen(traced))
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        try:
            return converter.convert()
        except Exception as error:  # The converter raises what its compiler says.
            raise ZooError(f"LiteRT cannot write {name}: {error!s:.1000}") from error


def _runner(path: Path):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated", UserWarning)
        run = tf.lite.Interpreter(model_path=str(path)).get_signature_runner()
    return lambda numbers: run(**numbers)
