"""A text, a recording, a picture or a sequence in, its class out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.picture import read_picture
from keras_rnn_zoo.preprocessing.pixel_sequence import SIDE, pixel_sequence
from keras_rnn_zoo.preprocessing.recording import check_features, heard, is_sound
from keras_rnn_zoo.preprocessing.video import read_video
from keras_rnn_zoo.tasks.answering import probabilities
from keras_rnn_zoo.tasks.task import Task, check_outputs, checked_array, pairs_of, refuse_options

_READ = {3: read_picture, 4: read_video}  # by how many axes the model's input has


class Classifier(Task):
    """A model that chooses one of several classes.

    Args:
        model: for instance a `build_sentiment_classifier` or a `build_many_to_one`, compiled if it is to be trained.
        labels: the classes' names, in the order of the model's answers.
        vocabulary: of the text it reads; `None`: it reads something else.
        fill: for sequences of vectors of different lengths, the value that fills them on the right, which is the model's
            `mask_value`; `None`: it masks none.
        features: what it reads instead of plain arrays: of recordings, what it hears (see `preprocessing.recording.heard`); of
            pictures that are read as sequences, `order` and `seed` (see `preprocessing.pixel_sequence`).
        about: see `Task`.

    Call arguments:
        inputs: a text; a recording: the path of a .wav file, a pair of its samples and their rate, or log-mel energies; a picture,
            for a model of pictures `(height, width, channels)` or of their pixels: a path, a PIL image or an array, with light and
            dark as in the training data (see `preprocessing.picture.read_picture`); a video (see
            `preprocessing.video.read_video`); or an array as the model reads it, without the batch. Or a list of them.
        return_probabilities: return `(label, {label: probability})`, the most probable first, in place of the label.

    Returns:
        The label; for a list of inputs a list of that.

    Examples, for `fit` and `preprocess`: pairs of an input and its label.

    Raises:
        ZooError: labels, vocabulary or features do not fit the model, an input cannot be read, or a label is unknown.

    >>> from keras_rnn_zoo import builders
    >>> model = builders.build_many_to_one((None, 3), 2, 4)
    >>> label, chances = Classifier(model, ["up", "down"])(np.ones((5, 3)), return_probabilities=True)
    >>> label == next(iter(chances)), round(sum(chances.values()), 5)
    (True, 1.0)
    """

    pattern, objective = "many_to_one", "class"

    def __init__(
        self,
        model,
        labels: Sequence[str],
        *,
        vocabulary: BaseVocabulary | None = None,
        fill: float | None = 0.0,
        features: dict | None = None,
        about: dict | None = None,
    ):
        super().__init__(model, about)
        self.labels, self.vocabulary = tuple(labels), vocabulary
        check_outputs(model, len(self.labels), "there are so many labels:")
        self.shape = tuple(model.input_shape[1:])
        self.pattern = "many_to_one" if None in self.shape else "one_to_one"
        self.fill = None if None not in self.shape else 0 if vocabulary else fill
        self.features = _checked(features or {}, model)

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> Classifier:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        labels = about["labels"] or [str(number) for number in range(model.output_shape[-1])]
        known = {"fill": about["padding"].get("inputs"), "features": about.get("features")}
        return cls(model, labels, about=about, **{"vocabulary": vocabularies.get("inputs"), **known, **settings})

    def __call__(self, inputs, *, return_probabilities: bool = False, **unknown):
        refuse_options(self, unknown)
        single = is_sound(inputs) or not isinstance(inputs, (list, tuple))
        rows = [self.read(one) for one in ([inputs] if single else inputs)]
        answers = [self._answer(row, return_probabilities) for row in probabilities(self.model, rows, self.fill)]
        return answers[0] if single else answers

    def _answer(self, values, return_probabilities):
        ranked = [int(number) for number in np.argsort(-values, kind="stable")]
        best = self.labels[ranked[0]]
        return (best, {self.labels[n]: float(values[n]) for n in ranked}) if return_probabilities else best

    def read(self, given) -> np.ndarray:
        """An input as the model reads it: ids, or float32."""
        if self.vocabulary:
            ids = self.vocabulary.encode(given)
            if not len(ids):
                raise ZooError(f"There is nothing to read in {given!r}: give at least one {self.vocabulary.unit}.")
            return ids
        if "bands" in self.features:
            return heard(given, self.features)
        if "order" in self.features:
            return pixel_sequence(read_picture(given, (SIDE, SIDE, 1))[..., 0], **self.features)
        if len(self.shape) in _READ:
            return _READ[len(self.shape)](given, self.shape[-3:])
        return checked_array(given, self.shape)

    def examples(self, raw) -> Examples:
        """Pairs of an input and its label, as ids."""
        inputs, labels = pairs_of(raw, "an input and its label")
        for label in labels:
            if label not in self.labels:
                raise unknown_name("label", label, self.labels)
        numbers = np.array([self.labels.index(label) for label in labels], np.int32)
        return Examples({"inputs": [self.read(one) for one in inputs]}, numbers)

    @property
    def padding(self) -> dict[str, float]:
        """Of the sequences, if it reads any."""
        return {} if self.fill is None else {"inputs": self.fill}

    @property
    def vocabularies(self) -> dict:
        """Of the text, if it reads any."""
        return {"inputs": self.vocabulary} if self.vocabulary else {}

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        return {**super().to_dict(), "labels": list(self.labels), "features": self.features}


def _checked(features: dict, model) -> dict:
    if not features or set(features) in ({"order", "seed"}, {"height", "width", "channels"}):
        return dict(features)
    return check_features(features, model.input_shape[-1], model.name)
