"""The six tasks of long-term dependency of Pascanu, Mikolov and Bengio 2013, as generators of fresh batches.

Each is `task(rng, length, examples) -> inputs (examples, steps, features) float32, targets`. Positions are drawn
uniformly and per example. The tasks are Hochreiter and Schmidhuber's (1997) in the form of the 2013 paper's code
(github.com/pascanur/trainingRNNs), which differs from theirs: no start and end symbols, values in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from keras_rnn_zoo.datasets.options import whole

MINIMUM_LENGTH = 10  # below, a tenth of the length holds no position
Batch = tuple[np.ndarray, np.ndarray]


def temporal_order(rng: np.random.Generator, length: int, examples: int) -> Batch:
    """In which order two symbols, each A or B, came: one in [.1, .2) of the length, one in [.5, .6).

    Inputs `(examples, length, 6)`, one-hot (A, B, four distractors); targets `(examples,)`, int32, v0 + 2 v1.

    >>> inputs, targets = temporal_order(np.random.default_rng(0), length=20, examples=3)
    >>> inputs.shape, targets.shape
    ((3, 20, 6), (3,))
    """
    return _order(rng, length, examples, tenths=((1, 2), (5, 6)))


def temporal_order_3bit(rng: np.random.Generator, length: int, examples: int) -> Batch:
    """As `temporal_order` with three symbols, in [.1, .2), [.3, .4) and [.6, .7): eight classes, v0 + 2 v1 + 4 v2."""
    return _order(rng, length, examples, tenths=((1, 2), (3, 4), (6, 7)))


def addition(rng: np.random.Generator, length: int, examples: int) -> Batch:
    """The mean of the two marked values, one in the first tenth of the sequence, one from there to its half.

    Inputs `(examples, steps, 2)`: a marker, 0 or 1, and a value from U[0, 1); `steps` is one for the whole batch,
    from `length` to a tenth more. Targets `(examples, 1)`, float32. The constant 1/2 has mean squared error 1/24,
    and 64 % of its squared errors are below the paper's bound of .04.
    """
    inputs, first, second = _marked(rng, length, examples)
    return inputs, (first + second) / 2


def multiplication(rng: np.random.Generator, length: int, examples: int) -> Batch:
    """As `addition`, with the product of the two values.

    The constant 1/4 has mean squared error 7/144; 76.7 % of the squared errors of the constant .2 are below .04.
    """
    inputs, first, second = _marked(rng, length, examples)
    return inputs, first * second


def random_permutation(rng: np.random.Generator, length: int, examples: int) -> Batch:
    """The first symbol, 0 or 1, to be named at the end of `length` - 1 symbols from 2 to 99.

    Inputs `(examples, length, 100)`, one-hot; targets `(examples,)`, int32, out of 100 classes.
    """
    _check(length, examples, minimum=2)
    symbols = rng.integers(2, 100, (examples, length))
    symbols[:, 0] = rng.integers(2, size=examples)
    return _one_hot(symbols, 100), symbols[:, 0].astype(np.int32)


def noiseless_memorization(
    rng: np.random.Generator, length: int, examples: int, values: int = 5, positions: int = 10
) -> Batch:
    """A pattern of `positions` symbols, to be written down again after `length` blanks.

    Inputs `(examples, length + 2 positions, values + 2)`, one-hot: the symbols, blank, and go, which stands where
    the answer begins. Targets `(examples, length + 2 positions)`, int32: blank (`values`) up to there, then the
    pattern. A sequence is wrong if any step is. 5 values at 10 positions are 23.2 bits.

    >>> inputs, targets = noiseless_memorization(np.random.default_rng(0), 3, 1, values=2, positions=2)
    >>> inputs[0].argmax(axis=-1), targets[0]
    (array([1, 1, 2, 2, 2, 3, 2]), array([2, 2, 2, 2, 2, 1, 1], dtype=int32))
    """
    _check(length, examples, minimum=1)
    values, positions = whole("values", values, minimum=2), whole("positions", positions, minimum=1)
    pattern = rng.integers(values, size=(examples, positions))
    symbols = np.full((examples, length + 2 * positions), values)
    targets = symbols.astype(np.int32)
    symbols[:, :positions] = targets[:, -positions:] = pattern
    symbols[:, length + positions] = values + 1
    return _one_hot(symbols, values + 2), targets


TASKS: dict[str, Callable[..., Batch]] = {
    "addition": addition,
    "multiplication": multiplication,
    "noiseless_memorization": noiseless_memorization,
    "random_permutation": random_permutation,
    "temporal_order": temporal_order,
    "temporal_order_3bit": temporal_order_3bit,
}


def _order(rng, length, examples, tenths) -> Batch:
    _check(length, examples)
    rows, symbols = np.arange(examples), rng.integers(2, 6, (examples, length))
    targets = np.zeros(examples, np.int32)
    for bit, (low, high) in enumerate(tenths):
        value = rng.integers(2, size=examples)
        symbols[rows, rng.integers(low * length // 10, high * length // 10, examples)] = value
        targets += (value << bit).astype(np.int32)
    return _one_hot(symbols, 6), targets


def _marked(rng, length, examples) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    _check(length, examples)
    steps = length + int(rng.integers(length // 10))
    rows = np.arange(examples)
    early, late = rng.integers(0, steps // 10, examples), rng.integers(steps // 10, steps // 2, examples)
    inputs = np.zeros((examples, steps, 2), np.float32)
    inputs[..., 1] = rng.random((examples, steps), dtype=np.float32)
    inputs[rows, early, 0] = inputs[rows, late, 0] = 1
    return inputs, inputs[rows, early, 1:], inputs[rows, late, 1:]


def _one_hot(symbols: np.ndarray, features: int) -> np.ndarray:
    return np.eye(features, dtype=np.float32)[symbols]


def _check(length, examples, minimum: int = MINIMUM_LENGTH) -> None:
    whole("length", length, minimum)
    whole("examples", examples, minimum=1)
