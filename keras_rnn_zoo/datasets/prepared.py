"""Files that were made from another source, so that no address has them."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.datasets.files import DATA_VARIABLE, _folders
from keras_rnn_zoo.errors import ZooError


def find(path: str) -> Path | None:
    """The file `path` in the folder `$KERAS_RNN_ZOO_DATA` or in the cache, as `files.locate` looks for it; else `None`."""
    return next((folder / path for folder in _folders() if (folder / path).is_file()), None)


def prepared(path: str, contents: str, origin: str) -> Path:
    """The file `path`, which has to be there already.

    Args:
        path: the file's path inside those folders, with `/`.
        contents: what the file holds, for the error.
        origin: what it is made from, and where that is.

    Raises:
        ZooError: the file is in none of the folders.
    """
    file = find(path)
    if file is None:
        raise ZooError(
            f"{path} should be in {' or in '.join(map(str, _folders()))}, but is not. No address has this file: it holds "
            f"{contents}, made from {origin}. Make it, or set {DATA_VARIABLE} to a folder that holds it."
        )
    return file
