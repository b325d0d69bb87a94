"""Write a sequence symbol by symbol: one engine for every model that writes."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.beam_search import beam_search
from keras_rnn_zoo.generation.draws import NEVER, row_seeds
from keras_rnn_zoo.generation.one_by_one import drawn, most_probable, write_one_by_one
from keras_rnn_zoo.generation.options import options_of
from keras_rnn_zoo.generation.prompts import read_prompts
from keras_rnn_zoo.generation.rules import Rules
from keras_rnn_zoo.generation.steppers import stepper_for
from keras_rnn_zoo.preprocessing.vocabulary import START


@dataclass(frozen=True)
class Written:
    """What was written about a batch: for each row its `n_best` hypotheses, the best first.

    Attributes:
        ids: `(rows, n_best, max_length)`, int32; after the end symbol all are padding.
        log_probabilities: `(rows, n_best)`, of the whole hypothesis; `-inf` where there are fewer than `n_best`.
        scores: `(rows, n_best)`, what a beam search ranked them by; without one the log-probability.
        lengths: `(rows, n_best)`, symbols written, the end symbol included.
        attention: `(rows, n_best, max_length, steps)`, or `None` unless asked for.
    """

    ids: np.ndarray
    log_probabilities: np.ndarray
    scores: np.ndarray
    lengths: np.ndarray
    attention: np.ndarray | None = None


class SequenceWriter:
    """Lets a trained model write, a whole batch in one call of one graph.

    Args:
        model: a language model, or a model with a decoder.
        max_length: how many symbols are written at most.
        **options: see `Options`: `beam_size`, `n_best`, `length_penalty`, `temperature`, `top_p`, ...

    Call arguments:
        inputs: a source or a context, `(rows, ...)`, right-padded; for a language model prompts of ids
            `(rows, timesteps)`, right-padded, each of at least one symbol.
        seed: of the draws: a whole number, or one for each row, whose draws then do not depend on the other rows.

    Returns:
        A `Written`.

    >>> from keras_rnn_zoo import builders
    >>> model = builders.build_language_model((None,), 9, 8, vocabulary_size=9, embedding_dim=4)
    >>> SequenceWriter(model, max_length=5, beam_size=3, n_best=2)(np.array([[4, 5], [6, 0]])).ids.shape
    (2, 2, 5)
    """

    def __init__(self, model, max_length: int, **options):
        self.options = options_of(max_length, options)
        self.stepper = stepper_for(model)
        if (self.options.return_attention or self.options.coverage_penalty) and not self.stepper.attends:
            raise ZooError(f"{model.name} has no attention to show, return or penalise: take a model that has.")
        self.rules = Rules(self.stepper.symbols, self.options.forbidden, self.options.min_length)
        self._run = _compiled(self.graph, model, self.stepper.reads)

    def __call__(self, inputs, seed=0) -> Written:
        inputs = np.asarray(inputs)
        if len(inputs) == 0:
            raise ZooError("There is nothing to write about: an empty batch was given.")
        self.stepper.check(inputs)
        read = ops.convert_to_tensor(inputs, self.stepper.reads.dtype)
        written = self._run(read, _seeds(seed, len(inputs)))
        written = {name: ops.convert_to_numpy(value) for name, value in written.items()}
        for name in ("log_probabilities", "scores"):
            written[name] = np.where(written[name] <= NEVER / 2, -np.inf, written[name])
        return Written(**written)

    def graph(self, inputs, seeds, limits=None):
        """The same in backend tensors, to be traced or exported: a dictionary of what `Written` holds.

        Args:
            inputs: as in the call. seeds: `(rows,)`, int32.
            limits: `(rows,)`, int32, the most symbols of each row, in place of `max_length`; where shapes may be dynamic.
        """
        return self.write(self.begin(inputs), seeds, limits)

    def write(self, begun, seeds, limits=None, length=None):
        """`graph` after `begin`, whose result is `begun`.

        Args:
            length: of `ids`, where it must be known before `limits` are, none of which is above it.
        """
        if self.options.beam_size > 1:
            written = beam_search(self.stepper, self.rules, self.options, *begun, limits, length)
            return {name: value[:, : self.options.n_best] for name, value in written.items()}
        options = self.options
        choose = (
            drawn(seeds, options.temperature, options.top_k, options.top_p) if options.temperature else most_probable
        )
        written = write_one_by_one(self.stepper, self.rules, options, *begun, choose, limits, length)
        written["scores"] = written["log_probabilities"]
        return {name: value[:, None] for name, value in written.items()}

    def begin(self, inputs):
        """The symbols `(rows,)` that are read first, what every step reads, and the state before the first step."""
        fixed, state = self.stepper.start(inputs)
        if self.stepper.reads_prompts:
            last, state = read_prompts(self.stepper, fixed, state, inputs)
            return last, fixed, state
        return ops.full((ops.shape(inputs)[0],), START, dtype="int32"), fixed, state


def _seeds(seed, rows):
    seed = np.asarray(seed)
    if seed.dtype.kind not in "iu" or seed.shape not in ((), (rows,)):
        raise ZooError(
            f"seed must be a whole number, or one for each of the {rows} rows; received {seed.dtype} of shape {seed.shape}."
        )
    if seed.ndim == 0:
        return row_seeds(int(seed), rows)
    return ops.convert_to_tensor(seed & 0x7FFFFFFF, "int32")


def _compiled(function, model, reads):
    """One graph for every batch on TensorFlow, one for each shape of a batch on JAX; `reads` is a `KerasTensor`."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        batch = tf.TensorSpec(reads.shape, reads.dtype), tf.TensorSpec((None,), "int32")
        return tf.function(function, autograph=False, input_signature=batch)
    return _compiled_by_jax(function, model) if keras.backend.backend() == "jax" else function


def _compiled_by_jax(function, model):
    import jax

    @jax.jit
    def run(values, *arguments):
        with keras.StatelessScope(zip(model.variables, values, strict=True)):
            return function(*arguments)

    return lambda *arguments: run([variable.value for variable in model.variables], *arguments)
