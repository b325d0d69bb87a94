"""One way to ask an exported model: named raw inputs in, named outputs out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keras_rnn_zoo.preprocessing.graph_tensorflow import tf


@dataclass(frozen=True)
class Signature:
    """What is asked, in three steps of one graph, of which the middle one is numbers alone.

    Attributes:
        read: from raw inputs to what the model reads: a `Reader`.
        compute: from the tensors that `read` gives to a dictionary of tensors.
        answer: from what `compute` gives, and what `read` gave, to the outputs by their names.
        parts: the modules that `answer` uses, which have to be saved with it.
        limits: of one that writes: from what `compute` takes to the most symbols of each row, `(rows,)`. Its `compute` also takes the
            `length` of `ids`, where that must be known before the limits are.
    """

    read: Reader
    compute: Callable[..., dict]
    answer: Callable[[dict, dict], dict]
    parts: tuple = ()
    limits: Callable | None = None

    def __call__(self, **inputs):
        given = self.read(**inputs)
        computed = self.compute(**{name: given[name] for name in self.read.numbers})
        return {name: servable(value) for name, value in self.answer(computed, given).items()}

    def traced(self):
        """As a concrete function, whose arguments have the names of the inputs."""
        function = tf.function(self.__call__, autograph=False)
        return function.get_concrete_function(**{spec.name: spec for spec in self.read.specs})


@dataclass(frozen=True)
class Reader:
    """Raw inputs, and how they become what a model reads.

    Attributes:
        specs: of the inputs, `tf.TensorSpec`s with names.
        function: from the inputs by their names to a dictionary of tensors.
        numbers: the names of those that `compute` takes; the others are for `answer`.
        parts: the modules that `function` uses, for instance lookup tables, which have to be saved with it.
    """

    specs: tuple
    function: Callable[..., dict]
    numbers: tuple[str, ...] = ("values",)
    parts: tuple = ()

    def __call__(self, **inputs) -> dict:
        return self.function(**inputs)

    def with_inputs(self, *specs, checks=lambda **_: []) -> Reader:
        """The same with further inputs, which are numbers that `compute` takes as they are, once the assertions hold that `checks` makes
        of them: compiled, `compute` itself would assert nothing."""
        names = tuple(spec.name for spec in specs)

        def read(**inputs):
            own = {name: value for name, value in inputs.items() if name not in names}
            with tf.control_dependencies(checks(**{name: inputs[name] for name in names})):
                return {**self.function(**own), **{name: tf.identity(inputs[name]) for name in names}}

        return Reader((*self.specs, *specs), read, (*self.numbers, *names), self.parts)


def spec(name: str, *shape, dtype="float32"):
    """A named input with a batch dimension before `shape`."""
    return tf.TensorSpec([None, *shape], dtype, name)


def shared(function):
    """`function` as one function of the graph, however many signatures use it."""
    return tf.function(function, autograph=False, reduce_retracing=True)


def servable(value):
    """TensorFlow Serving's JSON holds neither halves nor a truth value of some runtimes: float32, int32 and strings do."""
    value = tf.convert_to_tensor(value)
    if value.dtype.is_floating:
        return tf.cast(value, tf.float32)
    return value if value.dtype in (tf.string, tf.int64) else tf.cast(value, tf.int32)
