"""Padding that is not on the right."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo.explanation.finding import Finding, warning


def padding(model, seen, x) -> list[Finding]:
    """What is wrong with the padding of a batch `x`: by the masks that arrive, and where none does, by the zeros in `x`."""
    of_masks = [found for path, mask in _masks(seen) for found in _misplaced(path, mask)]
    unmasked = [path for path, reading in seen.readings.items() if reading.mask is None]
    return of_masks + (_unmasked(unmasked[0], model, x) if unmasked else [])


def _masks(seen):
    """Each mask that arrives, once, with the path of the first layer that it comes to."""
    known = []
    for path, reading in seen.readings.items():
        if reading.mask is not None and not any(np.array_equal(reading.mask, mask) for mask in known):
            known.append(reading.mask)
            yield path, reading.mask


def _misplaced(path, mask) -> list[Finding]:
    """Findings on a mask `(batch, timesteps)`, True where a step is real."""
    empty = ~mask.any(axis=1)
    gaps = (np.diff(mask.astype("int8"), axis=1) > 0).any(axis=1)  # A real step after padding.
    found = []
    if empty.any():
        text = f"{_rows(empty)} have no real step: cuDNN stops at them on a GPU. Leave such rows out."
        found.append(warning(path, "padding", text))
    if gaps.any():
        text = (
            f"{_rows(gaps)} have a real step after padding: cuDNN stops at them on a GPU, and the zoo's layers expect "
            'padding on the right. Use keras.utils.pad_sequences(..., padding="post").'
        )
        found.append(warning(path, "padding", text))
    return found


def _unmasked(path, model, x) -> list[Finding]:
    """Rows of an input that begin or end in zeros, as padding does, where no mask tells so."""
    found = []
    for name, values in _sequences(model, x):
        real = values != 0 if values.ndim == 2 else (values != 0).any(axis=tuple(range(2, values.ndim)))
        padded = real.any(axis=1) & ~(real[:, 0] & real[:, -1])
        if padded.any() and not padded.all():
            text = f"{_rows(padded)} of {name} begin or end in zeros. If they are padding, {path} reads them as real steps."
            found.append(warning(name, "padding", text))
    return found


def _sequences(model, x):
    """The inputs that have a time axis: symbols `(batch, timesteps)`, vectors `(batch, timesteps, ...)`."""
    values = [np.asarray(part) for part in keras.tree.flatten(x)]
    names = [spec.name for spec in model.inputs] if getattr(model, "inputs", None) else ["x"] * len(values)
    for name, part in zip(names, values):
        if part.ndim >= 3 or (part.ndim == 2 and part.dtype.kind in "iu"):
            yield name, part


def _rows(which) -> str:
    """How many rows, and the first of them."""
    return f"{int(which.sum())} of {len(which)} rows (the first: {int(which.argmax())})"
