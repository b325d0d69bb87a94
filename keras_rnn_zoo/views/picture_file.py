"""Where a picture is to go, checked before anything slow begins."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.errors import ZooError


def check_picture_file(path: Path, overwrite: bool, option: str = "--output", kinds: tuple[str, ...] = (".png",)):
    """Raises a `ZooError` unless `path` can be made: of one of these kinds, in a folder, and not there already.

    Args:
        path: the picture's file.
        overwrite: whether one that is there may be replaced.
        option: what the file is given with.
        kinds: the suffixes that can be drawn.
    """
    if path.suffix not in kinds:
        raise ZooError(f"{option} must end in {' or '.join(kinds)}, received {str(path)!r}.")
    if path.is_dir() or not path.parent.is_dir():
        missing = f"{path} is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise ZooError(f"{option} must be a file in a folder that is there: {missing}.")
    if path.exists() and not overwrite:
        raise ZooError(f"{path} is there already: choose another file, or give --overwrite to replace it.")
