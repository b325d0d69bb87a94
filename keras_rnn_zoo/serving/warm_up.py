"""Requests that TensorFlow Serving runs before it lets anybody in, so that the first client does not wait."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from keras_rnn_zoo.libtensorflow.protobuf import write_field
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf

FILE = Path("assets.extra", "tf_serving_warmup_requests")
MOST = 1000  # With more, TensorFlow Serving does not serve the version.
# Fields of tensorflow_serving's PredictionLog, PredictLog, PredictRequest and ModelSpec.
_PREDICT_LOG, _REQUEST, _MODEL_SPEC, _INPUTS, _SIGNATURE_NAME = 6, 1, 1, 2, 3
_KEY, _VALUE = 1, 2


def write_warm_up(folder: Path, requests: Iterable[tuple[str, dict[str, np.ndarray]]]) -> None:
    """Writes one record for each request into the SavedModel in `folder`.

    Args:
        requests: a signature, and an array for each of its inputs. A record that does not fit keeps the version from
            being served, so they should have been tried.
    """
    path = folder / FILE
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as file:
        for signature, inputs in requests:
            file.write(prediction_log(signature, inputs))


def prediction_log(signature: str, inputs: dict[str, np.ndarray]) -> bytes:
    """A `PredictionLog` of one request, serialised."""
    spec = write_field(_MODEL_SPEC, write_field(_SIGNATURE_NAME, signature))
    entries = [
        write_field(_INPUTS, write_field(_KEY, name) + write_field(_VALUE, _tensor(a))) for name, a in inputs.items()
    ]
    return write_field(_PREDICT_LOG, write_field(_REQUEST, spec + b"".join(entries)))


def _tensor(array) -> bytes:
    return tf.make_tensor_proto(array).SerializeToString()
