"""A model's file made small: weights of 16 bits, and without the memory of its optimizer."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np

_WEIGHTS = "model.weights.h5"


def compact(path: Path) -> None:
    """Rewrites a `.keras` file: float32 weights are stored as float16, and the optimizer's slots are left out.

    Keras reads the file as any other; the loaded model is of the precision that its layers say, float32 as a rule. A weight
    loses at most 0.05 % of its value, or 3e-8.
    """
    partial = path.with_name(f".{path.name}.partial")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, _halved(content) if name == _WEIGHTS else content)
    os.replace(partial, path)


def _halved(content: bytes) -> bytes:
    import h5py

    into = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as source, h5py.File(into, "w") as target:
        for name, value in source.attrs.items():
            target.attrs[name] = value
        source.visititems(lambda name, item: None if name.startswith("optimizer") else _store(h5py, target, name, item))
    return into.getvalue()


def _store(h5py, target, name, item):
    if isinstance(item, h5py.Group):
        held = target.require_group(name)
    else:
        values = item[()]
        held = target.create_dataset(name, data=values.astype(np.float16) if values.dtype == np.float32 else values)
    for key, value in item.attrs.items():
        held.attrs[key] = value
