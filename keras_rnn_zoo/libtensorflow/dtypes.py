"""TensorFlow's data types: their numbers (`types.proto`), their names, and what NumPy has for them."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError

DTYPES = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    8: "complex64",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    22: "uint32",
    23: "uint64",
}
NUMBERS = {dtype: number for number, dtype in DTYPES.items()}


def numpy_type(dtype: str) -> np.dtype:
    """The NumPy type of that name; strings are objects.

    Raises:
        ZooError: NumPy has none.

    >>> numpy_type("int32"), numpy_type("string")
    (dtype('int32'), dtype('O'))
    """
    if dtype == "string":
        return np.dtype(object)
    if dtype not in NUMBERS or dtype == "bfloat16":
        raise ZooError(f"NumPy has no type {dtype}: use float32 in the signature.")
    return np.dtype(dtype)
