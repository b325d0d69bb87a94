"""Raw inputs as a server is sent them: one array for each input of a signature."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.expected import answers_of
from keras_rnn_zoo.tasks.task import padded

_KNOBS = {"max_length": 20, "min_length": 0, "temperature": 0.7, "top_k": 0, "top_p": 1.0}
_SECONDS = 0.5  # of the sound that stands for a recording


class Asking:
    """Makes requests of `examples`, raw inputs as `task` takes them.

    Args:
        task: the `Task` that is exported. traced: its signatures, traced.
        examples: at least one; the first symbols of its vocabulary, or noise, where nobody gives any.
    """

    def __init__(self, task, traced: dict, examples: Sequence | None = None):
        self.task, self.model, self.traced = task, task.model, traced
        self.examples = list(examples) if examples is not None and len(examples) else _made_up(task)

    def requests(self) -> dict[str, dict[str, np.ndarray]]:
        """For each signature an array for each of its inputs, with a row for each example."""
        return {name: self.request(name) for name in self.traced}

    def expected(self) -> dict[str, np.ndarray]:
        """What `task` itself answers to the examples, under names of the outputs of `serving_default`."""
        return answers_of(self.task, self.examples)

    def one(self) -> Asking:
        """The same with one example."""
        return self.each()[0]

    def each(self) -> list[Asking]:
        """The same with each example alone."""
        return [Asking(self.task, self.traced, [example]) for example in self.examples]

    def request(self, signature: str) -> dict[str, np.ndarray]:
        """An array for each input of `signature`."""
        specs = self.traced[signature].structured_input_signature[1]
        if "previous" in specs:
            begun = self.traced["encode"](**tensors(self.request("encode")))
            return {name: begun[name].numpy() for name in specs}
        sequences = next((self._sequences(name) for name in specs if name in _SEQUENCES), None)
        made = {name: self._input(name, sequences) for name in specs}
        return {name: _typed(value, specs[name]) for name, value in made.items()}

    def _input(self, name, sequences):
        rows = len(self.examples)
        if name in _SEQUENCES:
            return padded(sequences, 0)
        if name == "lengths":
            return [len(row) for row in sequences]
        if name == "seed":
            return list(range(rows))
        if name in _KNOBS:
            return [_KNOBS[name]] * rows
        return _OTHERS[name](self.task, self.examples)

    def _sequences(self, name):
        return [np.asarray(_SEQUENCES[name](self.task, example)) for example in self.examples]


def tensors(arrays: dict) -> dict:
    """Arrays as a traced function takes them."""
    return {name: tf.constant(array) for name, array in arrays.items()}


def _ids(task, text):
    vocabulary = getattr(task, "source", None) or task.vocabulary
    ids = vocabulary.encode(text)
    if not len(ids):
        raise ZooError(f"There is nothing to read in the example {text!r}: leave it out.")
    return ids


def _energies(task, example):
    from keras_rnn_zoo.preprocessing.recording import energies_of

    return energies_of(example, task.features)


def _tone(task, example):
    """Half a second of a tone, since an example may hold energies alone."""
    rate = task.features["rate"]
    return np.sin(2 * np.pi * 440 * np.arange(int(_SECONDS * rate)) / rate)


_SEQUENCES = {
    "tokens": _ids,
    "energies": _energies,
    "samples": _tone,
    "frames": lambda task, example: task.read(example),
    "words": lambda task, example: np.array(task.vocabulary.tokens(example), object),
}


def _examples_of_texts(task, texts):
    return [
        tf.train.Example(features=tf.train.Features(feature={"text": _bytes(text)})).SerializeToString()
        for text in texts
    ]


def _bytes(text):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[text.encode()]))


def _pictures(task, pictures):
    from keras_rnn_zoo.preprocessing.picture import read_picture

    return [_png(read_picture(picture, task.shape)) for picture in pictures]


def _png(pixels: np.ndarray) -> bytes:
    from PIL import Image

    file = BytesIO()
    values = np.round(pixels * 255).astype(np.uint8)
    Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values).save(file, "PNG")
    return file.getvalue()


_OTHERS = {
    "text": lambda task, texts: texts,
    "inputs": _examples_of_texts,
    "image_bytes": _pictures,
    "features": lambda task, vectors: np.stack([task.seen(vector) for vector in vectors]),
    "target": lambda task, inputs: [task.vocabulary.decode(range(4, min(7, task.vocabulary.size)))] * len(inputs),
}


def _made_up(task) -> list:
    vocabulary = next((task.vocabularies[field] for field in ("source", "inputs") if field in task.vocabularies), None)
    if vocabulary is not None:
        ids = range(4, vocabulary.size)
        return [vocabulary.decode(ids[:5]), vocabulary.decode(ids[5:8] or ids[:1])]
    rng = np.random.default_rng(0)
    if getattr(task, "features", {}).get("bands"):
        return [rng.normal(-5, 2, (length, task.features["bands"])).astype("float32") for length in (30, 20)]
    shapes = [[size or steps for size in task.shape] for steps in (7, 5)]
    return [rng.uniform(0.1, 0.9, shape).astype("float32") for shape in shapes]


def _typed(value, tensor_spec):
    if tensor_spec.dtype != tf.string:
        return np.asarray(value, tensor_spec.dtype.as_numpy_dtype)
    value = np.array(value, object)
    encoded = [one.encode() if isinstance(one, str) else one or b"" for one in value.ravel()]
    return np.array(encoded, object).reshape(value.shape)
