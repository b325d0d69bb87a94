"""Signatures whose numbers are compiled by XLA: faster, and compiled anew for each shape, so shapes are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.asking import Asking
from keras_rnn_zoo.serving.numeric import filling, inlined
from keras_rnn_zoo.serving.plain_model import ModelAsking
from keras_rnn_zoo.serving.signature import Signature
from keras_rnn_zoo.serving.warm_up import MOST

ROWS = (1, 2, 4, 8)  # that are compiled for by the warm-up
_SHORTEST = 8


def compiled(signatures: dict[str, Signature], fill: float | None) -> dict[str, Signature]:
    """The same signatures with the same answers, each `compute` compiled.

    Rows and steps are filled up to powers of two, steps to 8 at least, and what was added is cut off the answers.

    Args:
        fill: what the model takes for padding in a sequence of vectors; `None`: their steps are not filled up.

    Raises:
        ZooError: they are of a CTC model.
    """
    if "frames" in signatures:
        raise ZooError("A CTC model is read off by operations that XLA does not have: export it without xla=True.")
    return {name: replace(one, compute=_compiled(one, fill)) for name, one in signatures.items()}


def warm_up_requests(asking: Asking | ModelAsking) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """What compiles a served model before its first client comes: each example alone, and as 2, 4 and 8 rows.

    Give examples of the lengths that will come: each power of two is compiled for by itself. They are as many as a server reads.
    """
    alone = [request for one in asking.each() for request in one.requests().items()]
    for rows, (name, request) in list(product(ROWS, alone))[:MOST]:
        yield name, {field: np.repeat(array, rows, axis=0) for field, array in request.items()}


def _compiled(signature: Signature, fill):
    run = tf.function(_with_room(signature.compute), jit_compile=True, autograph=False)

    def compute(**given):
        rows, steps, longest = tf.shape(next(iter(given.values())))[0], _steps(given), _longest(signature, given)
        room = {} if longest is None else {"room": tf.zeros([_power(longest)], tf.bool)}
        computed = run(**{name: _filled(name, value, fill) for name, value in given.items()}, **room)
        return {name: _cut(value, rows, longest if name == "ids" else steps) for name, value in computed.items()}

    return compute


def _with_room(compute):
    """`compute`, told the length of `ids` by the shape of a tensor: of shapes alone XLA knows while it compiles."""

    def computed(room=None, **given):
        # What is compiled may call no function of its own: TensorFlow would prepare that for its own loops.
        with inlined():
            return compute(**given) if room is None else compute(**given, length=tf.shape(room)[0])

    return computed


def _longest(signature, given):
    """The most symbols that can be written, if any are."""
    return None if signature.limits is None else tf.reduce_max(tf.concat([signature.limits(**given), [1]], 0))


def _steps(given: dict):
    """How many steps the sequences have, if there are any."""
    return next((tf.shape(value)[1] for value in given.values() if _has_steps(value)), None)


def _has_steps(value) -> bool:
    return value.shape.rank > 1 and value.shape[1] is None


def _filled(name, value, fill):
    """With steps of padding, and the last row as often as is missing."""
    fill = filling(name, value.dtype, fill)
    if _has_steps(value) and fill is not None:
        missing = _power(tf.maximum(tf.shape(value)[1], _SHORTEST)) - tf.shape(value)[1]
        value = tf.pad(value, [[0, 0], [0, missing], *[[0, 0]] * (value.shape.rank - 2)], constant_values=fill)
    some = tf.pad(value, [[0, tf.cast(tf.shape(value)[0] == 0, tf.int32)], *[[0, 0]] * (value.shape.rank - 1)])
    rows = tf.shape(some)[0]
    return tf.gather(some, tf.minimum(tf.range(_power(rows)), rows - 1))


def _cut(value, rows, longest):
    """The first `rows`, and of an axis of unknown length behind them the first `longest`."""
    axis = next((axis for axis, size in enumerate(value.shape) if axis and size is None), None)
    if axis is None or longest is None:
        return value[:rows]
    return value[(slice(rows), *[slice(None)] * (axis - 1), slice(longest))]


def _power(number):
    """The least power of two that is not below `number`."""
    powers = tf.constant([2**exponent for exponent in range(31)])
    return powers[tf.searchsorted(powers, [number])[0]]
