"""A text, a sequence or a picture in, its class out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.tasks.answering import probabilities
from keras_rnn_zoo.tasks.task import Task, check_outputs, pairs_of


class Classifier(Task):
    """A model that chooses one of several classes.

    Args:
        model: for instance a `build_sentiment_classifier` or a `build_many_to_one`, compiled if it is to be trained.
        labels: the classes' names, in the order of the model's answers.
        vocabulary: of the text it reads; `None`: it reads arrays.
        fill: for sequences of vectors of different lengths, the value that fills them on the right, which is the model's
            `mask_value`.
        about: see `Task`.

    Call arguments:
        inputs: a text, or an array as the model reads it, without the batch; or a list of them.
        return_probabilities: return `(label, {label: probability})`, the most probable first, in place of the label.

    Returns:
        The label; for a list of inputs a list of that.

    Examples, for `fit` and `preprocess`: pairs of a text, or an array, and its label.

    Raises:
        ZooError: labels or vocabulary do not fit the model, an input cannot be read, or a label is unknown.

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
        fill: float = 0.0,
        about: dict | None = None,
    ):
        super().__init__(model, about)
        self.labels, self.vocabulary = tuple(labels), vocabulary
        check_outputs(model, len(self.labels), "there are so many labels:")
        self.shape = tuple(model.input_shape[1:])
        self.pattern = "many_to_one" if None in self.shape else "one_to_one"
        self.fill = None if None not in self.shape else 0 if vocabulary else fill

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> Classifier:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        labels = about["labels"] or [str(number) for number in range(model.output_shape[-1])]
        settings = {"fill": about["padding"].get("inputs", 0.0), "vocabulary": vocabularies.get("inputs"), **settings}
        return cls(model, labels, about=about, **settings)

    def __call__(self, inputs, *, return_probabilities: bool = False):
        single = not isinstance(inputs, (list, tuple))
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
        values = np.asarray(given)
        fits = values.ndim == len(self.shape) and all(n in (None, had) for n, had in zip(self.shape, values.shape))
        if not fits or values.dtype.kind not in "fiub" or not values.size or not np.isfinite(values).all():
            raise ZooError(
                f"This model reads arrays of finite numbers of shape {self.shape}, without the batch; received {values.dtype} "
                f"of shape {values.shape}. Give several as a list."
            )
        return values.astype(np.float32)

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
        return {**super().to_dict(), "labels": list(self.labels)}
