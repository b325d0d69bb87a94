"""Write a sequence symbol by symbol: the most probable one, or one drawn by chance."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.steppers import DecoderStepper, stepper_for
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN

_NEVER_WRITTEN = (PAD, UNKNOWN, START)


class SequenceWriter:
    """Lets a trained model write, a whole batch in one loop inside the graph.

    Args:
        model: a language model, or a model with a decoder.
        max_length: how many symbols are written at most.
        temperature: 0 writes the most probable symbol (greedy); above 0 symbols are drawn from `p^(1/temperature)`,
            by adding Gumbel noise to the logarithms and taking the largest.

    Call arguments:
        inputs: a source, a context `(batch, ...)`, or for a language model a prompt of ids `(batch, timesteps)` with
            at least one step.
        seed: for the draws.

    Returns:
        Ids `(batch, max_length)`, int32; after `END` all are `PAD`.
    """

    def __init__(self, model, max_length: int, temperature: float = 0.0):
        if max_length < 1:
            raise ZooError(f"max_length must be at least 1, received {max_length}.")
        if not temperature >= 0 or temperature == float("inf"):
            raise ZooError(f"temperature must be a finite number of at least 0, received {temperature}.")
        self.stepper = stepper_for(model)
        self._log_probabilities = _log_probabilities(self.stepper.output_activation)
        self.max_length = max_length
        self.temperature = temperature
        self.symbols = model.output_shape[-1]
        self._run = _compiled(self._write)

    def __call__(self, inputs, seed: int = 0) -> np.ndarray:
        inputs = np.asarray(inputs)
        if len(inputs) == 0:
            raise ZooError("There is nothing to write about: an empty batch was given.")
        if isinstance(self.stepper, DecoderStepper):
            read, first = inputs, np.full(len(inputs), START, "int32")
        elif inputs.shape[1] == 0:
            raise ZooError("A language model needs a prompt of at least one symbol, received an empty one.")
        elif (inputs == PAD).any():
            raise ZooError("Prompts hold padding (id 0): give prompts of equal length, or one at a time.")
        else:
            read, first = inputs[:, :-1], inputs[:, -1]
        noise = self._noise(len(inputs), seed)
        return ops.convert_to_numpy(self._run(*(ops.convert_to_tensor(value) for value in (read, first, noise))))

    def _noise(self, rows, seed):
        if self.temperature == 0:
            return np.zeros((rows, 1, 1), "float32")
        return np.random.default_rng(seed).gumbel(size=(rows, self.max_length, self.symbols)).astype("float32")

    def _write(self, read, first, noise):
        written = ops.full((ops.shape(first)[0], self.max_length), PAD, dtype="int32")
        finished = ops.zeros_like(first, dtype="bool")
        variables = (ops.convert_to_tensor(0), ops.cast(first, "int32"), finished, written, *self.stepper.start(read))

        def unfinished(position, last, finished, *_):
            return ops.logical_and(position < self.max_length, ops.logical_not(ops.all(finished)))

        def write_one(position, last, finished, written, *state):
            outputs, state = self.stepper.step(last, list(state))
            chosen = self._choose(self._log_probabilities(outputs), noise, position)
            chosen = ops.where(finished, PAD, chosen)
            here = ops.arange(self.max_length)[None, :] == position
            written = ops.where(here, chosen[:, None], written)
            return (position + 1, chosen, ops.logical_or(finished, chosen == END), written, *state)

        return ops.while_loop(unfinished, write_one, variables)[3]

    def _choose(self, scores, noise, position):
        if self.temperature:
            noise_here = ops.take(noise, position, axis=1)
            scores = scores / self.temperature + noise_here
        never = np.zeros(self.symbols, "float32")
        never[list(_NEVER_WRITTEN)] = -1e30
        return ops.cast(ops.argmax(scores + never, axis=-1), "int32")


def _compiled(function):
    """One graph for every batch on TensorFlow; elsewhere the loop itself is what the backend compiles."""
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function, reduce_retracing=True)


def _log_probabilities(activation: str):
    """From a model's outputs to the logarithms of probabilities."""
    if activation == "softmax":
        return lambda outputs: ops.log(ops.maximum(ops.cast(outputs, "float32"), 1e-30))
    if activation == "linear":
        return lambda outputs: ops.log_softmax(ops.cast(outputs, "float32"))
    raise ZooError(f"Symbols are written from softmax or linear outputs (logits), this model's are {activation!r}.")
