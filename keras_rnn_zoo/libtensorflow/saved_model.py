"""A SavedModel run by TensorFlow's C library: no TensorFlow of Python's, no Keras.

Its loader is the one that TensorFlow Serving is built on.
"""

from __future__ import annotations

import ctypes
import os
import weakref
from contextlib import contextmanager

import numpy as np

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.libtensorflow.arrays import typed_array
from keras_rnn_zoo.libtensorflow.library import Output, open_library
from keras_rnn_zoo.libtensorflow.signature_def import Signature, parse_signatures
from keras_rnn_zoo.libtensorflow.tensors import tensors_of


class SavedModel:
    """A SavedModel, loaded whole: tables filled, variables restored. Close it, or use it in a `with`.

    Args:
        folder: holds `saved_model.pb`.
        libraries: a folder with TensorFlow's libraries, such as an unpacked wheel of another version; by default, those of
            the TensorFlow that is installed. One process takes one.
        tags: of the graph to load.

    Attributes:
        signatures: a `Signature` for each name: `inputs` and `outputs`, each a name to a type and a shape.
        version: TensorFlow's, such as `"2.21.0"`.

    Raises:
        ZooError: there is no such folder, library or graph, the graph needs an operation that the library does not have,
            or a file is damaged; with TensorFlow's own words.

    ```python
    with SavedModel("serving/translate/1") as model:
        model.signatures["serving_default"].inputs["text"].shape  # (None,)
        model.run(text=["Çok acıktım."])  # {"text": array([b"I'm very hungry."], dtype=object)}
        model.run("beam", text=["Çok acıktım."])  # texts (1, 4), scores, ids, lengths
    ```
    """

    def __init__(self, folder, libraries=None, tags: tuple[str, ...] = ("serve",)):
        self._library = open_library(libraries)
        self._graph = self._library.TF_NewGraph()
        try:
            self._session, meta_graph = _load(self._library, self._graph, folder, tags)
        except ZooError:
            self._library.TF_DeleteGraph(self._graph)
            raise
        self._end = weakref.finalize(self, _close, self._library, self._session, self._graph)
        self._tensors = tensors_of(self._library)
        self.version: str = self._library.TF_Version().decode()
        self.signatures: dict[str, Signature] = parse_signatures(meta_graph)

    def __enter__(self) -> SavedModel:
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Frees the variables, tables and graph; once is enough, and twice is not too much."""
        self._end()

    def run(self, signature: str = "serving_default", /, **arrays) -> dict[str, np.ndarray]:
        """The outputs of a signature for its inputs, by their names.

        Args:
            signature: one of `signatures`.
            arrays: each input, of exactly its type. Strings are bytes objects or text, which becomes UTF-8, in a list or an
                array of any shape (an empty one: `np.empty(0, object)`).

        Returns:
            An array for each output; strings are bytes objects in an array of objects.

        Raises:
            ZooError: a name or a type is wrong, or TensorFlow refused, with its own words.
        """
        if not self._end.alive:
            raise ZooError("This SavedModel is closed: load it again.")
        if signature not in self.signatures:
            raise unknown_name("signature", signature, self.signatures)
        called = self.signatures[signature]
        _check_names(signature, called, arrays)
        feeds = {info.tensor: typed_array(name, arrays[name], info.dtype) for name, info in called.inputs.items()}
        fetched = self._run(feeds, [info.tensor for info in called.outputs.values()])
        return dict(zip(called.outputs, fetched))

    def _run(self, feeds: dict[str, np.ndarray], fetches: list[str]) -> list[np.ndarray]:
        sources, given = self._outputs(feeds), (ctypes.c_void_p * len(feeds))()
        targets, fetched = self._outputs(fetches), (ctypes.c_void_p * len(fetches))()
        try:
            for number, array in enumerate(feeds.values()):
                given[number] = self._tensors.from_array(array)
            with _checked(self._library, "TensorFlow refused the request") as status:
                ends = (sources, given, len(feeds), targets, fetched, len(fetches))
                self._library.TF_SessionRun(self._session, None, *ends, None, 0, None, status)
            return [self._tensors.to_array(tensor) for tensor in fetched]
        finally:
            for tensor in (*given, *fetched):
                self._library.TF_DeleteTensor(tensor)

    def _outputs(self, tensors):
        return (Output * len(tensors))(*map(self._output, tensors))

    def _output(self, tensor: str) -> Output:
        """Where `"operation:index"` is in the graph."""
        name, _, index = tensor.partition(":")
        operation = self._library.TF_GraphOperationByName(self._graph, name.encode())
        if operation is None:
            raise ZooError(f"The graph has no tensor {tensor!r}: only dense tensors can be given or fetched.")
        return Output(operation, int(index or 0))


def _load(library, graph, folder, tags):
    options, buffer = library.TF_NewSessionOptions(), library.TF_NewBuffer()
    names = (ctypes.c_char_p * len(tags))(*(tag.encode() for tag in tags))
    try:
        with _checked(library, f"{folder} cannot be loaded as a SavedModel with tags {', '.join(tags)}") as status:
            session = library.TF_LoadSessionFromSavedModel(
                options, None, os.fsencode(folder), names, len(tags), graph, buffer, status
            )
        return session, ctypes.string_at(buffer.contents.data, buffer.contents.length)
    finally:
        library.TF_DeleteBuffer(buffer)
        library.TF_DeleteSessionOptions(options)


def _close(library, session, graph):
    status = library.TF_NewStatus()
    library.TF_CloseSession(session, status)
    library.TF_DeleteSession(session, status)
    library.TF_DeleteGraph(graph)
    library.TF_DeleteStatus(status)


@contextmanager
def _checked(library, what):
    """Gives a status to a call of the library, and raises what the call put into it."""
    status = library.TF_NewStatus()
    try:
        yield status
        if library.TF_GetCode(status) != 0:
            raise ZooError(f"{what}: {library.TF_Message(status).decode(errors='replace')}")
    finally:
        library.TF_DeleteStatus(status)


def _check_names(signature, called, arrays):
    if arrays.keys() != called.inputs.keys():
        raise ZooError(
            f"Signature {signature!r} takes {_listed(called.inputs)}; received {_listed(arrays)}. Give each input by its name."
        )


def _listed(names):
    return ", ".join(sorted(names)) or "nothing"
