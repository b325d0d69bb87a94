"""The warm-up file: a TFRecord of PredictionLogs, byte by byte."""

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from keras_rnn_zoo.libtensorflow.protobuf import read_fields
from keras_rnn_zoo.serving.warm_up import FILE, prediction_log, write_warm_up

REQUESTS = {
    "serving_default": {"text": np.array([b"Kedi"], object)},
    "tokens": {"tokens": np.array([[4, 5]], "int32"), "lengths": np.array([2], "int32")},
}
# prediction_log.proto: PredictionLog.predict_log = 6; PredictLog.request = 1; predict.proto: PredictRequest.model_spec = 1,
# inputs = 2 (a map); model.proto: ModelSpec.signature_name = 3; tensor.proto: TensorProto.dtype = 1, tensor_shape = 2,
# string_val = 8.
BY_HAND = (
    b"\x32\x2d"  # predict_log, 45 bytes
    b"\x0a\x2b"  # request, 43 bytes
    b"\x0a\x11\x1a\x0fserving_default"  # model_spec { signature_name }
    b"\x12\x16"  # inputs, an entry of 22 bytes
    b"\x0a\x04text"
    b"\x12\x0e"  # a tensor of 14 bytes
    b"\x08\x07"  # DT_STRING
    b"\x12\x04\x12\x02\x08\x01"  # tensor_shape { dim { size: 1 } }
    b"\x42\x04Kedi"
)


def test_a_record_byte_by_byte():
    assert prediction_log("serving_default", REQUESTS["serving_default"]) == BY_HAND


def test_the_file_is_read_back_as_it_was_sent(tmp_path):
    write_warm_up(tmp_path, REQUESTS.items())
    records = [record.numpy() for record in tf.data.TFRecordDataset(str(tmp_path / FILE))]
    assert records == [prediction_log(name, inputs) for name, inputs in REQUESTS.items()]
    for record, (name, inputs) in zip(records, REQUESTS.items(), strict=True):
        request = _only(_only(record, 6), 1)
        assert _only(_only(request, 1), 3).decode() == name
        entries = [dict(read_fields(entry)) for number, entry in read_fields(request) if number == 2]
        sent = {entry[1].decode(): _array(entry[2]) for entry in entries}
        assert sent.keys() == inputs.keys()
        for key, array in inputs.items():
            assert sent[key].dtype == array.dtype and sent[key].tolist() == array.tolist()


def _only(message, number):
    (value,) = (value for field, value in read_fields(message) if field == number)
    return value


def _array(message):
    return tf.make_ndarray(tensor_pb2.TensorProto.FromString(message))
