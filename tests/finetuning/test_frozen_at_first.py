"""Layers that are thawed one after the other by their learning rates."""

import numpy as np
import pytest

from keras_rnn_zoo.builders import build_many_to_one
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import SlantedTriangular, discriminative_optimizer
from keras_rnn_zoo.finetuning.frozen_at_first import FrozenAtFirst


def test_a_schedule_inside_is_kept():
    schedule = FrozenAtFirst(SlantedTriangular(0.1, steps=10), start=3)
    again = FrozenAtFirst.from_config(schedule.get_config())
    assert [float(again(step)) for step in range(5)] == [float(schedule(step)) for step in range(5)]
    assert float(schedule(2)) == 0 and float(schedule(3)) == float(SlantedTriangular(0.1, steps=10)(3)) > 0


def test_a_layer_moves_not_at_all_before_its_turn():
    model = build_many_to_one((None, 3), 2, (4, 4))
    optimizer = discriminative_optimizer(model, "adam", learning_rate=0.1, thaw_every=2)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    moved, x, y = [], np.random.default_rng(0).normal(size=(4, 5, 3)), np.array([0, 1, 0, 1])
    for _ in range(5):
        before = [weight.numpy() for weight in model.trainable_variables]
        model.train_on_batch(x, y)
        after = model.trainable_variables
        moved.append([not np.array_equal(a, b) for a, b in zip(before, after, strict=True)])
    assert [row[-1] for row in moved] == [True] * 5  # the output layer
    assert [row[3] for row in moved] == [False, False, True, True, True]  # the second recurrent layer
    assert [row[0] for row in moved] == [False, False, False, False, True]  # the first


@pytest.mark.parametrize("wrong", [-1, 1.5, True, None])
def test_updates_are_counted(wrong):
    with pytest.raises(ZooError, match="`thaw_every` should be a whole number of updates"):
        discriminative_optimizer(build_many_to_one((None, 3), 2, 4), learning_rate=0.1, thaw_every=wrong)
