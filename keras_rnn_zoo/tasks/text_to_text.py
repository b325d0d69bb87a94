"""A text in, another out: translation, spelling, names of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keras_rnn_zoo.builders import build_translator
from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import AttentionDecoder
from keras_rnn_zoo.preprocessing.base import UNKNOWN, BaseVocabulary
from keras_rnn_zoo.preprocessing.text import join
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary
from keras_rnn_zoo.tasks.task import pairs_of, several
from keras_rnn_zoo.tasks.writing import SYMBOLS_A_WORD, Answer, WritingTask
from keras_rnn_zoo.training.config import TrainingConfig, parse
from keras_rnn_zoo.training.model import compile_model


class TextToText(WritingTask):
    """A model that reads a text and writes another.

    Args:
        model: an encoder-decoder over symbols, for instance a `build_translator`, compiled if it is to be trained.
        source, target: the vocabularies of what it reads and writes.
        copy_unknown: write the source's word in place of a word that is not in `target`: the one that the step looked at
            most (Jean et al. 2015; Luong et al. 2015, sec. 3). For words and a model with attention.
        decoding, about: see `WritingTask`.

    Call arguments:
        text: a text, or a list of them.
        seed: of the draws: one whole number for all, or one for each input: an answer does not depend on the others,
            except on its place in the list where one number serves all.
        return_scores: return `Answer` objects in place of texts; so does `return_attention`, over the source's symbols.
        options: keywords of `generation.Options`: `beam_size`, `n_best`, `length_penalty`, `temperature`, ...

    Returns:
        The text; with `n_best` above 1 a list of them, the best first. For a list of texts a list of that.

    Examples, for `fit` and `preprocess`: pairs of a text and its answer.

    Raises:
        ZooError: the vocabularies do not fit the model, an option is out of range, or a text has no symbol.

    >>> pairs = [("bir", "one"), ("iki", "two"), ("bir iki", "one two")]
    >>> task = TextToText.create(pairs, units=16, embedding_dim=8, source_language="tr")
    >>> _ = task.fit(pairs, epochs=2, verbose=0)
    >>> len(task(["iki bir", "iki"], max_length=4))
    2
    """

    pattern, objective = "many_to_many_unaligned", "symbols"

    def __init__(
        self,
        model,
        source: BaseVocabulary,
        target: BaseVocabulary,
        *,
        copy_unknown: bool = False,
        decoding: dict | None = None,
        about: dict | None = None,
    ):
        super().__init__(model, target, decoding, about)
        self.source, self.copy_unknown = source, copy_unknown
        read = _symbols_read(model)
        if read not in (None, source.size):
            raise ZooError(f"{model.name} reads {read} symbols, but `source` has {source.size}: give the one it read.")
        if copy_unknown:
            _check_copies(model, source, target)

    @classmethod
    def create(
        cls,
        pairs,
        units=128,
        *,
        unit: str = "word",
        source_language: str = "en",
        target_language: str = "en",
        lower: bool = False,
        max_size: int | None = None,
        min_count: int = 1,
        copy_unknown: bool = False,
        training: dict | None = None,
        **model,
    ) -> TextToText:
        """A new task that has learnt nothing yet: vocabularies of `pairs`, a translator over them, compiled for `fit`.

        Args:
            pairs: of a text and its answer.
            units: the translator's width.
            unit, lower, max_size, min_count: of both vocabularies, see `learn_vocabulary`.
            source_language, target_language: ISO 639 codes, for the casing of `lower`.
            copy_unknown: see the class.
            training: how it is compiled: `optimizer` (of a constant learning rate) and `jit_compile`, as in a
                configuration's `training`.
            model: further arguments of `build_translator`.

        Raises:
            ZooError: an argument is out of range, or `training` has another key.
        """
        compiled = _compiled_by(training or {})
        sources, targets = pairs_of(pairs, "a text and its answer")
        limits = {"unit": unit, "lower": lower, "max_size": max_size, "min_count": min_count}
        source = learn_vocabulary(sources, language=source_language, **limits)
        target = learn_vocabulary(targets, language=target_language, **limits)
        translator = build_translator((None,), target.size, units, vocabulary_size=source.size, **model)
        compile_model(translator, compiled, cls.objective, steps=1)
        return cls(translator, source, target, copy_unknown=copy_unknown)

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> TextToText:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        settings = {"copy_unknown": about.get("copy_unknown", False), **settings}
        return cls(model, vocabularies["source"], vocabularies["targets"], about=about, **settings)

    def __call__(self, text, *, seed=0, return_scores: bool = False, **options):
        texts = several(text)
        inputs = [text] if texts is None else texts
        return self.answered(inputs, texts is None, return_scores, seed, options)

    def _write(self, texts, **options):
        rows = [self._encoded(text) for text in texts]
        if not self.copy_unknown:
            answers = self.write(rows, **options)
        else:
            answers = self.write(rows, **{"forbidden": ()} | options | {"return_attention": True})
        return [
            [self._finished(answer, text, len(row)) for answer in found]
            for found, text, row in zip(answers, texts, rows, strict=True)
        ]

    def _encoded(self, text):
        ids = self.source.encode(text)
        if not len(ids):
            raise ZooError(f"There is nothing to read in {text!r}: give at least one {self.source.unit}.")
        return ids

    def _finished(self, answer: Answer, text: str, steps: int) -> Answer:
        """The answer with the source's own symbols as the steps of its attention, and its unknown words copied."""
        if answer.attention is None:
            return answer
        answer = replace(answer, attention=answer.attention[:, :steps])
        if not self.copy_unknown:
            return answer
        return replace(answer, text=with_copies(answer, self.vocabulary, self.source.tokens(text)))

    def longest(self, row: np.ndarray) -> int:
        """Twice as many words as were read, and ten symbols."""
        ratio = SYMBOLS_A_WORD[self.vocabulary.unit] / SYMBOLS_A_WORD[self.source.unit]
        return 10 + round(2 * max(1, ratio) * len(row))

    def examples(self, raw) -> Examples:
        """Pairs of a text and its answer, for teacher forcing."""
        sources, targets = pairs_of(raw, "a text and its answer")
        previous, targets = forced(targets, self.vocabulary)
        return Examples({"source": [self._encoded(text) for text in sources], "previous": previous}, targets)

    @property
    def padding(self) -> dict[str, float]:
        """All fields are symbols."""
        return {"source": 0, "previous": 0, "targets": 0}

    @property
    def vocabularies(self) -> dict:
        """Of what it reads and what it writes."""
        return {"source": self.source, "previous": self.vocabulary, "targets": self.vocabulary}

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        return {**super().to_dict(), "copy_unknown": self.copy_unknown}


