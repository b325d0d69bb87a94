"""One model's line: what its export takes for one input, and what `model.predict` takes for the same answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import tensorflow as tf

from keras_rnn_zoo.bench.serving_by_predict import by_predict
from keras_rnn_zoo.bench.speed_timing import in_turn
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel
from keras_rnn_zoo.pretrained.folders import find_preset
from keras_rnn_zoo.pretrained.golden import golden_inputs
from keras_rnn_zoo.pretrained.presets import from_preset
from keras_rnn_zoo.serving.saved_model import write_saved_model
from keras_rnn_zoo.serving.signatures import signatures_of

PREDICT, C_API = "model.predict", "C API"


def serving_row(preset: str, rounds: int) -> dict:
    """What is written of a preset, once all ways are known to answer its first golden input the same.

    Raises:
        ZooError: they do not, or the preset reads no text.
    """
    task = from_preset(preset)
    text = golden_inputs(find_preset(preset))[0]
    signature, output, answer = by_predict(task, text)
    with TemporaryDirectory() as folder:
        write_saved_model(task.model, signatures_of(task), Path(folder, "1"))
        loaded = tf.saved_model.load(str(Path(folder, "1")))  # Kept: its functions alone would lose their variables.
        with SavedModel(Path(folder, "1")) as served:
            asked = loaded.signatures[signature]
            ways = {
                PREDICT: partial(answer, partial(task.model.predict, verbose=0)),
                "predict_on_batch": partial(answer, task.model.predict_on_batch),
                "tf.saved_model.load": lambda: _plain(asked(text=tf.constant([text]))[output].numpy()),
                C_API: lambda: _plain(served.run(signature, text=[text])[output]),
            }
            _check_same(preset, {name: way() for name, way in ways.items()})
            rows = in_turn(list(ways.values()), rounds)
    return {
        "preset": preset,
        "signature": signature,
        "input": text,
        "parameters": task.model.count_params(),
        "ms": {name: round(1000 * median(column), 4) for name, column in zip(ways, zip(*rows))},
        "ratio": round(median(row[0] / row[-1] for row in rows), 2),
        "ratios": [round(row[0] / row[-1], 2) for row in rows],
    }


def _plain(strings):
    """The one row's answer: a text, or a list of them without what pads it."""
    row = strings[0]
    return row.decode() if isinstance(row, bytes) else [one.decode() for one in row if one]


def _check_same(preset: str, answers: dict):
    if any(answer != answers[C_API] for answer in answers.values()):
        told = "; ".join(f"{name}: {answer!r:.80}" for name, answer in answers.items())
        raise ZooError(f"{preset}: the ways do not answer the same. {told}. Please report this.")
