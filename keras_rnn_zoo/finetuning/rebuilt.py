"""A model made anew from its configuration, some of it changed, with the weights that still fit."""

from __future__ import annotations

from collections.abc import Callable

import keras

from keras_rnn_zoo.errors import ZooError


def rebuilt(model: keras.Model, change: Callable[[dict], dict]) -> keras.Model:
    """A model like `model`, not compiled, whose weights are as new.

    Args:
        change: from the serialised form of a Keras object inside the model (`class_name`, `config`, ...), innermost
            first, to the form that takes its place; it may be the same one.
    """
    config = _changed(keras.saving.serialize_keras_object(model), change)
    for leftover in ("compile_config", "build_config"):
        config.pop(leftover, None)
    try:
        return keras.saving.deserialize_keras_object(config)
    except (TypeError, ValueError) as error:
        raise ZooError(f"{model.name} cannot be made anew from its configuration: {error}") from error


def _changed(values, change):
    if isinstance(values, (list, tuple)):
        return [_changed(value, change) for value in values]
    if not isinstance(values, dict):
        return values
    inner = {key: _changed(value, change) for key, value in values.items() if key != "build_config"}
    return change(inner) if "class_name" in inner and isinstance(inner.get("config"), dict) else inner
