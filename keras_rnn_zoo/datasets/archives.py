"""Arrays out of an .npz file and pictures out of a .zip file, checked before they are used."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.options import extra
from keras_rnn_zoo.errors import ZooError

_KINDS = {"u": "unsigned integers", "f": "floats", "U": "text"}


def read_arrays(path: Path, forms: dict[str, tuple[str, tuple[int | None, ...]]]) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file that `forms` names.

    Args:
        path: the file.
        forms: for each array the kind of its dtype (`"u"`, `"f"` or `"U"`) and its shape; `None` is any length, the same
            one wherever it is the first axis.

    Raises:
        ZooError: the file is truncated or no `.npz`, or an array is missing or has another form.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in forms if name in archive.files}
            held = archive.files
    except Exception as error:  # NumPy, zipfile and zlib raise many kinds, and all mean this
        raise ZooError(f"{path} should be a NumPy .npz file, received another ({error}). Fetch it anew.") from error
    missing = sorted(set(forms) - set(held))
    if missing:
        raise ZooError(f"{path} should hold {', '.join(forms)}, received {sorted(held)}. Fetch it anew.")
    for name, (kind, shape) in forms.items():
        _check_form(path, name, arrays[name], kind, shape)
    rows = {name: len(arrays[name]) for name, (_, shape) in forms.items() if shape[:1] == (None,)}
    if len(set(rows.values())) > 1:
        received = ", ".join(f"{name} {count:,}" for name, count in rows.items())
        raise ZooError(f"{path} should hold one row an example, received {received}. Fetch it anew.")
    return arrays


def _check_form(path: Path, name: str, array: np.ndarray, kind: str, shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(size in (None, had) for size, had in zip(shape, array.shape))
    if array.dtype.kind != kind or not fits:
        raise ZooError(
            f"{path}: {name} should be {_KINDS[kind]} of shape {shape}, received {array.dtype} of shape {array.shape}. "
            "Fetch it anew."
        )


def read_pictures(path: Path, names: Sequence[str], size: int) -> np.ndarray:
    """The pictures `(len(names), size, size, 3)`, uint8, of a `.zip` file; what is transparent becomes white.

    Raises:
        ZooError: the file is truncated or no `.zip`, a picture is missing, unreadable or of another size, or Pillow is
            not installed.
    """
    image = extra("PIL.Image")
    pictures = np.empty((len(names), size, size, 3), np.uint8)
    white = image.new("RGBA", (size, size), "white")
    name = ""
    try:
        with zipfile.ZipFile(path) as archive:
            for row, name in zip(pictures, names):
                with archive.open(name) as file, image.open(file) as picture:
                    row[:] = np.asarray(image.alpha_composite(white, picture.convert("RGBA")).convert("RGB"))
    except Exception as error:  # Pillow, zipfile and zlib raise many kinds, and all mean this
        what = f"a picture of {size} x {size} pixels as {name}" if name else "pictures"
        raise ZooError(f"{path} should be a .zip file that holds {what}, but: {error}. Fetch it anew.") from error
    return pictures
