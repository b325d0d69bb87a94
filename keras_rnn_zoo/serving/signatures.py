"""Which signatures a task's export has: one table."""

from __future__ import annotations

from importlib import import_module

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.saved_model import without_cudnn
from keras_rnn_zoo.serving.signature import Signature

_HOMES = {
    "Classifier": ("classifying", "classifier_signatures"),
    "FrameClassifier": ("classifying", "frame_classifier_signatures"),
    "Tagger": ("tagging", "tagger_signatures"),
    "TextToText": ("answering", "text_to_text_signatures"),
    "SpeechRecognizer": ("answering", "speech_signatures"),
    "Captioner": ("answering", "captioner_signatures"),
    "LanguageModel": ("continuing", "language_model_signatures"),
}


def signatures_of(task) -> dict[str, Signature]:
    """The signatures of a `Task`'s export by their names.

    Raises:
        ZooError: there are none for its kind, or for how it is set.
    """
    for kind in type(task).__mro__:
        if kind.__name__ in _HOMES:
            module, name = _HOMES[kind.__name__]
            make = getattr(import_module(f"keras_rnn_zoo.serving.{module}"), name)
            with without_cudnn(task.model):  # Some trace a part already.
                return make(task)
    raise ZooError(f"A {type(task).__name__} has no signatures. Tasks that have: {', '.join(_HOMES)}.")
