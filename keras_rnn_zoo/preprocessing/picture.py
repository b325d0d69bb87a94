"""A picture as the array that a model sees."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.files import check_path, is_npy, read_npy


def read_picture(picture, shape: tuple[int, int, int]) -> np.ndarray:
    """A picture of `shape`, float32 from 0 to 1.

    Args:
        picture: the path of a file that Pillow reads, or a `PIL.Image.Image`, which is stretched to that height and width
            and, where it is transparent, laid on white; or an array of that shape (a grey one without its channel, too), of bytes
            or of floats from 0 to 1, or the path of one (.npy).
        shape: `(height, width, channels)`; one channel is grey, three are red, green and blue.

    Raises:
        ZooError: the file is missing or no picture, the array does not fit, or Pillow, which reads files, is missing.

    >>> read_picture(np.full((2, 2, 1), 255, "uint8"), (2, 2, 1)).max()
    np.float32(1.0)
    """
    picture = read_npy(picture) if is_npy(picture) else picture
    if isinstance(picture, np.ndarray):
        return _checked(picture, shape)
    height, width, channels = shape
    if channels not in (1, 3):
        raise ZooError(f"A picture's file gives 1 or 3 channels; this model reads {channels}: give an array {shape}.")
    drawn = _flat(picture).convert("L" if channels == 1 else "RGB").resize((width, height))
    return np.asarray(drawn, np.float32).reshape(shape) / 255


def as_floats(pixels: np.ndarray) -> np.ndarray:
    """Bytes as float32 from 0 to 1; other numbers as float32, as they are.

    >>> as_floats(np.array([0, 255], "uint8")).tolist()
    [0.0, 1.0]
    """
    values = pixels.astype(np.float32)
    if pixels.dtype == np.uint8:
        values /= 255
    return values


def _checked(array: np.ndarray, shape) -> np.ndarray:
    array = array[..., None] if array.ndim == 2 and tuple(shape[2:]) == (1,) else array
    values = as_floats(array)
    fits = array.shape == tuple(shape) and (array.dtype == np.uint8 or array.dtype.kind == "f")
    if not fits or not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise ZooError(
            f"A picture should be {tuple(shape)}, of bytes or of floats from 0 to 1; received {array.dtype} of shape "
            f"{array.shape}. Give a file, or scale the array."
        )
    return values


def _flat(picture):
    """The picture on white, as Pillow holds it."""
    image = _pillow()
    if not isinstance(picture, image.Image):
        if not isinstance(picture, (str, Path)):
            raise ZooError(f"A picture should be a path, a PIL image or an array, received {type(picture).__name__}.")
        with opened(picture) as file:
            file.load()
            picture = file
    drawn = picture.convert("RGBA")
    return image.alpha_composite(image.new("RGBA", drawn.size, "white"), drawn)


@contextmanager
def opened(path):
    """The picture's file, open, as Pillow gives it; what goes wrong with it meanwhile is a `ZooError`."""
    check_path(path, "picture")
    image = _pillow()
    try:
        with image.open(path) as file:
            yield file
    except image.UnidentifiedImageError as error:
        raise ZooError(f"{path} should be a picture (PNG, JPEG, ...), received another kind of file.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ZooError(f"Cannot read the picture {path}: {error}.") from error


def _pillow():
    try:
        from PIL import Image
    except ImportError as error:
        raise ZooError("Pictures are read by Pillow, which is not installed. Run: pip install Pillow.") from error
    return Image
