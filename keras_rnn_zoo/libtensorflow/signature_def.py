"""What a SavedModel can be asked: the names, types and shapes of its signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from keras_rnn_zoo.libtensorflow.dtypes import DTYPES
from keras_rnn_zoo.libtensorflow.protobuf import read_fields, signed

# Signatures that only name an operation to run once: the loader's own business.
_OPERATIONS = ("__saved_model_init_op", "__saved_model_train_op")


class TensorInfo(NamedTuple):
    """An input or output: its type, its shape (`None` for an open dimension, or for an open rank), its place in the graph."""

    dtype: str
    shape: tuple[int | None, ...] | None
    tensor: str


@dataclass(frozen=True)
class Signature:
    """The inputs and outputs of one endpoint, by their names."""

    inputs: dict[str, TensorInfo]
    outputs: dict[str, TensorInfo]


def parse_signatures(meta_graph: bytes) -> dict[str, Signature]:
    """The signatures of a serialized `MetaGraphDef`, by their names, sorted.

    Raises:
        ZooError: `meta_graph` is no protocol buffer.
    """
    signatures = _map(meta_graph, 5, _signature)
    return {name: signatures[name] for name in sorted(signatures) if name not in _OPERATIONS}


def _map(message, number, parse):
    """The field `number` as a map: each entry is a message of a key, 1, and a value, 2."""
    entries = [dict(read_fields(entry)) for field, entry in read_fields(message) if field == number]
    return {entry.get(1, b"").decode(): parse(entry.get(2, b"")) for entry in entries}


def _signature(message):
    inputs, outputs = _map(message, 1, _tensor_info), _map(message, 2, _tensor_info)
    return Signature(dict(sorted(inputs.items())), dict(sorted(outputs.items())))


def _tensor_info(message):
    fields = dict(read_fields(message))
    number = fields.get(2, 0)
    return TensorInfo(DTYPES.get(number, f"type {number}"), _shape(fields.get(3, b"")), fields.get(1, b"").decode())


def _shape(message):
    fields = list(read_fields(message))
    if (3, 1) in fields:
        return None
    sizes = [signed(dict(read_fields(value)).get(1, 0)) for number, value in fields if number == 2]
    return tuple(None if size < 0 else size for size in sizes)
