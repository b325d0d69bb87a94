"""What each recurrent layer is given when a model is called."""

from __future__ import annotations

import re
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import ops, tree

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.explanation.walk import layers_of, recurrent_layers_of

_STEPS, _ROWS = 8, 2
_DESTROYED = re.compile(r"Layer '(.+)' \(of type (\S+)\) was passed an input with a mask")


@dataclass
class Reading:
    """How a recurrent layer was run.

    Attributes:
        shape: of the sequence that it read.
        mask: `(batch, timesteps)`, True where a step is real, or `None`.
        embeddings: paths of the `Embedding` layers without `mask_zero` that had been called before it.
        destroyers: names of the layers that had destroyed a mask before it.
    """

    shape: tuple
    mask: np.ndarray | None
    embeddings: list[str]
    destroyers: list[str]


@dataclass
class Observation:
    """What one call of a model showed.

    Attributes:
        readings: by the recurrent layer's path; those that the call did not run are missing.
        destroyed: `(name, class)` of each layer that was given a mask and does not support masking.
    """

    readings: dict[str, Reading] = field(default_factory=dict)
    destroyed: list[tuple[str, str]] = field(default_factory=list)


def observe(model, x=None) -> Observation:
    """Calls `model` once, at inference, and leaves all its variables as they were.

    Args:
        model: a built Keras model.
        x: a batch as `fit` takes it; by default two rows of eight steps, none of them padding.

    Raises:
        ZooError: the model cannot be called on that.
    """
    if not model.built:
        raise ZooError(f"{model.name} is not built yet: call it on a batch once, or give its layers an Input.")
    batch = _made_up(model) if x is None else x
    seen = Observation()
    with _destroyed_masks(seen), _recording(model, seen), keras.StatelessScope():
        try:
            model(tree.map_structure(ops.convert_to_tensor, batch), training=False)
        except Exception as error:  # Each backend has errors of its own for a batch that does not fit.
            kind = "on a made-up batch: give one as x" if x is None else "on x: give a batch as fit takes it"
            raise ZooError(f"{model.name} cannot be called {kind}. {' '.join(str(error).split())[:300]}") from error
    return seen


def _made_up(model):
    if not getattr(model, "inputs", None):
        raise ZooError(f"{model.name} does not say what its inputs are: give a batch of them as x.")
    inputs = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    return tree.map_structure(_made_up_input, inputs)


def _made_up_input(spec):
    if spec.dtype == "string":
        raise ZooError(f"The input {spec.name!r} is of strings: give a batch as x.")
    batch, *sizes = spec.shape
    value = 0.5 if "float" in spec.dtype else 1
    return np.full((batch or _ROWS, *(size or _STEPS for size in sizes)), value, spec.dtype)


@contextmanager
def _destroyed_masks(seen):
    """Notes where Keras warns that a mask is destroyed, and hands on every other warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        show = warnings.showwarning

        def listen(message, *about, **options):
            found = _DESTROYED.match(str(message))
            if found is None:
                show(message, *about, **options)
            elif found.groups() not in seen.destroyed:
                seen.destroyed.append(found.groups())

        warnings.showwarning = listen
        yield


@contextmanager
def _recording(model, seen):
    embeddings = []
    with ExitStack() as undo:
        for path, layer in layers_of(model).items():
            if isinstance(layer, keras.layers.Embedding) and not layer.mask_zero:
                _listen(layer, "call", lambda path=path, **_: embeddings.append(path), undo)
        for path, layer in recurrent_layers_of(model).items():
            _listen(layer, "inner_loop", _reader(seen, path, embeddings), undo)
        yield


def _reader(seen, path, embeddings):
    def read(sequences, mask, **_):
        mask = None if mask is None else ops.convert_to_numpy(ops.cast(tree.flatten(mask)[0], "bool"))
        destroyers = [name for name, _ in seen.destroyed]
        seen.readings.setdefault(path, Reading(tuple(sequences.shape), mask, list(embeddings), destroyers))

    return read


def _listen(layer, method, tell, undo):
    """Calls `tell` with the keyword arguments of each call of `layer`'s method, until `undo` is closed."""
    original = getattr(layer, method)

    def told(*arguments, **options):
        tell(**options)
        return original(*arguments, **options)

    setattr(layer, method, told)
    undo.callback(delattr, layer, method)
