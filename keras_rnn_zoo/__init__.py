"""keras_rnn_zoo: every recurrent architecture of the textbook as one builder call, trained under plain `fit`.

Names are imported when first used, so that the command line can check its input before it waits for TensorFlow. Where
Keras is imported already, the package's classes are registered at once and `keras.models.load_model` knows them;
`load_model` here always does.

>>> import keras_rnn_zoo as zoo
>>> model = zoo.build_many_to_one((None, 12), 9, units=(64, 64), cell="gru", bidirectional=True)
>>> model.output_shape
(None, 9)
"""

import sys
from importlib import import_module

__version__ = "0.1.0"

_SUBPACKAGES = (
    "bench",
    "builders",
    "cells",
    "datasets",
    "errors",
    "explanation",
    "finetuning",
    "generation",
    "gradients",
    "initializers",
    "layers",
    "libtensorflow",
    "plots",
    "preprocessing",
    "pretrained",
    "serving",
    "tasks",
    "training",
    "views",
)
_HOME_OF = {
    "build_captioner": "builders",
    "build_frame_classifier": "builders",
    "build_image_encoder": "builders",
    "build_language_model": "builders",
    "build_many_to_many_aligned": "builders",
    "build_many_to_many_unaligned": "builders",
    "build_many_to_one": "builders",
    "build_one_to_many": "builders",
    "build_one_to_one": "builders",
    "build_sentiment_classifier": "builders",
    "build_sequence_tagger": "builders",
    "build_speech_recognizer": "builders",
    "build_translator": "builders",
    "explain": "explanation",
    "export": "serving.exporting",
    "finetune": "tasks",
    "from_preset": "pretrained",
    "list_builders": "builders",
    "list_cells": "cells",
    "list_configs": "training",
    "list_datasets": "datasets",
    "list_presets": "pretrained",
    "load_dataset": "datasets",
    "load_model": "training",
    "load_task": "tasks",
    "run": "training",
    "save_to_preset": "pretrained",
}
__all__ = sorted([*_SUBPACKAGES, *_HOME_OF])


def __getattr__(name):
    if name in _SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    if name in _HOME_OF:
        value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"keras_rnn_zoo has no attribute {name!r}. It has: {', '.join(__all__)}.")


def __dir__():
    return [*__all__, "__version__"]


if "keras" in sys.modules:
    import_module(f"{__name__}.finetuning")
    import_module(f"{__name__}.layers")
    import_module(f"{__name__}.training.metrics")
