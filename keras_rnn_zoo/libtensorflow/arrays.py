"""What a caller gives as an input, checked and made an array of the type that a signature asks for."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.dtypes import numpy_type


def typed_array(name: str, value, dtype: str) -> np.ndarray:
    """`value` as an array of `dtype`, which it must have already: nothing is cast. Strings become bytes objects.

    Raises:
        ZooError: it is of another type, or its rows are of different lengths.

    >>> typed_array("text", ["Iğdır", b"\\x00"], "string").tolist()
    [b'I\\xc4\\x9fd\\xc4\\xb1r', b'\\x00']
    """
    array = plain_array(name, value)
    if array.dtype != numpy_type(dtype):
        received = "string" if array.dtype == object else array.dtype
        raise ZooError(f"Input {name!r} is of type {dtype}; received {received} of shape {array.shape}: cast it first.")
    return array


def plain_array(name: str, value) -> np.ndarray:
    """`value` as an array of numbers, or of bytes objects where it is of text or bytes.

    Raises:
        ZooError: it is neither, or its rows are of different lengths.
    """
    try:
        # NumPy's own strings drop NULs at the end and read bytes beside text as ASCII: lists of strings stay objects.
        array = np.asarray(value, object if _has_text(value) else None)
    except ValueError as error:
        raise ZooError(f"Input {name!r} is no array: {error}") from error
    return _strings(name, array) if array.dtype.kind in "OSU" else array


def _has_text(value) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_has_text, value))
    return isinstance(value, str | bytes)


def _strings(name, array) -> np.ndarray:
    strings = np.empty(array.shape, object)
    for number, text in enumerate(array.flat):
        strings.flat[number] = _bytes_of(name, text)
    return strings


def _bytes_of(name, text) -> bytes:
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str):
        raise ZooError(
            f"Input {name!r} holds {text!r}, of type {type(text).__name__}: expected numbers, or text or bytes."
        )
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ZooError(f"Input {name!r} cannot be written as UTF-8 ({error}): give it as bytes.") from error
