"""The folders that trained models are looked for in."""

from __future__ import annotations

import os
from pathlib import Path

import keras_rnn_zoo
from keras_rnn_zoo.errors import ZooError

MODELS_VARIABLE = "KERAS_RNN_ZOO_MODELS"


def preset_folders() -> list[Path]:
    """The folders with presets: `$KERAS_RNN_ZOO_MODELS`, `saved_models/` of a checkout, and what was installed.

    Raises:
        ZooError: the variable names no folder.
    """
    given, package = os.environ.get(MODELS_VARIABLE), Path(keras_rnn_zoo.__file__).parent
    if given and not Path(given).expanduser().is_dir():
        raise ZooError(
            f"{MODELS_VARIABLE} should name a folder of presets, received {given!r}. Correct it, or unset it."
        )
    folders = [Path(given).expanduser()] if given else []
    return [*folders, *filter(Path.is_dir, (package.parent / "saved_models", package / "saved_models"))]


def model_folders() -> list[Path]:
    """`runs/` and `saved_models/` where one stands, and the folders with presets."""
    return [Path("runs"), Path("saved_models"), *preset_folders()]
