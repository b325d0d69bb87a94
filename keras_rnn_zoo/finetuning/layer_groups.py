"""The layers of a model in the order in which its input passes them."""

from __future__ import annotations

import keras

from keras_rnn_zoo.errors import ZooError, unknown_name


def layer_groups(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers with weights, from the input to the output: what is frozen, thawed and given a learning rate together.

    Models and stacks inside the model are taken apart; a recurrent layer, both directions of it, is one group. Inside a
    decoder the embedding comes first, then the recurrence, and what makes the answer last.

    Raises:
        ZooError: it is no model, or one without weights.

    >>> from keras_rnn_zoo.builders import build_language_model
    >>> model = build_language_model((None,), 65, (16, 16), vocabulary_size=65, embedding_dim=8)
    >>> [layer.name for layer in layer_groups(model)]
    ['embedding', 'recurrent_1', 'recurrent_2', 'output']
    """
    check_model(model)
    groups = [layer for layer in _leaves(model) if layer.weights]
    if not groups:
        raise ZooError(f"{model.name} has no layers with weights: build it first, model.build(input_shape) or a call.")
    return groups


def check_model(model):
    """Raises a `ZooError` unless it is a `keras.Model`."""
    if not isinstance(model, keras.Model):
        raise ZooError(f"A keras.Model is expected, received {type(model).__name__}: of a task give task.model.")


def group_number(model: keras.Model, group: int | str) -> int:
    """The place of `group` among `layer_groups(model)`, from 0: a number, from the end if negative, or a layer's name.

    Raises:
        ZooError: there is no such group, or several of that name.
    """
    names = [layer.name for layer in layer_groups(model)]
    if isinstance(group, str):
        if group not in names:
            raise unknown_name("layer", group, names)
        if names.count(group) > 1:
            raise ZooError(
                f"{names.count(group)} layers are called {group!r}: give a number from 0 to {len(names) - 1}."
            )
        return names.index(group)
    if isinstance(group, bool) or not isinstance(group, int) or not -len(names) <= group < len(names):
        raise ZooError(
            f"A group of layers is a number from {-len(names)} to {len(names) - 1}, or one of {', '.join(names)}; "
            f"received {group!r}."
        )
    return group % len(names)


def _leaves(layer):
    inner = _inner(layer)
    return [leaf for part in inner for leaf in _leaves(part)] if inner else [layer]


def _inner(layer) -> list:
    """The layers that a layer is made of; none where it is one group."""
    if isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)):
        return []
    if isinstance(layer, keras.Model):
        return list(layer.layers)
    return sorted(layer._flatten_layers(include_self=False, recursive=False), key=_depth)


def _depth(layer) -> int:
    """How late the input passes a part of a composite layer, which Keras keeps in the order of its attributes."""
    if isinstance(layer, keras.layers.Embedding):
        return 0
    return 3 if layer.name == "output" else 2 if isinstance(layer, keras.layers.Dense) else 1
