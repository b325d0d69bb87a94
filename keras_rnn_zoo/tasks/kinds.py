"""Which task a trained model is for: one table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module

from keras_rnn_zoo.errors import ZooError


@dataclass(frozen=True)
class Kind:
    """A kind of task.

    Attributes:
        name: of its class. module: where in `keras_rnn_zoo.tasks` that is.
        reads: what it is given: `"text"`, `"picture"`, `"recording"`, `"video"` or `"array"`.
        writes: whether it writes symbol by symbol, so that `generation.Options` mean something to it.
    """

    name: str
    module: str
    reads: str
    writes: bool

    def load(self) -> type:
        """The class, which needs Keras."""
        return getattr(import_module(f"keras_rnn_zoo.tasks.{self.module}"), self.name)


# By pattern, objective, and whether the model reads text.
KINDS = {
    ("many_to_many_unaligned", "symbols", True): Kind("TextToText", "text_to_text", "text", True),
    ("many_to_many_unaligned", "symbols", False): Kind("SpeechRecognizer", "speech_recognizer", "recording", True),
    ("many_to_many_aligned", "ctc", False): Kind("SpeechRecognizer", "speech_recognizer", "recording", True),
    ("many_to_many_aligned", "symbols", True): Kind("LanguageModel", "language_model", "text", True),
    ("many_to_many_aligned", "labels", True): Kind("Tagger", "tagger", "text", False),
    ("many_to_many_aligned", "labels", False): Kind("FrameClassifier", "frame_classifier", "array", False),
    ("one_to_many", "symbols", False): Kind("Captioner", "captioner", "picture", True),
    ("many_to_one", "class", True): Kind("Classifier", "classifier", "text", False),
    ("many_to_one", "class", False): Kind("Classifier", "classifier", "array", False),
    ("one_to_one", "class", False): Kind("Classifier", "classifier", "picture", False),
}

# What a model that would read arrays is given, by one of the features that say how the arrays are made of it.
_RAW = {"bands": "recording", "order": "picture", "height": "video"}


def kind_of(about: dict) -> Kind:
    """The kind of task of the model that `about`, the content of a `dataset.json`, describes.

    Raises:
        ZooError: there is none for what it has learnt, or it lacks what the task needs.

    >>> kind_of({"pattern": "one_to_many", "objective": "symbols", "vocabularies": {"targets": {}}}).name
    'Captioner'
    """
    reads_text = not {"source", "inputs"}.isdisjoint(about["vocabularies"])
    kind = KINDS.get((about["pattern"], about["objective"], reads_text))
    if kind is None:
        learnt = sorted({f"{pattern}: {objective}" for pattern, objective, _ in KINDS})
        raise ZooError(
            f"There is no task for a model of the pattern {about['pattern']} that has learnt {about['objective']!r} from "
            f"{'text' if reads_text else 'numbers'}: use zoo.load_model and its `predict`. Tasks: {'; '.join(learnt)}."
        )
    _check_whole(about, kind)
    raw = [reads for feature, reads in _RAW.items() if feature in about.get("features", {})]
    return replace(kind, reads=raw[0]) if raw and kind.reads == "array" else kind


def _check_whole(about: dict, kind: Kind):
    """Raises a `ZooError` if there is no vocabulary of what is written, or it is not said what is read."""
    if kind.writes and "targets" not in about["vocabularies"]:
        raise ZooError("dataset.json is damaged: its vocabularies should have `targets`, what the model writes.")
    if kind.reads == "recording" and about["objective"] == "symbols" and not about.get("features"):
        raise ZooError(
            "dataset.json is damaged: it should have a vocabulary of the `source`, or `features` that say what the model "
            "hears; received neither. For a speech model from before they were noted give load_task(..., features=...)."
        )
