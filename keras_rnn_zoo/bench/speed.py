"""Each cell at each shape, and one table of how fast the zoo runs it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.bench.speed_table import table_of_speed
from keras_rnn_zoo.equations import EQUATIONS
from keras_rnn_zoo.errors import unknown_name
from keras_rnn_zoo.training.backend import import_keras


@dataclass(frozen=True)
class SpeedBench:
    """What was asked for.

    Attributes:
        cells: names; none: all that have a plain equation. shapes: each as in `SpeedShape.read`. rounds: how often both
            ways are timed. output: where the table goes. name: the table's, or None for the backend's.
    """

    cells: list[str]
    shapes: list[str]
    rounds: int
    output: Path
    name: str | None

    def run(self, console: Console) -> list[str]:
        """Times all and returns the table's lines; it lies in `output` with JSON, as far as it is known.

        Raises:
            ZooError: the input is wrong, a cell cannot have these units, or a cell does not compute its equation.
        """
        names, shapes = self._checked()
        import_keras()
        backend = _checked_backend(names, shapes)
        files = BenchFiles(self.output, self.name or backend, self._command(names, shapes, backend), table_of_speed)
        record = {"command": files.command, **circumstances(backend), "rounds": self.rounds, "rows": []}
        pairs = [(name, shape) for name in names for shape in shapes]
        for number, pair in enumerate(pairs, start=1):
            record["rows"].append(_timed(*pair, self.rounds))
            files.write(record)
            console.print(f"{_told(*pair, record['rows'][-1])}; {number} of {len(pairs)}", markup=False, soft_wrap=True)
        return files.table()

    def _checked(self) -> tuple[list[str], list[SpeedShape]]:
        names, shapes = self.cells or sorted(EQUATIONS), [SpeedShape.read(shape) for shape in self.shapes]
        for name in names:
            if name not in EQUATIONS:
                raise unknown_name("cell with a plain equation", name, EQUATIONS)
        check_once("Cell", names)
        check_once("Shape", shapes)
        check_name(self.name or "")
        return names, shapes

    def _command(self, names: list[str], shapes: list[SpeedShape], backend: str) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "speed"]
        words += [word for name in names for word in ("--cells", name)]
        words += [word for shape in shapes for word in ("--shape", str(shape))]
        words += ["--rounds", str(self.rounds), "--output", str(self.output), "--name", self.name or backend]
        return f"KERAS_BACKEND={backend} {shlex.join(words)}"


def _checked_backend(names: list[str], shapes: list[SpeedShape]) -> str:
    """The backend's name, once it is known to run, and every cell to have the widths asked for."""
    import keras

    from keras_rnn_zoo import cells
    from keras_rnn_zoo.bench.compiled_steps import check_backend

    check_backend()
    for name in names:
        for shape in shapes:
            cells.get(name)(shape.units)
    return keras.backend.backend()


def _timed(name: str, shape: SpeedShape, rounds: int) -> dict:
    from keras_rnn_zoo.bench.speed_row import speed_row

    return speed_row(name, shape, rounds)


def _told(name: str, shape: SpeedShape, row: dict) -> str:
    parts = [
        f"{kind} {row[kind]['ratio']:.2f} times stock ({row[kind]['zoo_ms']:.2f} ms)"
        for kind in ("training", "inference")
    ]
    return f"{name} {shape}: {', '.join(parts)}"
