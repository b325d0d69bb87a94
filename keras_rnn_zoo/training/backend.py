"""The slow import, put off until the input is known to be good."""

import os
from importlib import import_module

from keras_rnn_zoo.errors import ZooError


def import_keras():
    """Imports Keras quietly: TensorFlow's libraries write to the error stream before they can be told not to.

    Raises:
        ZooError: the backend that `KERAS_BACKEND` names cannot be used.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    error_stream = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import_module("keras")
    except (ImportError, ValueError) as error:
        raise ZooError(
            f"KERAS_BACKEND={os.environ.get('KERAS_BACKEND', 'tensorflow')} cannot be used: {error}"
        ) from error
    finally:
        os.dup2(error_stream, 2)
        os.close(error_stream)
