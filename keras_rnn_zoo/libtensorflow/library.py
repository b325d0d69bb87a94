"""TensorFlow's C library by ctypes: found without importing TensorFlow, opened once, its functions declared."""

from __future__ import annotations

import ctypes
import sys
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_size_t, c_void_p
from importlib.util import find_spec
from pathlib import Path

from keras_rnn_zoo.errors import ZooError

_NAMES = ("libtensorflow_cc.so.2", "libtensorflow_cc.2.dylib")
_opened: dict[Path, ctypes.CDLL] = {}


class Buffer(ctypes.Structure):
    """`TF_Buffer`: bytes that TensorFlow hands out."""

    _fields_ = [("data", c_void_p), ("length", c_size_t), ("deallocator", c_void_p)]


class Output(ctypes.Structure):
    """`TF_Output`: one output of one operation of the graph."""

    _fields_ = [("operation", c_void_p), ("index", c_int)]


Deallocator = CFUNCTYPE(None, c_void_p, c_size_t, c_void_p)

# What each function returns and takes (tensorflow/c/c_api.h, tf_tensor.h, tf_tstring.h).
_FUNCTIONS = {
    "TF_Version": (c_char_p, []),
    "TF_NewStatus": (c_void_p, []),
    "TF_DeleteStatus": (None, [c_void_p]),
    "TF_GetCode": (c_int, [c_void_p]),
    "TF_Message": (c_char_p, [c_void_p]),
    "TF_NewBuffer": (POINTER(Buffer), []),
    "TF_DeleteBuffer": (None, [POINTER(Buffer)]),
    "TF_NewGraph": (c_void_p, []),
    "TF_DeleteGraph": (None, [c_void_p]),
    "TF_GraphOperationByName": (c_void_p, [c_void_p, c_char_p]),
    "TF_NewSessionOptions": (c_void_p, []),
    "TF_DeleteSessionOptions": (None, [c_void_p]),
    "TF_LoadSessionFromSavedModel": (
        c_void_p,
        [c_void_p, c_void_p, c_char_p, POINTER(c_char_p), c_int, c_void_p, POINTER(Buffer), c_void_p],
    ),
    "TF_SessionRun": (
        None,
        [c_void_p, c_void_p]
        + [POINTER(Output), POINTER(c_void_p), c_int] * 2
        + [POINTER(c_void_p), c_int, c_void_p, c_void_p],
    ),
    "TF_CloseSession": (None, [c_void_p, c_void_p]),
    "TF_DeleteSession": (None, [c_void_p, c_void_p]),
    "TF_AllocateTensor": (c_void_p, [c_int, POINTER(c_int64), c_int, c_size_t]),
    "TF_NewTensor": (c_void_p, [c_int, POINTER(c_int64), c_int, c_void_p, c_size_t, Deallocator, c_void_p]),
    "TF_DeleteTensor": (None, [c_void_p]),
    "TF_TensorType": (c_int, [c_void_p]),
    "TF_NumDims": (c_int, [c_void_p]),
    "TF_Dim": (c_int64, [c_void_p, c_int]),
    "TF_TensorData": (c_void_p, [c_void_p]),
    "TF_TensorByteSize": (c_size_t, [c_void_p]),
    "TF_StringCopy": (None, [c_void_p, c_char_p, c_size_t]),
    "TF_StringDealloc": (None, [c_void_p]),
    "TF_StringGetSize": (c_size_t, [c_void_p]),
    "TF_StringGetDataPointer": (c_void_p, [c_void_p]),
}


def open_library(folder=None) -> ctypes.CDLL:
    """TensorFlow's C library with the types of its functions declared.

    Args:
        folder: where the library is, such as an unpacked wheel of another TensorFlow; by default, the installed one.

    Raises:
        ZooError: it is not there, cannot be opened, or this process has another TensorFlow already.
    """
    path = _library_in(_installed() if folder is None else Path(folder))
    if path not in _opened:
        _check_alone(path)
        _opened[path] = _declare(path)
    return _opened[path]


def _installed() -> Path:
    spec = find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        raise ZooError("TensorFlow is not installed: install it, or name a folder of its libraries by libraries=.")
    return Path(spec.submodule_search_locations[0])


def _library_in(folder: Path) -> Path:
    places = [place / name for place in (folder, folder / "tensorflow") for name in _NAMES]
    for path in places:
        if path.is_file():
            return path.resolve()
    raise ZooError(f"{folder} has no {' or '.join(_NAMES)}: unpack a wheel of TensorFlow and give its folder.")


def _check_alone(path: Path):
    others = set(_opened) | ({_library_in(_installed())} if "tensorflow" in sys.modules else set())
    if others - {path}:
        raise ZooError(
            f"This process has the TensorFlow of {min(others).parent} already and cannot open that of {path.parent} too: "
            "use run_in_fresh_process."
        )


def _declare(path: Path) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(str(path))
        for name, (returned, taken) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = returned, taken
    except (OSError, AttributeError) as error:
        raise ZooError(f"{path} cannot be used as TensorFlow's C library: {error}") from error
    return library
