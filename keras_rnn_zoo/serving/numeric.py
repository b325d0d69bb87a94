"""What a signature computes between reading and answering: numbers alone, for runtimes that know neither text nor files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np

from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.asking import tensors
from keras_rnn_zoo.serving.plain_model import padding_of
from keras_rnn_zoo.serving.signature import Signature, servable

_OF_WRITING = ("greedy", "beam", "encode", "step")
_OUTSIDE = {"values": "inputs"}


@dataclass(frozen=True)
class NumericPart:
    """The middle step of a signature by itself.

    Its inputs are called `inputs`, of ids or frames, padded on the right as the model was trained with, and otherwise as in the
    signature; an output that is called as an input has `_out` behind its name.

    Attributes:
        signature: the whole. specs: for each input that the answer depends on, by its name in `compute`, what it is.
    """

    signature: Signature
    specs: dict

    def traced(self, length: int | None = None):
        """As a concrete function, which takes the inputs in the order of `specs` and gives a dictionary.

        Args:
            length: of one row with so many steps; by default rows and steps are any number.
        """
        specs = [_sized(spec, length) for spec in self.specs.values()]
        room = self._room(length)

        def compute(*numbers):
            return self._named(self.signature.compute(**dict(zip(self.specs, numbers, strict=True)), **room))

        with inlined(), keras.StatelessScope():  # A layer that counts its draws would write into a constant.
            return tf.function(compute, input_signature=specs, autograph=False).get_concrete_function()

    def numbers(self, request: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The inputs, by their names outside, that a request to the signature comes down to."""
        given = self.signature.read(**tensors(request))
        return {spec.name: given[name].numpy() for name, spec in self.specs.items()}

    def answer(self, traced, numbers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What `traced` answers to inputs by their names."""
        outputs = traced(*(tf.constant(numbers[spec.name]) for spec in self.specs.values()))
        return {name: value.numpy() for name, value in outputs.items()}

    def _room(self, length) -> dict:
        """For what is written about one row of `length` steps."""
        if length is None or self.signature.limits is None:
            return {}
        given = {name: tf.zeros(_sized(spec, length).shape, spec.dtype) for name, spec in self.specs.items()}
        lengths = {"lengths": tf.constant([length])} if "lengths" in given else {}
        return {"length": int(max(self.signature.limits(**given | lengths)))}

    def _named(self, computed: dict) -> dict:
        taken = {spec.name for spec in self.specs.values()}
        return {f"{name}_out" if name in taken else name: servable(value) for name, value in computed.items()}


def numeric_parts(signatures: dict[str, Signature]) -> dict[str, NumericPart]:
    """Of a model that writes: `greedy`, `beam`, `encode` and `step`; of one with CTC: `frames`, which are read off outside; of any other:
    `serving_default`."""
    ways = ("frames",) if "frames" in signatures else _OF_WRITING
    names = [name for name in ways if name in signatures] or ["serving_default"]
    return {name: _part(signatures[name]) for name in names}


def frozen(traced):
    """A concrete function with its weights and tables as constants, which converters take for inputs otherwise."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    constant = convert_variables_to_constants_v2(traced, lower_control_flow=False)
    specs = traced.structured_input_signature[0]

    def compute(*numbers):
        return tf.nest.pack_sequence_as(traced.structured_outputs, constant(*numbers))

    return tf.function(compute, input_signature=specs, autograph=False)


def fill_of(task) -> float | None:
    """What `task`, a `Task` or a `keras.Model`, takes for padding in a sequence of vectors; `None` if nothing."""
    return padding_of(task) if isinstance(task, keras.Model) else getattr(task, "fill", None)


def filling(name: str, dtype, fill: float | None) -> float | None:
    """What an argument of `compute` is filled with on the right, if the vectors read are with `fill`."""
    return fill if name == "values" and not dtype.is_integer else 0


def _part(signature) -> NumericPart:
    reader = signature.read
    reading = tf.function(reader.function, autograph=False)
    read = reading.get_concrete_function(**{spec.name: spec for spec in reader.specs}).structured_outputs
    specs = {name: tf.TensorSpec(read[name].shape, read[name].dtype, name) for name in reader.numbers}
    if "lengths" in specs and not _asks_for_lengths(signature.compute, specs):
        del specs["lengths"]  # Padding says the same.
    return NumericPart(signature, {name: _called(_OUTSIDE.get(name, name), one) for name, one in specs.items()})


def _asks_for_lengths(compute, specs) -> bool:
    with inlined():  # A call of another graph uses all its arguments.
        traced = tf.function(lambda **given: compute(**given), autograph=False).get_concrete_function(**specs)
    return any(tensor.op.name == "lengths" and tensor.consumers() for tensor in traced.inputs)


def _called(name, spec):
    return tf.TensorSpec(spec.shape, spec.dtype, name)


@contextmanager
def inlined() -> Iterator[None]:
    """Functions that signatures share, and which are traced for any shape, become part of the graph that calls them."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def _sized(spec, length: int | None):
    if length is None:
        return spec
    return tf.TensorSpec([1, *(size or length for size in spec.shape[1:])], spec.dtype, spec.name)