def with_copies(answer: Answer, vocabulary, source: list[str]) -> str:
    """The text of an answer, each unknown word replaced by the word of `source` that its step looked at most."""
    looked = answer.attention.argmax(axis=1)
    words = [
        source[step] if symbol == UNKNOWN else vocabulary.decode([symbol]) for symbol, step in zip(answer.ids, looked)
    ]
    return join(words, vocabulary.unit)


def _compiled_by(training) -> TrainingConfig:
    """`training` checked; how many updates there will be nobody knows yet."""
    if not isinstance(training, dict) or not {"optimizer", "jit_compile"}.issuperset(training):
        raise ZooError(
            f"`training` says how the model is compiled, its keys are optimizer and jit_compile; received {training!r:.80}. "
            "Give what is for the training itself to `fit`."
        )
    unused = {"builder": "translator", "dataset": {"name": "pairs"}, "model": {}}
    found = parse({**unused, "training": {"epochs": 1, **training}}, "TextToText.create").training
    if found.optimizer.schedule != "constant":
        raise ZooError(
            f"`create` does not know how long `fit` will train: optimizer.schedule should be 'constant', received "
            f"{found.optimizer.schedule!r}. Compile the model with a schedule of its own: task.model.compile(...)."
        )
    return found


def _symbols_read(model):
    """How many symbols the model's embedding has; `None` where it has none of that name."""
    layers = {layer.name: layer for layer in model.layers}
    encoder = layers.get("encoder", model)
    return next((layer.input_dim for layer in encoder.layers if layer.name == "embedding"), None)


def _check_copies(model, source, target):
    if source.unit != "word" or target.unit != "word":
        raise ZooError(
            f"copy_unknown copies words: both vocabularies should be of words, received {source.unit} and {target.unit}."
        )
    if not any(isinstance(layer, AttentionDecoder) for layer in model.layers):
        raise ZooError(
            f"copy_unknown copies what a step looked at, but {model.name} has no attention: build it with attention=."
        )
