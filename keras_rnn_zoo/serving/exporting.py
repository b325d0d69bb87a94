"""A task, or a model, as a version that TensorFlow Serving serves."""

from __future__ import annotations

from pathlib import Path

import keras

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.pretrained.folders import find_preset
from keras_rnn_zoo.pretrained.golden import golden_inputs
from keras_rnn_zoo.pretrained.presets import from_preset
from keras_rnn_zoo.serving.asking import Asking
from keras_rnn_zoo.serving.int8 import in_8_bits
from keras_rnn_zoo.serving.litert import export_litert
from keras_rnn_zoo.serving.numeric import fill_of
from keras_rnn_zoo.serving.onnx import export_onnx
from keras_rnn_zoo.serving.plain_model import ModelAsking, model_signatures
from keras_rnn_zoo.serving.saved_model import trace, write_saved_model
from keras_rnn_zoo.serving.self_check import check_saved_model
from keras_rnn_zoo.serving.signatures import signatures_of
from keras_rnn_zoo.serving.versions import new_version
from keras_rnn_zoo.serving.warm_up import write_warm_up
from keras_rnn_zoo.serving.xla import compiled, warm_up_requests
from keras_rnn_zoo.tasks import Task
from keras_rnn_zoo.training.saving import load_model

_FORMATS = ("tf_saved_model", "onnx", "litert")


def export(
    task,
    base,
    version: int | None = None,
    *,
    examples=None,
    format="tf_saved_model",
    length=None,
    xla=False,
    int8=False,
) -> Path:
    """Writes `<base>/<version>/`, a SavedModel that reads raw inputs and answers with labels or text.

    Each weight is stored once; decoding, tokens and casing are inside the graph; nothing in it needs a GPU. At the end every
    signature is asked in a process without Keras, and has to answer as `task` does.

    Args:
        task: a `Task`, the name or folder of a preset, or a `keras.Model` or its `.keras` file, which is served with its own inputs
            and outputs.
        base: the folder of the model's versions.
        version: a whole number; by default the next free one. A version is never replaced.
        examples: raw inputs, as `task` takes them, to be checked and warmed up with; of a model a dictionary of arrays by the
            names of its inputs. By default some are made up.
        format: "tf_saved_model"; "onnx" or "litert": the numbers alone, see `export_onnx` and `export_litert`.
        length: how many steps the one row of a LiteRT model has.
        xla: compile the numbers of a SavedModel, see `xla.compiled`: faster, after 1 to 6 seconds for each new power of two of rows and
            steps. Those of the `examples` are in the warm-up.
        int8: hold embeddings and dense layers of a SavedModel in 8 bits, see `int8.quantized`. Metrics and sizes are printed; those of a
            preset on its test split, where that is at hand, have to be kept.

    Returns:
        The version's folder, which appears when it is whole.

    Raises:
        ZooError: the task cannot be exported here, the version is there, or what was written does not answer as the task.
    """
    check_options(format, length, xla or int8)
    task, folder, examples = _opened(task, examples)
    if format == "onnx":
        return export_onnx(task, base, version, examples=examples)
    if format == "litert":
        return export_litert(task, base, version, length=length, examples=examples)
    return _export(in_8_bits(task, folder, examples) if int8 else task, base, version, examples, xla)


def _export(task, base, version, examples, xla):
    is_model = isinstance(task, keras.Model)
    model, signatures = (task, model_signatures(task)) if is_model else (task.model, signatures_of(task))
    with new_version(base, version) as new:
        traced = write_saved_model(model, compiled(signatures, fill_of(task)) if xla else signatures, new.partial)
        plain = trace(model, signatures) if xla else traced
        asking = (ModelAsking if is_model else Asking)(task, plain, examples)
        check_saved_model(new.partial, asking)
        write_warm_up(new.partial, warm_up_requests(asking) if xla else asking.one().requests().items())
    return new.folder


def check_options(format: str, length: int | None, of_saved_model: bool) -> None:
    """Raises a `ZooError` unless `export` knows the format and it has what is asked for."""
    if format not in _FORMATS:
        raise unknown_name("format", format, _FORMATS)
    if of_saved_model and format != "tf_saved_model":
        raise ZooError(f"xla and int8 are for SavedModels, not for {format}: leave them out.")
    if length is not None and format != "litert":
        raise ZooError(f"length is for LiteRT, {format} takes sequences of any: leave it out.")


def _opened(task, examples):
    """A preset with its folder, and with the inputs that it holds answers to; or the model in a file."""
    if isinstance(task, (Task, keras.Model)):
        return task, None, examples
    if not isinstance(task, (str, Path)):
        raise ZooError(f"A Task, a keras.Model or a preset's name is exported, received {task!r:.60}.")
    if Path(task).suffix == ".keras":
        return load_model(task), None, examples
    folder = find_preset(task)
    return from_preset(task), folder, golden_inputs(folder) if examples is None else examples
