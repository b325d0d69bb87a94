"""A learning rate for each layer, the lower the nearer to the input."""

from __future__ import annotations

import re
from numbers import Real

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning.freezing import optimizer_of
from keras_rnn_zoo.finetuning.frozen_at_first import FrozenAtFirst
from keras_rnn_zoo.finetuning.layer_groups import layer_groups


def discriminative_optimizer(
    model: keras.Model, optimizer="adam", *, learning_rate, decay: float = 2.6, thaw_every: int = 0
) -> keras.optimizers.MultiOptimizer:
    """An optimizer for each of `layer_groups(model)`, with the rate `learning_rate / decay**(groups above it)`.

    Howard & Ruder (2018): the layers near the input hold what is general, and should move less. Gradients are clipped in
    each group by itself, since `keras.optimizers.MultiOptimizer` knows no norm of them all.

    Args:
        model: whose layers they are; give what comes back to `recompile(model, ...)` or `model.compile`.
        optimizer: a name or a Keras optimizer, whose other settings are kept for each group.
        learning_rate: of the output layer: a number, or a Keras schedule, which is scaled.
        decay: by how much the rate falls from a group to the one below it.
        thaw_every: gradual unfreezing without compiling anew: the rate of a group is 0 until so many updates after the one
            above it began; with 0 all begin at once.

    Raises:
        ZooError: `decay` is below 1, `thaw_every` below 0, a rate is not above 0, the optimizer is unknown, or a schedule has no `learning_rate` or `initial_learning_rate` to scale.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> optimizer = discriminative_optimizer(build_many_to_one((None, 3), 2, (8, 8)), learning_rate=0.01, decay=2.0)
    >>> [round(float(one.learning_rate.numpy()), 4) for one in optimizer.optimizers]
    [0.0025, 0.005, 0.01]
    """
    if not isinstance(decay, Real) or not decay >= 1:
        raise ZooError(
            f"`decay` divides the rate of a group to get that of the one below: at least 1, received {decay!r}."
        )
    if isinstance(thaw_every, bool) or not isinstance(thaw_every, int) or thaw_every < 0:
        raise ZooError(f"`thaw_every` should be a whole number of updates of at least 0, received {thaw_every!r}.")
    groups, like = layer_groups(model), optimizer_of(optimizer)
    rates = [_later(_scaled(learning_rate, decay**-above), above * thaw_every) for above in range(len(groups))]
    output, *others = (_with_rate(like, rate) for rate in rates)
    # One pattern a group: of an optimizer that is named twice Keras would save two.
    patterns = ["|".join(re.escape(variable.path) for variable in layer.weights) for layer in reversed(groups[:-1])]
    by_pattern = dict(reversed(list(zip(patterns, others, strict=True))))
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(output, by_pattern))


def _with_rate(optimizer, rate):
    config = optimizer.get_config() | {"learning_rate": rate}
    return type(optimizer).from_config(config)


def _later(rate, start):
    return FrozenAtFirst(rate, start) if start else rate


def _scaled(rate, factor):
    if not isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        if not isinstance(rate, Real) or not 0 < rate < float("inf"):
            raise ZooError(f"`learning_rate` should be a number above 0, or a Keras schedule; received {rate!r:.60}.")
        return rate * factor
    config = rate.get_config()
    name = next((name for name in ("learning_rate", "initial_learning_rate") if name in config), None)
    if name is None:
        raise ZooError(f"{type(rate).__name__} has no learning rate to scale: give a number, or SlantedTriangular.")
    return type(rate).from_config(config | {name: config[name] * factor})
