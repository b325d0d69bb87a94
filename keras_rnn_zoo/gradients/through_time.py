"""The microscope: what a loss says to every state of every recurrent layer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
from keras import ops, tree

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients.recurrences import recurrences
from keras_rnn_zoo.gradients.tap import tapped


@dataclass(frozen=True)
class LayerErrors:
    """The errors of one recurrent layer on one batch, as NumPy arrays whose first axis is the sequence's time.

    A layer that reads backwards goes from the last index to the first.

    Attributes:
        name: the layer's path in the model; with the number of the call, where a model calls it more than once.
        layer: the layer.
        errors: `dL/dstate_t`, a list of `(timesteps, batch, size)`, one for each state (LSTM: h and c).
        states: the states after each step, likewise. states_before: those that the step started from.
        inputs: `(timesteps, batch, features)`.
        mask: booleans `(timesteps, batch)`, true where a step is real.
    """

    name: str
    layer: keras.layers.RNN
    errors: list[np.ndarray]
    states: list[np.ndarray]
    states_before: list[np.ndarray]
    inputs: np.ndarray
    mask: np.ndarray

    @property
    def error_norms(self) -> np.ndarray:
        """`||dL/dstate_t||` of all states together, `(timesteps, batch)`; 0 where a step is padding."""
        return np.sqrt(sum(np.sum(np.square(error), axis=-1) for error in self.errors))


class GradientsThroughTime:
    """Measures `dL/dstate_t` of a compiled model, batch after batch of one shape with one graph.

    The derivative is the total one, with respect to the state after step t: through all later steps, and through the
    layer's output where that is one of its states. It is had by adding a zero to every state inside the loop; the gradient
    of the sequence that the layer returns is another thing, for it leaves out what passes from state to state. L is what
    `fit` would train on, penalties included. Weights, metrics and random states are left as they are.

    An `AttentionDecoder` steps in a loop of its own: its recurrence is left out. A loss scale (`mixed_float16`) is applied
    in the backward pass, as in training, and taken out of what is returned.

    Args:
        model: a `keras.Model`, built and compiled.
        training: whether dropout and the like are on, drawn anew but the same at every call.

    Raises:
        ZooError: the model has no recurrent layer or is not compiled, or the backend is neither TensorFlow nor JAX.
    """

    def __init__(self, model, training=False):
        if not model.built or getattr(model, "optimizer", None) is None:
            raise ZooError(f"{model.name} must be built and compiled, with an optimizer: its loss is differentiated.")
        backend = keras.backend.backend()
        if backend not in _BACKENDS:
            raise ZooError(f"Gradients through time are measured on TensorFlow and JAX, not on {backend}.")
        self.model, self.training, self.layers = model, training, recurrences(model)
        self._measure = _BACKENDS[backend](self)

    def __call__(self, x, y, sample_weight=None) -> list[LayerErrors]:
        """One record for each recurrent layer that the model runs.

        Args:
            x, y, sample_weight: one batch, as for `fit`.
        """
        batch = tree.map_structure(ops.convert_to_tensor, (x, y, sample_weight), none_is_leaf=False)
        scale = ops.cast(self.model.optimizer.scale_loss(1.0), "float32")
        calls = self._measure(scale, *batch)
        if not calls:
            raise ZooError(f"None of {', '.join(self.layers)} was run by keras.layers.RNN's loop: nothing to measure.")
        return [self._record(name, calls[name], float(scale)) for name in self._order]

    def loss(self, zeros, variables, scale, x, y, sample_weight):
        """The loss times `scale`, and what was kept of each call by name.

        Args:
            zeros: see `tapped`.
            variables: pairs of a variable and the value it has.
        """
        with keras.StatelessScope(variables, collect_losses=True), tapped(self.layers, zeros) as calls:
            answer = self.model(x, training=self.training)
            loss = self.model.compute_loss(x, y, answer, sample_weight, training=self.training)
        named = _named(calls)
        self._order = list(named)  # JAX returns dictionaries in the order of the alphabet.
        return loss * ops.cast(scale, loss.dtype), named

    def _record(self, name, call, scale) -> LayerErrors:
        call = tree.map_structure(_as_numpy, call)
        layer = self.layers[name if name in self.layers else name.rpartition(" (call ")[0]]
        call["errors"] = [(error[::-1] if layer.go_backwards else error) / scale for error in call["errors"]]
        call["mask"] = call["mask"][:, :, 0] if "mask" in call else np.ones(call["inputs"].shape[:2], bool)
        return LayerErrors(name=name, layer=layer, **call)


def gradients_through_time(model, x, y, sample_weight=None, training=False) -> list[LayerErrors]:
    """`GradientsThroughTime` of one batch: the errors of every recurrent layer at every step.

    Args:
        model, training: see `GradientsThroughTime`.
        x, y, sample_weight: one batch, as for `fit`.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = build_many_to_one((None, 2), 3, 4, cell="simple_rnn")
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> record, = gradients_through_time(model, np.ones((5, 20, 2)), np.zeros(5))
    >>> record.name, record.error_norms.shape
    ('recurrence/recurrent_1', (20, 5))
    """
    return GradientsThroughTime(model, training)(x, y, sample_weight)


def _named(calls) -> dict:
    """The calls by their layer's name; from a layer's second one on with a number."""
    named, counts = {}, Counter()
    for name, call in calls:
        counts[name] += 1
        named[name if counts[name] == 1 else f"{name} (call {counts[name]})"] = call
    return named


def _on_tensorflow(microscope):
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def measure(*batch):
        with tf.GradientTape(watch_accessed_variables=False) as tape:

            def zeros(shape, dtype):
                added = tf.zeros(shape, dtype)
                tape.watch(added)
                return added

            loss, calls = microscope.loss(zeros, [], *batch)
        errors = tape.gradient(loss, _taken(calls, "added"), unconnected_gradients="zero")
        return _with(calls, errors)

    return measure


def _on_jax(microscope):
    import jax

    variables = microscope.model.variables

    def loss(added, values, batch):
        zeros = ops.zeros if added is None else partial(_next_of, iter(added))
        return microscope.loss(zeros, list(zip(variables, values, strict=True)), *batch)

    @jax.jit
    def measure(values, *batch):
        _, calls = jax.eval_shape(lambda: loss(None, values, batch))
        added = tree.map_structure(lambda zero: ops.zeros(zero.shape, zero.dtype), _taken(calls, "added"))
        errors, calls = jax.grad(loss, has_aux=True)(tree.flatten(added), values, batch)
        return _with(calls, tree.pack_sequence_as(added, errors))

    return lambda *batch: measure([variable.value for variable in variables], *batch)


def _next_of(given, shape, dtype):
    return next(given)


def _taken(calls, key) -> dict:
    return {name: call[key] for name, call in calls.items()}


def _with(calls, errors) -> dict:
    """The calls, with errors in place of what was added to find them."""
    kept = {name: {key: value for key, value in call.items() if key != "added"} for name, call in calls.items()}
    return {name: {**call, "errors": errors[name]} for name, call in kept.items()}


_BACKENDS = {"tensorflow": _on_tensorflow, "jax": _on_jax}


def _as_numpy(tensor):
    array = ops.convert_to_numpy(tensor)
    return array if array.dtype in (np.float64, bool) else array.astype("float32")
