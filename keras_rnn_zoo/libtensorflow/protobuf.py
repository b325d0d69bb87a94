"""The wire format of protocol buffers, read and written without their compiler.

A message is a row of fields, each a number and a value; what a number means is in the `.proto` file of the message
(protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_rnn_zoo.errors import ZooError

_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}


def read_fields(message: bytes | memoryview) -> Iterator[tuple[int, int | bytes]]:
    """Yields the number and the value of every field of `message`, in the order in which they were written.

    A varint comes as an integer below 2 ** 64 (see `signed`); strings, bytes, messages, packed and fixed numbers as bytes.

    Raises:
        ZooError: the message is cut off, or has a field of no known kind.

    >>> list(read_fields(write_field(1, "state") + write_field(2, 300)))
    [(1, b'state'), (2, 300)]
    """
    message, position = memoryview(message), 0
    while position < len(message):
        key, position = _read_varint(message, position)
        value, position = _read_value(message, position, key & 7)
        yield key >> 3, value


def signed(value: int) -> int:
    """What a varint of type int32 or int64 stands for: negative numbers are written as two's complement of 64 bits.

    >>> signed(2**64 - 1)
    -1
    """
    return value - 2**64 if value >= 2**63 else value


def write_field(number: int, value: int | bool | str | bytes) -> bytes:
    """A field: an integer as a varint; text (as UTF-8), bytes or a written message with its length before it.

    A message is the sum of its fields; an entry of a map is a message of key 1 and value 2.

    >>> write_field(1, 150).hex(), write_field(2, "ı").hex()
    ('089601', '1202c4b1')
    """
    if isinstance(value, int):
        return write_varint(number << 3 | _VARINT) + write_varint(int(value))
    data = value.encode() if isinstance(value, str) else value
    return write_varint(number << 3 | _LENGTH_DELIMITED) + write_varint(len(data)) + data


def write_varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; packed integers are many of them in one field of bytes.

    >>> write_varint(300).hex(), len(write_varint(-1))
    ('ac02', 10)
    """
    value, written = value % 2**64, bytearray()
    while value >= 128:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def _read_varint(message, position):
    value = 0
    for shift in range(0, 70, 7):
        byte = _take(message, position, 1)[0]
        value, position = value | (byte & 127) << shift, position + 1
        if byte < 128:
            return value % 2**64, position
    raise ZooError(f"This is no protocol buffer: the number at byte {position} has no end.")


def _read_value(message, position, kind):
    if kind == _VARINT:
        return _read_varint(message, position)
    if kind == _LENGTH_DELIMITED:
        length, position = _read_varint(message, position)
    elif kind in _FIXED:
        length = _FIXED[kind]
    else:
        raise ZooError(
            f"This is no protocol buffer: a field before byte {position} is of kind {kind}; expected 0, 1, 2 or 5."
        )
    return _take(message, position, length), position + length


def _take(message, position, length):
    if position + length > len(message):
        raise ZooError(f"This protocol buffer is cut off: byte {position + length} was expected of {len(message)}.")
    return bytes(message[position : position + length])
