"""The signatures of a model that writes: each way of writing, what a text's probability is, and one step at a time."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.generation.draws import row_seeds
from keras_rnn_zoo.generation.one_by_one import drawn, most_probable, write_one_by_one
from keras_rnn_zoo.generation.rules import Rules
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.signature import Reader, Signature, shared, spec
from keras_rnn_zoo.tasks.decoding import chosen

BEAM = 4  # hypotheses of the signature `beam`, where the model's own way of writing has none
LONGEST = 2048  # A longer input is answered by no more symbols than one of this length.
_NO_LIMIT = 2**31 - 1
_KNOBS = ("max_length", "min_length", "temperature", "top_k", "top_p", "seed")


class Writing:
    """How the signatures of one task write.

    Args:
        task: a task that writes with a decoder, or goes on with a text.
        said: from ids `(rows, symbols)` and what the reader gave to texts `(rows,)`.
        parts: the modules that `said` uses.
    """

    def __init__(self, task, said, parts: tuple):
        self.task, self.said, self.parts = task, said, parts
        self.own = {name: value for name, value in task.usual_options().items() if name != "return_attention"}
        self.begin = shared(SequenceWriter(task.model, 1).begin)
        longest = [task.limit(np.zeros(length)) for length in range(LONGEST + 1)]
        self._limits = tf.constant(longest) if len(set(longest)) > 1 else longest[0]

    def default(self, reader: Reader) -> Signature:
        """The task's own way: `text` and `score`."""
        return self._writing(reader, self.own, best_one(self.said))

    def greedy(self, reader: Reader) -> Signature:
        """The most probable symbol each time."""
        return self._writing(reader, self._greedy, best_one(self.said))

    def beam(self, reader: Reader) -> Signature:
        """A beam search, whose hypotheses are all given, the best first: `texts` and `scores` `(batch, hypotheses)`."""
        width = max(BEAM, self.own.get("beam_size", 1))
        options = chosen(self.own, {"beam_size": width, "n_best": width})
        return self._writing(reader, options, all_of_them(self.said))

    def generate(self, reader: Reader) -> Signature:
        """With every knob a number of each row's own: `temperature` 0 for the most probable symbols, `top_k` 0 and `top_p` 1 for
        all of them; what is drawn depends on the row's `seed` alone."""
        whole = {name: spec(name, dtype="int32") for name in ("max_length", "min_length", "top_k", "seed")}
        knobs = [whole.get(name) or spec(name) for name in _KNOBS]
        compute = _drawing(self._writer(self._greedy), self.begin)
        reading = reader.with_inputs(*knobs, checks=_checks)
        return Signature(reading, compute, best_one(self.said), self.parts, lambda max_length, **_: max_length)

    @property
    def _greedy(self) -> dict:
        return chosen(self.own, {"beam_size": 1, "temperature": 0})

    def _writer(self, options: dict) -> SequenceWriter:
        return SequenceWriter(self.task.model, **{"max_length": _NO_LIMIT} | options)

    def _writing(self, reader: Reader, options: dict, answer) -> Signature:
        writer, most = self._writer(options), options.get("max_length")

        def limits(values, lengths=None):
            rows = tf.shape(values)[0]
            return tf.fill([rows], most) if most else self._limits_of(rows, lengths)

        def compute(values, lengths=None, length=None):
            seeds = tf.repeat(row_seeds(0, 1), tf.shape(values)[0])  # Each row's as if it were alone.
            return writer.write(self.begin(values), seeds, limits(values, lengths), length)

        return Signature(reader, compute, answer, self.parts, limits)

    def _limits_of(self, rows, lengths):
        if isinstance(self._limits, int):
            return tf.fill([rows], self._limits)
        return tf.gather(self._limits, tf.minimum(lengths, LONGEST))


def best_one(said):
    """Answers with the best hypothesis of each row, whose `text` `said` gives."""

    def answer(written, given):
        ids = written["ids"][:, 0]
        numbers = {"score": written["scores"][:, 0], "ids": ids, "lengths": written["lengths"][:, 0]}
        return {"text": said(ids, given), **numbers}

    return answer


def all_of_them(said):
    """Answers with all hypotheses of each row, the best first."""

    def answer(written, given):
        texts = [said(written["ids"][:, place], given) for place in range(written["ids"].shape[1])]
        return {"texts": tf.stack(texts, axis=1), **{name: written[name] for name in ("scores", "ids", "lengths")}}

    return answer


def _drawing(writer, begin):
    def compute(values, max_length, min_length, temperature, top_k, top_p, seed, lengths=None, length=None):
        stepper = writer.stepper
        seeds = tf.bitwise.bitwise_and(seed, 0x7FFFFFFF)
        by_chance = drawn(
            seeds,
            tf.where(temperature > 0, temperature, 1.0),
            tf.where(top_k > 0, top_k, stepper.symbols),
            tf.where(top_p < 1, top_p, 2.0),  # The sum of all may be a little above 1.
        )

        def choose(allowed, position):
            return tf.where(temperature > 0, by_chance(allowed, position), most_probable(allowed, position))

        rules = Rules(stepper.symbols, writer.options.forbidden, min_length[:, None])
        written = write_one_by_one(stepper, rules, writer.options, *begin(values), choose, max_length, length)
        written["scores"] = written["log_probabilities"]
        return {name: value[:, None] for name, value in written.items()}

    return compute


def _checks(max_length, min_length, temperature, top_k, top_p, seed) -> list:
    """The ranges of `generation.Options`, of every row."""
    rules = {
        "max_length should be from 1 to 100,000": (max_length >= 1) & (max_length <= 100_000),
        "min_length should be from 0 to max_length": (min_length >= 0) & (min_length <= max_length),
        "temperature should be 0, or from 1e-6 to 1e6": (temperature == 0)
        | ((temperature >= 1e-6) & (temperature <= 1e6)),
        "top_k should be 0, for all symbols, or above": top_k >= 0,
        "top_p should be above 0 and at most 1": (top_p > 0) & (top_p <= 1),
    }
    return [tf.debugging.Assert(tf.reduce_all(holds), [message]) for message, holds in rules.items()]
