"""The six tasks are those of the 2013 paper: positions, classes, and what a constant answer scores."""

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load
from keras_rnn_zoo.datasets.pathological_tasks import TASKS
from keras_rnn_zoo.errors import ZooError

MANY = 20_000


def batch(task, length, examples=MANY, **options):
    return TASKS[task](np.random.default_rng(0), length, examples, **options)


@pytest.mark.parametrize("length", [10, 50, 57, 100])
@pytest.mark.parametrize(
    ("task", "tenths"), [("temporal_order", ((1, 2), (5, 6))), ("temporal_order_3bit", ((1, 2), (3, 4), (6, 7)))]
)
def test_order_positions_and_class(task, tenths, length):
    inputs, targets = batch(task, length, 2_000)
    assert inputs.shape == (2_000, length, 6) and inputs.dtype == np.float32 and targets.dtype == np.int32
    assert (inputs.sum(-1) == 1).all()
    symbols = inputs.argmax(-1)
    marked = symbols < 2
    assert (marked.sum(1) == len(tenths)).all()
    expected = np.zeros(2_000, int)
    positions = np.nonzero(marked)[1].reshape(2_000, -1)
    for bit, (low, high) in enumerate(tenths):
        assert set(positions[:, bit]) == set(range(low * length // 10, high * length // 10))
        expected += symbols[np.arange(2_000), positions[:, bit]] << bit
    np.testing.assert_array_equal(targets, expected)
    assert len(np.unique(targets)) == 2 ** len(tenths)


@pytest.mark.parametrize("task", ["addition", "multiplication"])
def test_marked_values(task):
    inputs, targets = batch(task, 40, 4_000)
    steps = inputs.shape[1]
    assert 40 <= steps < 44 and targets.shape == (4_000, 1) and targets.dtype == np.float32
    assert set(np.unique(inputs[..., 0])) == {0.0, 1.0} and (inputs[..., 0].sum(1) == 2).all()
    positions = np.nonzero(inputs[..., 0])[1].reshape(-1, 2)
    assert positions[:, 0].min() == 0 and positions[:, 0].max() == steps // 10 - 1
    assert positions[:, 1].min() == steps // 10 and positions[:, 1].max() == steps // 2 - 1
    first, second = np.take_along_axis(inputs[..., 1], positions, axis=1).T
    np.testing.assert_allclose(targets[:, 0], (first + second) / 2 if task == "addition" else first * second)


@pytest.mark.parametrize("task", ["addition", "multiplication"])
def test_one_length_a_batch_up_to_a_tenth_more(task):
    rng = np.random.default_rng(0)
    assert {TASKS[task](rng, 50, 1)[0].shape[1] for _ in range(200)} == set(range(50, 55))


@pytest.mark.parametrize(
    ("task", "constant", "solved", "best", "mse"),
    [("addition", 0.5, 0.64, 0.5, 1 / 24), ("multiplication", 0.2, 0.4 - 0.4 * np.log(0.4), 0.25, 7 / 144)],
)
def test_what_a_constant_answer_scores(task, constant, solved, best, mse):
    rng = np.random.default_rng(1)
    targets = np.concatenate([TASKS[task](rng, 10, MANY)[1] for _ in range(15)])
    assert np.mean((targets - constant) ** 2 < 0.04) == pytest.approx(solved, abs=0.003)
    assert np.mean((targets - best) ** 2) == pytest.approx(mse, abs=3e-4)


def test_permutation():
    inputs, targets = batch("random_permutation", 12, 2_000)
    symbols = inputs.argmax(-1)
    assert inputs.shape == (2_000, 12, 100) and (inputs.sum(-1) == 1).all()
    np.testing.assert_array_equal(symbols[:, 0], targets)
    assert set(targets) == {0, 1} and set(symbols[:, 1:].ravel()) == set(range(2, 100))


@pytest.mark.parametrize(("values", "positions", "length"), [(5, 10, 20), (2, 5, 50), (3, 1, 1)])
def test_memorization(values, positions, length):
    inputs, targets = batch("noiseless_memorization", length, 500, values=values, positions=positions)
    symbols, blank, go = inputs.argmax(-1), values, values + 1
    assert inputs.shape == (500, length + 2 * positions, values + 2) and (inputs.sum(-1) == 1).all()
    assert targets.shape == (500, length + 2 * positions)
    np.testing.assert_array_equal(targets[:, -positions:], symbols[:, :positions])
    assert (targets[:, :-positions] == blank).all() and symbols[:, :positions].max() == values - 1
    assert (symbols[:, length + positions] == go).all() and (symbols == go).sum() == 500
    assert (np.delete(symbols, length + positions, axis=1)[:, positions:] == blank).all()


@pytest.mark.parametrize("name", sorted(TASKS))
def test_datasets_are_seeded_and_splits_differ(name):
    options = {"length": [20, 30], "train": 90, "validation": 20, "test": 20}
    one, again, other = load(name, **options), load(name, **options), load(name, seed=1, **options)
    assert [len(split) for split in (one.train, one.validation, one.test)] == [90, 20, 20]
    for a, b in zip(one.train.inputs["inputs"], again.train.inputs["inputs"]):
        np.testing.assert_array_equal(a, b)
    for differs in (other.test, one.validation):
        pairs = zip(one.test.inputs["inputs"], differs.inputs["inputs"])
        assert not all(np.array_equal(a, b) for a, b in pairs)
    larger = load(name, **options | {"train": 200})
    np.testing.assert_array_equal(one.test.inputs["inputs"][0], larger.test.inputs["inputs"][0])


def test_a_pair_of_lengths_draws_one_a_group_of_20():
    lengths = [len(x) for x in load("temporal_order", length=(20, 60), train=100).train.inputs["inputs"]]
    groups = [set(lengths[start : start + 20]) for start in range(0, 100, 20)]
    assert all(len(group) == 1 for group in groups) and len(set(lengths)) > 1
    assert min(lengths) >= 20 and max(lengths) < 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 9}, "`length` should be a whole number of at least 10, received 9"),
        ({"length": True}, "`length` should be a whole number"),
        ({"length": (20, 20)}, "`length` should be a whole number of at least 21, received 20"),
        ({"length": (20, 30, 40)}, "pair"),
        ({"train": 0}, "`train` should be a whole number of at least 1, received 0"),
        ({"test": 2.5}, "`test` should be a whole number"),
        ({"seed": -1}, "`seed` should be a whole number of at least 0"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ZooError, match=message.replace("(", r"\(")):
        load("temporal_order", **options)


def test_bad_memorization_options():
    with pytest.raises(ZooError, match="`values` should be a whole number of at least 2"):
        load("noiseless_memorization", values=1)
    with pytest.raises(ZooError, match="`positions` should be"):
        load("noiseless_memorization", positions="ten")
