"""Which layers are trained."""

from __future__ import annotations

from collections.abc import Iterator

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning.layer_groups import check_model, group_number, layer_groups


def freeze_to(model: keras.Model, group: int | str) -> keras.Model:
    """Trains only the layers from `group` on, and compiles the model anew if it was compiled.

    A compiled model goes on with the layers that it was compiled with, so that freezing alone would change nothing. The
    new optimizer has the settings of the old one and no memory.

    Args:
        group: a number among `layer_groups(model)`, negative from the end (-1: the output layer alone, 0: all are
            trained), or a layer's name.

    Returns:
        The same model.

    Raises:
        ZooError: there is no such group, or what the model was compiled with has no configuration.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = build_many_to_one((None, 3), 2, (8, 8))
    >>> [variable.path for variable in freeze_to(model, -1).trainable_variables]
    ['output/kernel', 'output/bias']
    """
    first = group_number(model, group)
    model.trainable = True
    for number, layer in enumerate(layer_groups(model)):
        layer.trainable = number >= first
    return recompile(model) if model.compiled else model


def gradual_unfreezing(model: keras.Model) -> Iterator[str]:
    """Thaws one more group at each turn, the last one first (Howard & Ruder 2018, "Universal language model fine-tuning").

    The model is compiled anew at each turn: train it as long as is wanted, then take the next one.

    Yields:
        The name of the layer that has been thawed.

    Raises:
        ZooError: the model is not compiled, or has no weights.

    >>> import numpy as np
    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = build_many_to_one((None, 3), 2, 8)
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> for name in gradual_unfreezing(model):
    ...     history = model.fit(np.ones((4, 5, 3)), np.zeros(4), verbose=0)
    ...     print(name, len(model.trainable_variables))
    output 2
    recurrent_1 5
    """
    check_model(model)
    if not model.compiled:
        raise ZooError("The model is not compiled: call model.compile(optimizer, loss) first.")
    groups = layer_groups(model)
    for number in reversed(range(len(groups))):
        freeze_to(model, number)
        yield groups[number].name


def recompile(model: keras.Model, optimizer=None) -> keras.Model:
    """Compiles a model with the loss and metrics that it had, and with `optimizer`, or a fresh one like its own.

    Raises:
        ZooError: the model is not compiled, its loss or metrics have no configuration, or the optimizer is unknown.
    """
    check_model(model)
    settings = model.get_compile_config() if model.compiled else None
    if not settings:
        raise ZooError(
            "The model is not compiled with a loss and metrics that have a configuration: call model.compile yourself."
        )
    if optimizer is not None:
        settings["optimizer"] = keras.saving.serialize_keras_object(optimizer_of(optimizer))
    model.compile_from_config(settings)
    return model


def optimizer_of(optimizer) -> keras.optimizers.Optimizer:
    """A Keras optimizer by its name, or itself.

    Raises:
        ZooError: there is none of that name.
    """
    try:
        return keras.optimizers.get(optimizer)
    except (ValueError, TypeError) as error:
        raise ZooError(
            f"`optimizer` should be a Keras optimizer, or the name of one such as 'adam'; received {optimizer!r:.60}."
        ) from error
