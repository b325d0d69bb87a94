"""Splits are disjoint, complete, seeded and of the stated sizes."""

import numpy as np
import pytest

from keras_rnn_zoo.datasets import splits
from keras_rnn_zoo.errors import ZooError

GROUPS = np.random.default_rng(0).integers(0, 300, 2_000)


@pytest.mark.parametrize(
    "split",
    [
        lambda seed: splits.stratified(GROUPS % 2, seed),
        lambda seed: splits.numbers(2_000, seed, always=range(21)),
        lambda seed: splits.grouped(GROUPS, seed),
    ],
)
def test_disjoint_complete_and_seeded(split):
    parts = split(0)
    assert list(parts) == ["train", "validation", "test"]
    np.testing.assert_array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(2_000))
    for name, indices in split(0).items():
        np.testing.assert_array_equal(indices, parts[name])
    assert set(split(1)["test"]) != set(parts["test"])


def test_stratified_keeps_the_proportions():
    labels = np.repeat([0, 1], [900, 100])
    for name, indices in splits.stratified(labels, seed=3).items():
        assert labels[indices].mean() == pytest.approx(0.1), name


def test_numbers_keeps_some_in_train():
    parts = splits.numbers(500, seed=5, always=(*range(21), 999))
    assert set(range(21)) <= set(parts["train"]) and [len(part) for part in parts.values()] == [400, 50, 50]
    with pytest.raises(ZooError, match="`limit` should leave"):
        splits.numbers(30, seed=0, always=range(28))


def test_grouped_keeps_groups_together_and_a_large_one_in_train():
    groups = np.concatenate([np.zeros(300, int), np.arange(1, 701)])
    parts = splits.grouped(groups, seed=2)
    sets = [set(groups[indices]) for indices in parts.values()]
    assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])
    assert 0 in sets[0] and len(parts["test"]) == len(parts["validation"]) == 50


def test_connected_joins_late_meetings():
    pairs = [("a", "x"), ("b", "y"), ("c", "z"), ("a", "y"), ("x", "a")]
    groups = splits.connected(pairs)
    assert groups[0] == groups[1] == groups[3] and len({groups[0], groups[2], groups[4]}) == 3
