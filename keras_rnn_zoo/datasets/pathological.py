"""Pascanu's six tasks as datasets; `pathological_tasks` has the tasks themselves, for fresh batches without end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.pathological_tasks import MINIMUM_LENGTH, TASKS
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError

GROUP = 20  # examples drawn together, which are of one length: the batch size of the 2013 paper's code
PADDING = -1.0  # a value that no input has
CITATION = (
    "Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML 2013, arXiv:1211.5063; "
    "https://github.com/pascanur/trainingRNNs"
)
Length = int | Sequence[int]


def load_temporal_order(
    length: Length = 50, train: int = 10_000, validation: int = 1_000, test: int = 1_000, seed: int = 0
) -> Dataset:
    """In which order two symbols came: many_to_one, 4 classes. See `pathological_tasks.temporal_order`.

    Args:
        length: the sequence length; or `(low, high)`, and each group of 20 examples draws one in [low, high), the
            examples then being lists of arrays.
        train, validation, test: examples a split; each split's draws depend on `seed` and `length` alone.
        seed: of the draws.
    """
    model = {"outputs": 4}
    return _load("temporal_order", "Which of two symbols came first.", model, length, train, validation, test, seed)


def load_temporal_order_3bit(
    length: Length = 50, train: int = 10_000, validation: int = 1_000, test: int = 1_000, seed: int = 0
) -> Dataset:
    """In which order three symbols came: many_to_one, 8 classes. Arguments as in `load_temporal_order`."""
    model, about = {"outputs": 8}, "In which order three symbols came."
    return _load("temporal_order_3bit", about, model, length, train, validation, test, seed)


def load_addition(
    length: Length = 50, train: int = 10_000, validation: int = 1_000, test: int = 1_000, seed: int = 0
) -> Dataset:
    """The mean of two marked values: many_to_one, one number. Arguments as in `load_temporal_order`.

    Every group of 20 examples has a length of its own, up to a tenth above `length`, so examples are lists.
    """
    model = {"outputs": 1, "output_activation": "linear"}
    return _load("addition", "The mean of two marked values.", model, length, train, validation, test, seed)


def load_multiplication(
    length: Length = 50, train: int = 10_000, validation: int = 1_000, test: int = 1_000, seed: int = 0
) -> Dataset:
    """The product of two marked values: many_to_one, one number. Arguments as in `load_addition`."""
    model = {"outputs": 1, "output_activation": "linear"}
    return _load("multiplication", "The product of two marked values.", model, length, train, validation, test, seed)


def load_random_permutation(
    length: Length = 50, train: int = 2_000, validation: int = 500, test: int = 500, seed: int = 0
) -> Dataset:
    """The first of many symbols: many_to_one, 100 classes. Arguments as in `load_temporal_order`.

    An example takes 400 bytes a step, hence the smaller splits.
    """
    model = {"outputs": 100}
    return _load("random_permutation", "The first symbol of a sequence.", model, length, train, validation, test, seed)


def load_noiseless_memorization(
    length: Length = 50,
    train: int = 10_000,
    validation: int = 1_000,
    test: int = 1_000,
    seed: int = 0,
    values: int = 5,
    positions: int = 10,
) -> Dataset:
    """A pattern to be repeated after `length` blanks: many_to_many_aligned, one of `values` + 1 classes a step.

    The other arguments are as in `load_temporal_order`. The targets' ids are classes from 0: none is reserved.
    """
    whole("values", values, minimum=2)
    task = {"values": values, "positions": positions}
    model, about = {"outputs": values + 1}, "A pattern, repeated after a pause."
    return _load("noiseless_memorization", about, model, length, train, validation, test, seed, **task)


def _load(name, description, model, length, train, validation, test, seed, **task) -> Dataset:
    low, high = _bounds(length)
    sizes = [whole(*size, minimum=1) for size in (("train", train), ("validation", validation), ("test", test))]
    seeds = np.random.SeedSequence(whole("seed", seed, minimum=0)).spawn(3)
    splits = [_examples(name, np.random.default_rng(s), low, high, size, task) for s, size in zip(seeds, sizes)]
    aligned = name == "noiseless_memorization"
    features = splits[0].inputs["inputs"][0].shape[-1]
    spec = DatasetSpec(
        name=name,
        description=description,
        pattern="many_to_many_aligned" if aligned else "many_to_one",
        objective="labels" if aligned else "number" if model["outputs"] == 1 else "class",
        builder_arguments={"input_shape": (None, features), "mask_value": PADDING, **model},
        padding={"inputs": PADDING} | ({"targets": 0} if aligned else {}),
        labels=() if aligned or model["outputs"] == 1 else tuple(map(str, range(model["outputs"]))),
        licence="generated",
        citation=CITATION,
    )
    return Dataset(*splits, spec)


def _examples(name, rng, low, high, count, task) -> Examples:
    """`count` examples in groups of one length: arrays if all groups are of one, lists otherwise."""
    sizes = [min(GROUP, count - start) for start in range(0, count, GROUP)]
    groups = [TASKS[name](rng, int(rng.integers(low, high)), size, **task) for size in sizes]
    inputs, targets = zip(*groups)
    return Examples({"inputs": _together(inputs)}, _together(targets))


def _together(groups):
    if len({group.shape[1:] for group in groups}) == 1:
        return np.concatenate(groups)
    return [example for group in groups for example in group]


def _bounds(length) -> tuple[int, int]:
    if not isinstance(length, (list, tuple)):
        low = whole("length", length, MINIMUM_LENGTH)
        return low, low + 1
    if len(length) != 2:
        raise ZooError(f"`length` should be a whole number or a pair (low, high), received {length!r}.")
    low = whole("length", length[0], MINIMUM_LENGTH)
    return low, whole("length", length[1], low + 1)
