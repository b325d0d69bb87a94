"""NumPy arrays as tensors of TensorFlow's C library, and back."""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np

from keras_rnn_zoo.libtensorflow.dtypes import DTYPES, NUMBERS, numpy_type
from keras_rnn_zoo.libtensorflow.library import Deallocator

_STRING_BYTES = 24  # sizeof(TF_TString); all zeros is the empty string.


class Tensors:
    """Makes and reads the tensors of `library`. Whoever receives a tensor deletes it with `TF_DeleteTensor`."""

    def __init__(self, library: ctypes.CDLL):
        self._library = library
        self._strings = {}
        self._release_strings = Deallocator(self._release)

    def from_array(self, array: np.ndarray) -> int:
        """A tensor that holds a copy of `array`, which is of a NumPy type in `DTYPES` or holds bytes objects."""
        if array.dtype == object:
            return self._from_strings(array)
        array = np.ascontiguousarray(array).reshape(array.shape)
        number = NUMBERS[array.dtype.name]
        tensor = self._library.TF_AllocateTensor(number, _dimensions(array), array.ndim, array.nbytes)
        ctypes.memmove(self._library.TF_TensorData(tensor), array.ctypes.data, array.nbytes)
        return tensor

    def to_array(self, tensor: int) -> np.ndarray:
        """A copy of what `tensor` holds; strings as an array of bytes objects.

        Raises:
            ZooError: the tensor is of a type that NumPy does not have.
        """
        library = self._library
        shape = tuple(library.TF_Dim(tensor, axis) for axis in range(library.TF_NumDims(tensor)))
        number, data = library.TF_TensorType(tensor), library.TF_TensorData(tensor)
        dtype = DTYPES.get(number, f"type {number}")
        if dtype == "string":
            return self._to_strings(data, shape)
        array = np.empty(shape, numpy_type(dtype))
        ctypes.memmove(array.ctypes.data, data, library.TF_TensorByteSize(tensor))
        return array

    def _from_strings(self, array):
        size = _STRING_BYTES * array.size
        memory = ctypes.create_string_buffer(size + 1)
        address = ctypes.addressof(memory)
        for number, text in enumerate(array.flat):
            self._library.TF_StringCopy(address + _STRING_BYTES * number, text, len(text))
        self._strings[address] = memory
        dimensions, release = _dimensions(array), self._release_strings
        return self._library.TF_NewTensor(NUMBERS["string"], dimensions, array.ndim, address, size, release, None)

    def _to_strings(self, data, shape):
        array = np.empty(shape, object)
        for number in range(array.size):
            string = data + _STRING_BYTES * number
            size = self._library.TF_StringGetSize(string)
            array.flat[number] = ctypes.string_at(self._library.TF_StringGetDataPointer(string), size)
        return array

    def _release(self, address, size, _):
        """Called by TensorFlow when nothing holds the strings at `address` any more, a variable of the model included."""
        for string in range(address, address + size, _STRING_BYTES):
            self._library.TF_StringDealloc(string)
        del self._strings[address]


@cache
def tensors_of(library: ctypes.CDLL) -> Tensors:
    """The one `Tensors` of `library`; it lives as long as the process, since TensorFlow may give strings back at any time."""
    return Tensors(library)


def _dimensions(array):
    return (ctypes.c_int64 * array.ndim)(*array.shape)
