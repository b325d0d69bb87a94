"""Signatures written as a SavedModel: every weight once, nothing that only a GPU, or only this machine, has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf


def write_saved_model(model, signatures: dict, folder: Path) -> dict:
    """Traces `signatures` and writes them into `folder`.

    Args:
        model: the `keras.Model` that they ask.
        signatures: `Signature`s by their names.

    Returns:
        The traced functions, by their names, which answer as the SavedModel should.

    Raises:
        ZooError: Keras runs on another backend than TensorFlow, or a layer keeps its state between two calls.
    """
    traced = trace(model, signatures)
    root = tf.Module()
    # Variables that a graph reads, and no others: a tracked model would be stored a second time.
    root.variables_read = list({id(v): v for function in traced.values() for v in function.variables}.values())
    root.tables = _tables(
        [part for one in signatures.values() for part in (*one.read.parts, *one.parts)], traced.values()
    )
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(root, str(folder), signatures=traced, options=options)
    return traced


def trace(model, signatures: dict) -> dict:
    """`Signature`s as concrete functions, by their names, of operations that every machine has.

    Raises:
        ZooError: as `write_saved_model`.
    """
    check_exportable(model)
    with without_cudnn(model), keras.StatelessScope():  # A layer that counts its draws would do so on the server.
        return {name: signature.traced() for name, signature in signatures.items()}


def check_exportable(model) -> None:
    """Raises a `ZooError` if `model` cannot be exported here, with the way out."""
    if keras.backend.backend() != "tensorflow":
        raise ZooError(
            f"A SavedModel is written by TensorFlow, but Keras runs on {keras.backend.backend()}: a preset, or a model that you save, is "
            "the same on every backend; export it in a process with KERAS_BACKEND=tensorflow."
        )
    stateful = [layer.name for layer in _layers(model) if getattr(layer, "stateful", False)]
    if stateful:
        raise ZooError(
            f"{', '.join(stateful)} keeps its state between two calls (stateful=True), which all clients of a server would share. "
            "Build it without; a language model's signature `step` takes and gives the state."
        )


def _tables(parts, functions) -> list:
    """The lookup tables in modules that functions use. Tracked whole, a module would bring all that it has."""
    used = {id(outside) for function in functions for outside, _ in function.graph.captures}
    found = [
        table for part in parts for table in part._flatten(predicate=_is_table) if id(table.resource_handle) in used
    ]
    return list({id(table): table for table in found}.values())


def _is_table(value) -> bool:
    return isinstance(value, tf.lookup.StaticHashTable)


@contextmanager
def without_cudnn(model) -> Iterator[None]:
    """cuDNN's operations, which a machine with a GPU would trace, run on no other."""
    before = [(layer, layer.use_cudnn) for layer in _layers(model) if hasattr(layer, "use_cudnn")]
    try:
        for layer, _ in before:
            layer.use_cudnn = False
        yield
    finally:
        for layer, use_cudnn in before:
            layer.use_cudnn = use_cudnn


def _layers(model):
    return list(model._flatten_layers())
