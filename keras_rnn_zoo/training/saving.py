"""Load a saved model with the package's own layers and metrics known."""

import os
import warnings
import zipfile

import keras

from keras_rnn_zoo import finetuning as finetuning  # Registers the classes that a file may refer to.
from keras_rnn_zoo import layers as layers
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import metrics as metrics

# An optimizer that was never used, or was left out to save room, has nothing to remember: its counter and rate at most.
_UNUSED_OPTIMIZER = "Skipping variable loading for optimizer .* the saved optimizer has [012] variables"


def load_model(path, **options) -> keras.Model:
    """`keras.models.load_model`, with the package's own classes known whatever was imported before.

    Keras's safe mode stays on: nothing in a model file is executed.

    Args:
        path: a `.keras` file.
        options: `compile` and `custom_objects`, as Keras takes them.

    Raises:
        ZooError: the file is missing, or is no whole Keras model.
    """
    if os.path.isfile(path) and not zipfile.is_zipfile(path):
        raise ZooError(f"{path} is damaged: it is no whole `.keras` file. Fetch or train it anew.")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=_UNUSED_OPTIMIZER)
            return keras.saving.load_model(path, **options)
    except Exception as error:  # Of a damaged file Keras, h5py and zipfile say so by every kind of error.
        reason = " ".join(str(error).split())
        raise ZooError(f"Cannot load a model from {path}: {reason:.300}") from error
