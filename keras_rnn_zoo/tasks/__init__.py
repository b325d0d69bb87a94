"""One door to every trained model: raw input in, an answer out."""

from importlib import import_module

_HOME_OF = {
    "Captioner": "captioner",
    "Classifier": "classifier",
    "FrameClassifier": "frame_classifier",
    "LanguageModel": "language_model",
    "SpeechRecognizer": "speech_recognizer",
    "Tagger": "tagger",
    "Task": "task",
    "TextToText": "text_to_text",
    "finetune": "fine_tune",
    "load_task": "loading",
}
__all__ = sorted(_HOME_OF)


def __getattr__(name):
    if name not in _HOME_OF:
        raise AttributeError(f"keras_rnn_zoo.tasks has no attribute {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
