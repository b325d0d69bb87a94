"""What is given as a path: that it names something, and the array in a .npy file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError


def check_path(path, what: str):
    """Raises a `ZooError` that names `what` if a path is empty.

    An empty `Path` is the current folder, and nothing tells it from one that was meant.
    """
    if not (Path(path).parts if isinstance(path, Path) else str(path).strip()):
        raise ZooError(f"The path of a {what} is empty: name a file or a folder, the current one by its full path.")


def is_npy(given) -> bool:
    """Whether it is the path of a .npy file."""
    return isinstance(given, (str, Path)) and Path(given).suffix.lower() == ".npy"


def read_npy(path) -> np.ndarray:
    """The array in a .npy file, of numbers, not of Python objects.

    Raises:
        ZooError: the file cannot be read, is another, is cut off, or holds objects.
    """
    try:
        with open(path, "rb") as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise ZooError(f"Cannot read the array {path}: {error.strerror}.") from error
    except (ValueError, EOFError) as error:
        raise ZooError(
            f"{path} should be a NumPy array of numbers (.npy), received another file, or one that is cut off. "
            "Write it with numpy.save."
        ) from error
