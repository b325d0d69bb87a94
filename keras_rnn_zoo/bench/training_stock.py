"""The same model of layers that Keras has, and the batches a Keras user would feed it."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import StackedRNN

_LAYERS = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)
_CHANGES_NO_ANSWER = {"way", "seed"}


def stock_model(model: keras.Model) -> keras.Model:
    """A model that computes what `model` does, of Keras's layers alone, with the same weights; not compiled.

    LSTM, GRU and SimpleRNN are Keras's layers of these names, any other cell is run by `keras.layers.RNN`.

    Args:
        model: layers one after the other, of which only a `StackedRNN` is the zoo's, without skip connections.

    Raises:
        ZooError: there is a layer that Keras has no counterpart of, or no recurrent one.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = stock_model(build_many_to_one((None, 6), 4, (8, 8), cell="gru", dropout=0.1))
    >>> [type(layer).__name__ for layer in model.layers]
    ['InputLayer', 'Masking', 'GRU', 'Dropout', 'GRU', 'Dropout', 'Dense']
    """
    if len(model.inputs) != 1 or not any(isinstance(layer, StackedRNN) for layer in model.layers):
        raise ZooError(
            f"{model.name} cannot be set beside stock Keras: one input and a recurrence are expected, received the "
            f"layers {', '.join(layer.name for layer in model.layers)}."
        )
    (given,) = model.inputs
    inputs = outputs = keras.Input(batch_shape=given.shape, dtype=given.dtype, name=given.name)
    for layer in model.layers[1:]:
        for counterpart in _counterparts(layer):
            outputs = counterpart(outputs)
    stock = keras.Model(inputs, outputs, name=f"stock_{model.name}")
    stock.set_weights(model.get_weights())
    return stock


def plain_batches(examples: Examples, padding: dict, batch_size: int, seed: int):
    """A `tf.data.Dataset` of `examples`: slices, shuffled, batched, prefetched; rows of different lengths are padded."""
    import tensorflow as tf

    (inputs,) = examples.inputs.values()
    rows = tf.data.Dataset.from_tensor_slices((_sliceable(inputs), _sliceable(examples.targets)))
    rows = rows.shuffle(len(examples), seed=seed)
    if not isinstance(inputs, list) and not isinstance(examples.targets, list):
        return rows.batch(batch_size).prefetch(tf.data.AUTOTUNE)
    rows = rows.map(lambda *row: tuple(map(tf.convert_to_tensor, row)))
    values = tuple(
        tf.constant(padding.get(name, 0), spec.dtype)
        for name, spec in zip((*examples.inputs, "targets"), rows.element_spec, strict=True)
    )
    return rows.padded_batch(batch_size, padding_values=values).prefetch(tf.data.AUTOTUNE)


def _sliceable(rows):
    if not isinstance(rows, list):
        return rows
    import tensorflow as tf

    return tf.RaggedTensor.from_row_lengths(np.concatenate(rows), [len(row) for row in rows])


def _counterparts(layer) -> list[keras.layers.Layer]:
    if isinstance(layer, StackedRNN):
        return _stack(layer)
    if keras.saving.get_registered_name(type(layer)).startswith("keras_rnn_zoo>"):
        raise _no_counterpart(layer, type(layer).__name__)
    return [type(layer).from_config(layer.get_config())]


def _stack(stack: StackedRNN) -> list[keras.layers.Layer]:
    pooled = not stack.return_sequences
    if stack.skip_connections or (pooled and stack.pooling != "last"):
        raise _no_counterpart(stack, f"skip_connections={stack.skip_connections!r}, pooling={stack.pooling!r}")
    found = []
    for layer in stack.layers:
        found.append(_recurrent(layer, return_sequences=not (pooled and layer is stack.layers[-1])))
        if stack.dropout:
            found.append(keras.layers.Dropout(stack.dropout))
    return found


def _recurrent(layer, return_sequences: bool) -> keras.layers.Layer:
    if isinstance(layer, keras.layers.Bidirectional):
        return keras.layers.Bidirectional(_recurrent(layer.forward_layer, return_sequences))
    kind = next((known for known in _LAYERS if isinstance(layer, known)), keras.layers.RNN)
    config = kind.get_config(layer)
    known = {*config, *_CHANGES_NO_ANSWER}
    surplus = {name: value for name, value in layer.get_config().items() if name not in known and value}
    if surplus:
        raise _no_counterpart(layer, ", ".join(f"{name}={value!r}" for name, value in surplus.items()))
    config |= {"return_sequences": return_sequences, "return_state": False}
    # Where one output is returned, zeros for padding would be the answer of a padded row.
    return kind.from_config({**config, "zero_output_for_mask": return_sequences})


def _no_counterpart(layer, what: str) -> ZooError:
    return ZooError(
        f"{layer.name} cannot be set beside stock Keras, which has no counterpart of {what}: choose a configuration of plain "
        "recurrent layers one above the other."
    )
