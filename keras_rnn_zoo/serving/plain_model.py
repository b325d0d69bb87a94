"""The signatures of a `keras.Model` that no task stands around."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.readers import frame_reader
from keras_rnn_zoo.serving.signature import Reader, Signature


def model_signatures(model) -> dict[str, Signature]:
    """`serving_default`, with the model's inputs and outputs by their names.

    A model of one sequence that masks its padding also takes `lengths` `(batch,)`, and looks at nothing behind them: a
    server that joins requests pads them with whatever it likes.

    Raises:
        ZooError: the model's inputs are not known.
    """
    if not getattr(model, "inputs", None):
        raise ZooError(
            f"{model.name} does not say what its inputs are: export a Functional model, or a Sequential one that begins with "
            "keras.Input; one of your own class as keras.Model(inputs, model(inputs))."
        )
    names = [tensor.name for tensor in model.inputs]
    fill = padding_of(model)
    if len(names) == 1 and fill is not None:
        tensor = model.inputs[0]
        reader = frame_reader(tuple(tensor.shape[1:]), fill, names[0], tensor.dtype)
        return {"serving_default": Signature(reader, lambda values, lengths=None: _named(model, [values]), _as_it_is)}
    specs = tuple(tf.TensorSpec(tensor.shape, tensor.dtype, tensor.name) for tensor in model.inputs)
    reader = Reader(specs, lambda **given: given, tuple(names))
    return {
        "serving_default": Signature(reader, lambda **given: _named(model, [given[name] for name in names]), _as_it_is)
    }


def _named(model, values) -> dict:
    if isinstance(model, keras.Sequential):
        return {model.layers[-1].name: model(values[0], training=False)}
    outputs = model(keras.tree.pack_sequence_as(model.input, values), training=False)
    if isinstance(outputs, dict):
        return outputs
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return dict(zip(model.output_names, outputs, strict=True))


def _as_it_is(computed, given):
    return computed


def padding_of(model) -> float | None:
    """What the model takes for padding, if its one input is a sequence of any length."""
    if len(model.inputs[0].shape) < 2 or model.inputs[0].shape[1] is not None:
        return None
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Masking):
            return layer.mask_value
        if isinstance(layer, keras.layers.Embedding) and layer.mask_zero:
            return 0
    return None


class ModelAsking:
    """Makes requests of a model's inputs, as `asking.Asking` does of a task's.

    Args:
        model: a `keras.Model`. traced: its signatures, traced.
        examples: a dictionary of its inputs by their names, each an array of rows; noise where nobody gives any.
    """

    def __init__(self, model, traced: dict, examples: dict | None = None):
        self.model, self.traced = model, traced
        if not isinstance(examples, (dict, type(None))):
            raise ZooError(
                f"Examples for a keras.Model are a dictionary of arrays of rows by the names of its inputs, received {type(examples).__name__}."
            )
        self.examples = examples or {tensor.name: _noise(model, tensor) for tensor in model.inputs}

    def requests(self) -> dict[str, dict[str, np.ndarray]]:
        """For `serving_default` an array for each of its inputs."""
        return {"serving_default": self.request("serving_default")}

    def request(self, signature: str) -> dict[str, np.ndarray]:
        """An array for each input of `signature`."""
        specs = self.traced[signature].structured_input_signature[1]
        arrays = {name: np.asarray(self.examples.get(name), specs[name].dtype.as_numpy_dtype) for name in self.examples}
        first = next(iter(arrays.values()))
        lengths = {"lengths": np.full(len(first), first.shape[1], "int32")} if "lengths" in specs else {}
        return {**arrays, **lengths}

    def expected(self) -> dict[str, np.ndarray]:
        """What the model answers to the examples."""
        outputs = _named(self.model, [self.examples[tensor.name] for tensor in self.model.inputs])
        return {name: keras.ops.convert_to_numpy(value) for name, value in outputs.items()}

    def one(self) -> ModelAsking:
        """The same with one row."""
        return self._rows(0)

    def each(self) -> list[ModelAsking]:
        """The same with each row alone."""
        return [self._rows(number) for number in range(len(next(iter(self.examples.values()))))]

    def _rows(self, number):
        return ModelAsking(
            self.model, self.traced, {name: rows[number : number + 1] for name, rows in self.examples.items()}
        )


def _noise(model, tensor) -> np.ndarray:
    shape = (2, *(size or 5 for size in tensor.shape[1:]))
    if "int" in tensor.dtype:
        least = min((layer.input_dim for layer in model._flatten_layers() if hasattr(layer, "input_dim")), default=2)
        return np.random.default_rng(0).integers(1, max(2, least), shape).astype(tensor.dtype)
    return np.random.default_rng(0).uniform(0.1, 0.9, shape).astype(tensor.dtype)
