"""What the tasks that write have in common: options, writers that are kept, batches."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import writer_for
from keras_rnn_zoo.generation.draws import row_seeds
from keras_rnn_zoo.preprocessing.base import END, PAD, BaseVocabulary
from keras_rnn_zoo.tasks.decoding import checked, chosen
from keras_rnn_zoo.tasks.task import BATCH, Task, check_outputs, padded

SYMBOLS_A_WORD = {"word": 1, "token": 1, "subword": 2, "character": 6, "byte": 7}  # generous means of written language
_MULTIPLE = 16  # Lengths are padded up to its multiples, so that few graphs serve all.
_WRITERS = 8  # that are kept, each with its graphs


@dataclass(frozen=True)
class Answer:
    """One thing that was written.

    Attributes:
        text: what it reads.
        ids: its symbols `(symbols,)`, the end left out.
        log_probability: of the whole. score: what a beam search ranked it by; without one the log-probability.
        attention: `(symbols, steps)`, where each symbol's step looked, or `None` unless asked for.
    """

    text: str
    ids: np.ndarray
    log_probability: float
    score: float
    attention: np.ndarray | None = None


class WritingTask(Task):
    """A task whose answer is written symbol by symbol, or read off.

    Args:
        model: one that writes `vocabulary`.
        vocabulary: of what is written.
        decoding: how it writes unless told otherwise in the call: keywords of `generation.Options`; without a
            `max_length` a bound that goes by the input's length.
        about: see `Task`.

    Raises:
        ZooError: the vocabulary does not fit the model, or `decoding` is unknown, out of range or goes with no other.
    """

    draws = False  # by chance, unless told otherwise

    def __init__(self, model, vocabulary: BaseVocabulary, decoding: dict | None = None, about: dict | None = None):
        super().__init__(model, about)
        check_outputs(model, vocabulary.size, "the vocabulary of what it writes has")
        self.vocabulary = vocabulary
        self.decoding = checked(decoding, self.draws)
        self._writers = {}

    @abstractmethod
    def longest(self, row: np.ndarray) -> int:
        """How many symbols are written about an input at most, where nobody has said."""

    def limit(self, row: np.ndarray) -> int:
        """As `longest`, raised to a power of two: few lengths, so few graphs."""
        return 1 << max(5, (self.longest(row) - 1).bit_length())

    def usual_options(self) -> dict:
        """How it writes where a call says nothing: keywords of `generation.Options`."""
        return chosen(self.decoding, {})

    @property
    def fill(self) -> float | None:
        """What fills inputs on the right; `None` where all have one shape."""
        return PAD

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        return {**super().to_dict(), "writes": True, "decoding": self.decoding}

    def write(self, rows: Sequence[np.ndarray], seed=0, **options) -> list[list[Answer]]:
        """For each input, as the model reads it, what is written about it, the best first.

        Args:
            rows: the inputs. An answer does not depend on the others, except where it is drawn with one seed for all: then
                it also depends on its place in the list.
            seed: of the draws: a whole number, or one for each row, on which alone its draws then depend.
            options: keywords of `generation.Options`.
        """
        options = chosen(self.decoding, options)
        seeds = ops.convert_to_numpy(row_seeds(seed, len(rows))) if _is_whole(seed) else _one_each(seed, rows)
        longest = options.pop("max_length", None)
        lengths = np.array([longest if longest is not None else self.limit(row) for row in rows])
        answers = [None] * len(rows)
        for length in np.unique(lengths):
            writer = self._writer(int(length), options)
            for numbers in _batches(np.flatnonzero(lengths == length), rows):
                written = writer(self._stacked([rows[number] for number in numbers]), seeds[numbers])
                for place, number in enumerate(numbers):
                    answers[number] = self._answers(written, place)
        return answers

    def answered(self, inputs: list, single: bool, return_scores: bool, seed, options: dict) -> str | Answer | list:
        """What a call returns: for each input a text, or with scores or attention an `Answer`; of several hypotheses
        (`n_best` above 1) a list."""
        options = chosen(self.decoding, options)
        answers = self._write(inputs, seed=seed, **options)
        if not (return_scores or options.get("return_attention")):
            answers = [[answer.text for answer in row] for row in answers]
        if options.get("n_best", 1) == 1:
            answers = [row[0] for row in answers]
        return answers[0] if single else answers

    @abstractmethod
    def _write(self, inputs: list, **options) -> list[list[Answer]]:
        """As `write`, of raw inputs."""

    def _writer(self, max_length: int, options: dict):
        key = (max_length, *sorted(options.items()))
        if key not in self._writers:
            if len(self._writers) == _WRITERS:
                del self._writers[next(iter(self._writers))]
            self._writers[key] = writer_for(self.model, max_length, **options)
        return self._writers[key]

    def _stacked(self, rows):
        return np.stack(rows) if self.fill is None else padded(rows, self.fill, _MULTIPLE)

    def _answers(self, written, row: int) -> list[Answer]:
        found = np.flatnonzero(np.isfinite(written.scores[row]))
        return [self._answer(written, row, place) for place in found]

    def _answer(self, written, row: int, place: int) -> Answer:
        ids = written.ids[row, place]
        ids = ids[: int(written.lengths[row, place])]
        ids = ids[:-1] if len(ids) and ids[-1] == END else ids
        attention = None if written.attention is None else np.asarray(written.attention[row, place, : len(ids)])
        numbers = (float(values[row, place]) for values in (written.log_probabilities, written.scores))
        return Answer(self.vocabulary.decode(ids), ids, *numbers, attention)


def _is_whole(seed) -> bool:
    return isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)


def _one_each(seeds, rows):
    seeds = np.asarray(seeds)
    if seeds.dtype.kind not in "iu" or seeds.shape != (len(rows),):
        raise ZooError(
            f"seed should be a whole number, or one for each of the {len(rows)} inputs; received {seeds!r:.60}."
        )
    return seeds


def _batches(numbers, rows):
    """Parts of `numbers` of at most `BATCH`, rows of like length together."""
    numbers = numbers[np.argsort([len(rows[number]) for number in numbers], kind="stable")]
    return np.split(numbers, range(BATCH, len(numbers), BATCH))
