"""A task in a folder: written under another name, renamed when it is whole."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from keras_rnn_zoo.errors import ZooError

FILES = ("model.keras", "dataset.json")


def save_task(model, about: dict, folder, overwrite: bool = False) -> Path:
    """Writes `model.keras` and `dataset.json` into `folder`, see `Task.save`.

    Raises:
        ZooError: something is there, and `overwrite` is off, or it is no saved task.
    """
    folder = Path(folder)
    _check(folder, overwrite)
    with made_whole(folder) as partial:
        model.save(partial / "model.keras")
        (partial / "dataset.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


@contextmanager
def made_whole(folder: Path):
    """A new folder to fill, which then takes the place of `folder`; if filling it fails, what was there stays."""
    partial = folder.with_name(f".{folder.name}.saving-{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        yield partial
        _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check(folder: Path, overwrite: bool):
    if not folder.exists():
        return
    if not folder.is_dir() or sorted(path.name for path in folder.iterdir()) != sorted(FILES):
        raise ZooError(f"{folder} holds other files than a saved task's, so it is not replaced: choose another folder.")
    if not overwrite:
        raise ZooError(f"{folder} holds a saved task: choose another folder, or give overwrite=True to replace it.")


def _put_in_place(partial: Path, folder: Path) -> None:
    replaced = partial.with_name(f"{partial.name}.replaced")
    if folder.exists():
        os.rename(folder, replaced)
    os.rename(partial, folder)
    shutil.rmtree(replaced, ignore_errors=True)
