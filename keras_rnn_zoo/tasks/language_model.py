"""A text's beginning in, how it goes on out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.continue_text import added_text
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.text import check_text
from keras_rnn_zoo.tasks.decoding import chosen, said
from keras_rnn_zoo.tasks.task import several
from keras_rnn_zoo.tasks.writing import WritingTask

TEMPERATURE, LENGTH = 0.7, 300


class LanguageModel(WritingTask):
    """A model that has learnt which symbol comes next, and so goes on with a text.

    Args:
        model: for instance a `build_language_model`, compiled if it is to be trained.
        vocabulary: of the text.
        window: symbols of a training example, for `fit`.
        decoding, about: see `WritingTask`.

    Call arguments:
        prompt: the beginning, or a list of them; the model reads it before it writes. By default a line feed, or the first symbol.
        length: how many symbols are added at most; `max_length` is another name of it.
        temperature: 0 for the most probable symbol each time; by default 0.7, unless there is a `beam_size`.
        seed: of the draws: one whole number for all, or one for each input: an answer does not depend on the others,
            except on its place in the list where one number serves all.
        return_scores: return `Answer` objects, whose numbers and `ids` are those of what was added.
        options: further keywords of `generation.Options`: `top_k`, `top_p`, `min_length`, ...

    Returns:
        The prompt and what comes after it; with `n_best` above 1 a list, the best first. For a list of prompts a list of that.

    Examples, for `fit` and `preprocess`: texts. Each is cut into windows, every symbol followed by its target.

    Raises:
        ZooError: the vocabulary does not fit the model, an option is out of range, or a text has no symbol.

    >>> from keras_rnn_zoo import builders
    >>> from keras_rnn_zoo.preprocessing import learn_vocabulary
    >>> letters = learn_vocabulary(["abc"], unit="character")
    >>> model = builders.build_language_model((None,), 7, 8, vocabulary_size=7, embedding_dim=4)
    >>> LanguageModel(model, letters)("ab", length=3).startswith("ab")
    True
    """

    pattern, objective = "many_to_many_aligned", "symbols"
    draws = True

    def __init__(
        self,
        model,
        vocabulary: BaseVocabulary,
        *,
        window: int = 128,
        decoding: dict | None = None,
        about: dict | None = None,
    ):
        super().__init__(model, vocabulary, decoding, about)
        self.window = whole("window", window, minimum=1)

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> LanguageModel:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        return cls(model, vocabularies["inputs"], about=about, **{"window": about.get("window", 128)} | settings)

    def __call__(self, prompt=None, *, length=None, temperature=None, seed=0, return_scores=False, **options):
        prompt = self.vocabulary.opening if prompt is None else prompt
        prompts = several(prompt)
        options = self._spelt_out(length, temperature, said(options))
        return self.answered([prompt] if prompts is None else prompts, prompts is None, return_scores, seed, options)

    def usual_options(self) -> dict:
        """How it writes where a call says nothing: keywords of `generation.Options`."""
        return chosen(self.decoding, self._spelt_out(None, None, {}))

    def _spelt_out(self, length, temperature, options):
        """The options of a call with the length and the temperature that hold where it says none."""
        if length is not None and "max_length" in options:
            raise ZooError(
                f"`length` and `max_length` mean the same: give one, received {length!r} and {options['max_length']!r}."
            )
        if length is None:
            length = self.decoding.get("max_length", LENGTH)
        if temperature is None and options.get("beam_size", self.decoding.get("beam_size", 1)) == 1:
            temperature = self.decoding.get("temperature", TEMPERATURE)
        return {"max_length": length, "temperature": temperature, **options}

    def _write(self, prompts, **options):
        rows = [self._encoded(prompt) for prompt in prompts]
        answers = self.write(rows, **options)
        return [
            [replace(answer, text=prompt + added_text(self.vocabulary, row, answer.ids)) for answer in found]
            for found, prompt, row in zip(answers, prompts, rows, strict=True)
        ]

    def _encoded(self, text):
        check_text(text)
        ids = self.vocabulary.encode(text)
        if not len(ids):
            raise ZooError(f"There is nothing to go on from in {text!r}: give at least one {self.vocabulary.unit}.")
        return ids

    def longest(self, row: np.ndarray) -> int:
        """300 symbols, whatever was read."""
        return LENGTH

    def examples(self, raw) -> Examples:
        """Windows of texts; the last of a text may be shorter."""
        rows = [row[start : start + self.window + 1] for row in map(self._encoded, raw) for start in self._starts(row)]
        if not rows:
            raise ZooError(f"No text is longer than one {self.vocabulary.unit}: there is no next one to learn.")
        return Examples({"inputs": [row[:-1] for row in rows]}, [row[1:] for row in rows])

    def _starts(self, row):
        return range(0, len(row) - 1, self.window)

    @property
    def padding(self) -> dict[str, float]:
        """All fields are symbols."""
        return {"inputs": 0, "targets": 0}

    @property
    def vocabularies(self) -> dict:
        """Of the text."""
        return {"inputs": self.vocabulary, "targets": self.vocabulary}

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it; `writes` means that an answer is
        compared as a whole, which a text's continuation is not."""
        return {**super().to_dict(), "writes": False, "window": self.window}
