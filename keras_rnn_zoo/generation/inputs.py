"""What a model that writes may be given."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import PAD


def check_prompts(prompts: np.ndarray, symbols: int):
    """Raises a `ZooError` unless these are right-padded ids `(rows, timesteps)`, at least one in each row."""
    if prompts.ndim != 2 or prompts.shape[1] == 0 or (prompts[:, 0] == PAD).any():
        raise ZooError(
            f"A language model needs prompts of at least one symbol, ids (rows, timesteps); received {prompts.shape}."
        )
    if (np.diff((prompts != PAD).astype(int), axis=1) > 0).any():
        raise ZooError("Prompts hold padding (id 0) before a symbol: pad them on the right.")
    _check_ids("Prompts", prompts, symbols)


def check_sources(sources: np.ndarray, expected, symbols: int | None):
    """Raises a `ZooError` unless these fit what the model reads.

    Args:
        sources: a batch. expected: the model's input, a `KerasTensor`. symbols: how many ids there are, for ids.
    """
    fits = sources.ndim == len(expected.shape) and all(
        size > 0 and wanted in (None, size) for size, wanted in zip(sources.shape[1:], expected.shape[1:])
    )
    if not fits:
        raise ZooError(f"{expected.name} should be an array of shape {expected.shape}, received {sources.shape}.")
    if symbols is not None:
        _check_ids(expected.name, sources, symbols)
    elif sources.dtype.kind not in "fiub":
        raise ZooError(f"{expected.name} should hold numbers, received {sources.dtype}.")


def _check_ids(name: str, ids: np.ndarray, symbols: int):
    if ids.dtype.kind not in "iu" or ids.min() < 0 or ids.max() >= symbols:
        raise ZooError(
            f"{name} should be ids, whole numbers from 0 to {symbols - 1}; received {ids.dtype}: {str(ids):.60}."
        )
