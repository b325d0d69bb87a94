"""A text in, a tag for each of its words out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.spelling import spelling
from keras_rnn_zoo.preprocessing.text import normalize, split
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary
from keras_rnn_zoo.tasks.answering import probabilities
from keras_rnn_zoo.tasks.task import Task, check_outputs, pairs_of, refuse_options


class Tagger(Task):
    """A model that labels every word of a text.

    Args:
        model: for instance a `build_sequence_tagger` over symbols, compiled if it is to be trained.
        vocabulary: of the words it reads.
        labels: the tags, in the order of the model's answers.
        characters: where the model also reads how words are spelt, the vocabulary of their letters.
        about: see `Task`.

    Call arguments:
        text: a text, or a list of texts. A text may also be given as a tuple of its words.
        return_probabilities: give each tag with its probability: `(word, tag, probability)`.

    Returns:
        `[(word, tag), ...]`; for a list of texts a list of that.

    Examples, for `fit` and `preprocess`: pairs of a text (or a tuple of its words) and the list of its words' tags.

    Raises:
        ZooError: vocabulary or labels do not fit the model, a text has no word, or a tag is unknown or missing.

    >>> from keras_rnn_zoo import builders
    >>> from keras_rnn_zoo.preprocessing import learn_vocabulary
    >>> words = learn_vocabulary(["the dog barks"])
    >>> model = builders.build_sequence_tagger((None,), 2, 4, vocabulary_size=words.size)
    >>> [word for word, tag in Tagger(model, words, ["noun", "other"])("The dog barks.")]
    ['The', 'dog', 'barks', '.']
    """

    pattern, objective = "many_to_many_aligned", "labels"

    def __init__(
        self,
        model,
        vocabulary: BaseVocabulary,
        labels: Sequence[str],
        *,
        characters: Vocabulary | None = None,
        about: dict | None = None,
    ):
        super().__init__(model, about)
        self.vocabulary, self.labels, self.characters = vocabulary, tuple(labels), characters
        check_outputs(model, len(self.labels), "there are so many labels:")
        if (len(model.inputs) == 2) != (characters is not None):
            raise ZooError(
                f"{model.name} has the inputs {', '.join(one.name for one in model.inputs)}: give a vocabulary of characters "
                "where it reads how words are spelt, and there alone."
            )

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> Tagger:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        settings = {"characters": vocabularies.get("characters"), **settings}
        return cls(model, vocabularies["inputs"], about["labels"], about=about, **settings)

    def __call__(self, text, *, return_probabilities: bool = False, **unknown):
        refuse_options(self, unknown)
        single = not isinstance(text, list)
        read = [self._read(one) for one in ([text] if single else text)]
        rows = [inputs if self.characters else inputs["inputs"] for _, inputs in read]
        answers = probabilities(self.model, rows, 0)
        tagged = [
            [self._tagged(word, step, return_probabilities) for word, step in zip(words, answer)]
            for (words, _), answer in zip(read, answers, strict=True)
        ]
        return tagged[0] if single else tagged

    def _tagged(self, word, probability, return_probabilities):
        best = int(probability.argmax())
        tagged = (word, self.labels[best])
        return (*tagged, float(probability[best])) if return_probabilities else tagged

    def _read(self, text) -> tuple[list[str], dict[str, np.ndarray]]:
        """The words of a text, as they are shown, and what the model reads of them."""
        _check(text)
        if self.characters and not isinstance(text, tuple):
            text = tuple(split(normalize(text, self.vocabulary.language), "word"))
        if isinstance(text, tuple):
            words, inputs = list(text), {"inputs": self.vocabulary.encode_tokens(text)}
        else:
            words, inputs = self.vocabulary.tokens(text), {"inputs": self.vocabulary.encode(text)}
        if not all(words) or not words:
            raise ZooError(
                f"There is nothing to tag in {text!r}: give at least one {self.vocabulary.unit}, and none empty."
            )
        if self.characters:
            inputs["characters"] = spelling(words, self.characters, self.model.input_shape[1][-1])
        return words, inputs

    def examples(self, raw) -> Examples:
        """Pairs of a text and its tags, as ids."""
        texts, tags = pairs_of(raw, "a text and the list of its words' tags")
        read = [self._read(text) for text in texts]
        targets = [self._numbers(words, row) for (words, _), row in zip(read, tags, strict=True)]
        inputs = [inputs for _, inputs in read]
        return Examples({name: [row[name] for row in inputs] for name in self.vocabularies}, targets)

    def _numbers(self, words, tags) -> np.ndarray:
        unknown = [tag for tag in tags if tag not in self.labels]
        if unknown or len(tags) != len(words):
            raise ZooError(
                f"Each of the {len(words)} words {words!r:.60} should have one of the tags {', '.join(self.labels)}; received "
                f"{len(tags)}, {unknown[:3] or 'all known'}."
            )
        return np.array([self.labels.index(tag) for tag in tags], np.int32)

    @property
    def padding(self) -> dict[str, float]:
        """Words, their letters, and tags behind the mask of the words."""
        return dict.fromkeys((*self.vocabularies, "targets"), 0)

    @property
    def vocabularies(self) -> dict:
        """Of the words, and of their letters if it reads any."""
        return {"inputs": self.vocabulary, **({"characters": self.characters} if self.characters else {})}

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        return {**super().to_dict(), "labels": list(self.labels)}


def _check(text):
    words = text if isinstance(text, tuple) else (text,)
    if not all(isinstance(word, str) for word in words):
        raise ZooError(f"A text, or a tuple of its words, is tagged, or a list of these; received {text!r:.60}.")
