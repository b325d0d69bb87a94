"""A picture as the array that a model sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError


def read_picture(picture, shape: tuple[int, int, int]) -> np.ndarray:
    """A picture of `shape`, float32 from 0 to 1.

    Args:
        picture: the path of a file that Pillow reads, or a `PIL.Image.Image`, which is stretched to that height and width
            and, where it is transparent, laid on white; or an array of that shape, of bytes or of floats from 0 to 1.
        shape: `(height, width, channels)`; one channel is grey, three are red, green and blue.

    Raises:
        ZooError: the file is missing or no picture, the array does not fit, or Pillow, which reads files, is missing.

    >>> read_picture(np.full((2, 2, 1), 255, "uint8"), (2, 2, 1)).max()
    np.float32(1.0)
    """
    if isinstance(picture, np.ndarray):
        return _checked(picture, shape)
    height, width, channels = shape
    if channels not in (1, 3):
        raise ZooError(f"A picture's file gives 1 or 3 channels; this model reads {channels}: give an array {shape}.")
    drawn = _flat(picture).convert("L" if channels == 1 else "RGB").resize((width, height))
    return np.asarray(drawn, np.float32).reshape(shape) / 255


def _checked(array: np.ndarray, shape) -> np.ndarray:
    values = array.astype(np.float32) / (255 if array.dtype == np.uint8 else 1)
    fits = array.shape == tuple(shape) and (array.dtype == np.uint8 or array.dtype.kind == "f")
    if not fits or not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise ZooError(
            f"A picture should be {tuple(shape)}, of bytes or of floats from 0 to 1; received {array.dtype} of shape "
            f"{array.shape}. Give a file, or scale the array."
        )
    return values


def _flat(picture):
    """The picture on white, as Pillow holds it."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise ZooError("Pictures are read by Pillow, which is not installed. Run: pip install Pillow.") from error
    if not isinstance(picture, Image.Image):
        if not isinstance(picture, (str, Path)):
            raise ZooError(f"A picture should be a path, a PIL image or an array, received {type(picture).__name__}.")
        try:
            with Image.open(picture) as opened:
                opened.load()
                picture = opened
        except UnidentifiedImageError as error:
            raise ZooError(f"{picture} should be a picture (PNG, JPEG, ...), received another kind of file.") from error
        except (OSError, SyntaxError, ValueError) as error:
            raise ZooError(f"Cannot read the picture {picture}: {error}.") from error
    drawn = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn)
