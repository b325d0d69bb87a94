"""Which layer of a Keras model reads what."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from keras_rnn_zoo.errors import ZooError


@dataclass(frozen=True)
class Wire:
    """An output of a layer: the layer's name, and the number of the output."""

    layer: str
    number: int


@dataclass(frozen=True)
class Wiring:
    """How the layers of a model are wired.

    Attributes:
        reads: for each layer's name, from the inputs on, the wires of its arguments by the argument's name; the positional
            ones together under `""`.
        outputs: the wires that the model gives.
    """

    reads: dict[str, dict[str, list[Wire]]]
    outputs: list[Wire]


def wiring_of(model: keras.Model) -> Wiring:
    """The wiring of a sequential or functional model.

    Raises:
        ZooError: the model is of another kind, or calls a layer several times.
    """
    if isinstance(model, keras.Sequential):
        names = [layer.name for layer in model.layers]
        reads = {name: {"": [Wire(below, 0)]} for below, name in zip(names, names[1:])}
        return Wiring({names[0]: {"": []}, **reads}, [Wire(names[-1], 0)])
    config = model.get_config()
    if "layers" not in config or "output_layers" not in config:
        raise ZooError(
            f"{model.name} does not say how its layers are wired: a sequential or functional model is expected."
        )
    reads = {layer["name"]: _read(layer) for layer in config["layers"]}
    return Wiring(_in_order(reads), [Wire(name, number) for name, _, number in _listed(config["output_layers"])])


def _read(layer) -> dict[str, list[Wire]]:
    nodes = layer["inbound_nodes"]
    if len(nodes) > 1:
        raise ZooError(f"The layer {layer['name']} is called {len(nodes)} times: such a model cannot be drawn.")
    if not nodes:
        return {"": []}
    return {"": _wires(nodes[0]["args"]), **{name: _wires(value) for name, value in nodes[0]["kwargs"].items()}}


def _wires(value) -> list[Wire]:
    """All tensors in an argument, as Keras writes them."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        name, _, number = value["config"]["keras_history"]
        return [Wire(name, number)]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [wire for part in parts for wire in _wires(part)]


def _in_order(reads):
    """The layers so that each stands after what it reads."""
    done = {}
    while len(done) < len(reads):
        ready = [
            name
            for name in reads
            if name not in done and all(w.layer in done for ws in reads[name].values() for w in ws)
        ]
        done.update((name, reads[name]) for name in ready)
    return done


def _listed(outputs) -> list:
    """`output_layers` of one output, of a list and of a dictionary, as a list."""
    if isinstance(outputs, dict):
        return list(outputs.values())
    return [outputs] if outputs and isinstance(outputs[0], str) else list(outputs)
