"""The wire format: what TensorFlow's own protocol buffers write is read, and what is written they read."""

import pytest
from tensorflow.core.framework import tensor_shape_pb2, types_pb2
from tensorflow.core.protobuf import meta_graph_pb2

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.dtypes import DTYPES
from keras_rnn_zoo.libtensorflow.protobuf import read_fields, signed, write_field, write_varint
from keras_rnn_zoo.libtensorflow.signature_def import TensorInfo, parse_signatures

INTEGERS = [0, 1, 127, 128, 300, 2**31 - 1, 2**63 - 1, -1, -(2**63)]


@pytest.mark.parametrize("value", INTEGERS)
def test_integers(value):
    theirs = tensor_shape_pb2.TensorShapeProto.Dim(size=value).SerializeToString()
    assert write_field(1, value) == (theirs or b"\x08\x00")
    assert [(number, signed(read)) for number, read in read_fields(write_field(1, value))] == [(1, value)]


def test_a_message_in_a_message():
    theirs = tensor_shape_pb2.TensorShapeProto(unknown_rank=True)
    theirs.dim.add(size=-1, name="yığın")
    theirs.dim.add(size=300)
    ours = write_field(2, write_field(1, -1) + write_field(2, "yığın")) + write_field(2, write_field(1, 300))
    assert ours + write_field(3, True) == theirs.SerializeToString()


def test_fixed_numbers_come_as_bytes():
    assert list(read_fields(b"\x0d\x01\x02\x03\x04\x11" + bytes(8))) == [(1, b"\x01\x02\x03\x04"), (2, bytes(8))]


@pytest.mark.parametrize(
    "message, said",
    [
        (write_field(1, "state")[:-1], "cut off: byte 7 was expected of 6"),
        (write_field(1, 300)[:-1], "cut off"),
        (b"\x0a", "cut off"),
        (b"\x0b\x00", "of kind 3; expected 0, 1, 2 or 5"),
        (b"\x08" + b"\xff" * 11, "has no end"),
    ],
)
def test_damaged_messages_are_refused(message, said):
    with pytest.raises(ZooError, match=said):
        list(read_fields(message))


def test_packed_integers():
    from tensorflow.core.example import feature_pb2

    theirs = feature_pb2.Int64List(value=[3, 300, -1]).SerializeToString()
    assert theirs == write_field(1, b"".join(map(write_varint, [3, 300, -1])))


def test_data_types_are_tensorflows():
    for number, dtype in DTYPES.items():
        name = {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}.get(dtype, dtype.upper())
        assert types_pb2.DataType.Value(f"DT_{name}") == number


def test_signatures():
    graph = meta_graph_pb2.MetaGraphDef()
    open_rank = graph.signature_def["b"].inputs["any"]
    open_rank.name, open_rank.dtype, open_rank.tensor_shape.unknown_rank = "any:0", types_pb2.DT_STRING, True
    scores = graph.signature_def["a"].outputs["scores"]
    scores.name, scores.dtype = "call:1", types_pb2.DT_FLOAT
    for size in (-1, 0, 7):
        scores.tensor_shape.dim.add(size=size)
    graph.signature_def["a"].outputs["count"].dtype = types_pb2.DT_VARIANT
    graph.signature_def["__saved_model_init_op"].outputs["__saved_model_init_op"].name = "NoOp"
    read = parse_signatures(graph.SerializeToString())
    assert list(read) == ["a", "b"]
    assert read["b"].inputs == {"any": TensorInfo("string", None, "any:0")}
    assert read["a"].outputs == {
        "count": TensorInfo("type 21", (), ""),
        "scores": TensorInfo("float32", (None, 0, 7), "call:1"),
    }
