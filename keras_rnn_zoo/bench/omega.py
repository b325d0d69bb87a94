"""What Omega costs: a training step with it against the same layer's without, and against Keras's own layer's."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record
from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.bench.speed_timing import times_in_turn
from keras_rnn_zoo.errors import unknown_name
from keras_rnn_zoo.training.backend import import_keras

CELLS = ("simple_rnn", "deep_transition", "lstm", "gru")
_WEIGHT = 4.0
_HEAD = (
    "cell",
    f"shape: {', '.join(SpeedShape._fields)}",
    "with Omega, ms",
    "cost: times the same layer without",
    "cost: times Keras's own layer, or its loop over the cell",
)


@dataclass(frozen=True)
class OmegaBench:
    """What was asked for.

    Attributes:
        cells: of `CELLS`. shapes: each as in `SpeedShape.read`. rounds: how often all are timed.
        output, name: where the table goes; None: called after the backend.
    """

    cells: list[str]
    shapes: list[str]
    rounds: int
    output: Path
    name: str | None

    def run(self, console: Console) -> list[str]:
        """Times all and returns the table's lines.

        Raises:
            ZooError: the input is wrong.
        """
        shapes = self._checked()
        import_keras()
        import keras

        backend = keras.backend.backend()
        files = BenchFiles(self.output, self.name or f"omega_{backend}", self._command(backend), table_of_omega)
        record = {"command": files.command, **circumstances(backend), "rounds": self.rounds, "rows": []}
        for cell in self.cells:
            for shape in shapes:
                record["rows"].append(_row(cell, shape, self.rounds))
                files.write(record)
                console.print(_line(record["rows"][-1]), markup=False, soft_wrap=True)
        return files.table()

    def _checked(self) -> list[SpeedShape]:
        for cell in self.cells:
            if cell not in CELLS:
                raise unknown_name("cell that Omega is timed with", cell, CELLS)
        shapes = [SpeedShape.read(shape) for shape in self.shapes]
        check_once("Cell", self.cells)
        check_once("Shape", shapes)
        check_name(self.name or "")
        return shapes

    def _command(self, backend) -> str:
        words = ["keras-rnn-zoo", "bench", "omega"]
        words += [word for cell in self.cells for word in ("--cells", cell)]
        words += [word for shape in self.shapes for word in ("--shape", shape)]
        words += ["--rounds", str(self.rounds), "--output", str(self.output), "--name", self.name or f"omega_{backend}"]
        return f"KERAS_BACKEND={backend} {shlex.join(words)}"


def table_of_omega(path) -> list[str]:
    """The lines of a Markdown table of the JSON file at `path`.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "omega", lambda record: markdown_table(_HEAD, map(_table_row, record["rows"])))


def _row(cell: str, shape: SpeedShape, rounds: int) -> dict:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(shape.batch, shape.timesteps, shape.features)).astype("float32")
    targets = rng.normal(size=(*inputs.shape[:2], shape.units)).astype("float32")
    steps = {name: _step(layer, inputs, targets) for name, layer in _layers(cell, shape.units).items()}
    return {"cell": cell, "shape": list(shape), **times_in_turn(steps, rounds)}


def _layers(cell: str, units: int) -> dict:
    import keras

    from keras_rnn_zoo import cells
    from keras_rnn_zoo.layers import recurrent_layer

    own = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}.get(cell)
    stock = (
        own(units, return_sequences=True) if own else keras.layers.RNN(cells.get(cell)(units), return_sequences=True)
    )
    return {
        "omega": recurrent_layer(cell, units, norm_preserving=_WEIGHT),
        "without": recurrent_layer(cell, units),
        "stock": stock,
    }


def _step(layer, inputs, targets):
    """A compiled training step at rate 0: the update is computed and the weights stay."""
    import keras

    from keras_rnn_zoo.bench.compiled_steps import compiled_steps

    sequences = keras.Input((None, inputs.shape[-1]))
    outputs = layer(sequences)
    model = keras.Model(sequences, outputs[0] if isinstance(outputs, (list, tuple)) else outputs)
    train, _ = compiled_steps(model, inputs, targets)
    return lambda model=model: train(0.0)


def _line(row: dict) -> str:
    shape, costs = SpeedShape(*row["shape"]), row["ratio"]
    return f"{row['cell']} {shape}: {costs['without']:.2f} times the layer without Omega, {costs['stock']:.2f} times Keras's"


def _table_row(row: dict) -> list[str]:
    costs = [f"{row['ratio'][way]:.2f}" for way in ("without", "stock")]
    return [row["cell"], str(SpeedShape(*row["shape"])), f"{row['ms']['omega']:.2f}", *costs]
