"""Each cell at each shape, and one table of how fast the zoo runs it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.bench.speed_case import SpeedCase, check_width
from keras_rnn_zoo.bench.speed_device import DEVICES, check_device, device_name
from keras_rnn_zoo.bench.speed_memory import check_memory, memory_of
from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.bench.speed_table import table_of_speed
from keras_rnn_zoo.errors import unknown_name
from keras_rnn_zoo.plots.speed import plot_speed
from keras_rnn_zoo.training.backend import import_keras


@dataclass(frozen=True)
class SpeedBench:
    """What was asked for.

    Attributes:
        cells: names. shapes: each as in `SpeedShape.read`. rounds: how often all ways are timed. masked: time padded
            sequences too. memory: measure a training step's. device: of `DEVICES`. output: where the table goes. name:
            the table's, or None for the backend's.
    """

    cells: list[str]
    shapes: list[str]
    rounds: int
    masked: bool
    memory: bool
    device: str
    output: Path
    name: str | None

    def run(self, console: Console) -> list[str]:
        """Times all and returns the table's lines; it lies in `output` with JSON and a picture, as far as it is known.

        Raises:
            ZooError: the input is wrong, a cell cannot have these units, or two ways do not compute the same.
        """
        cases = self._checked()
        backend = _checked_backend(cases, self.device)
        files = BenchFiles(self.output, self._name(backend), self._command(cases, backend), table_of_speed)
        record = {"command": files.command, **_circumstances(backend), "rounds": self.rounds, "rows": []}
        for number, case in enumerate(cases, start=1):
            record["rows"].append(self._measured(case))
            files.write(record)
            plot_speed(record, files.path("png"))
            told = f"{case}: {_told(record['rows'][-1])}; {number} of {len(cases)}"
            console.print(told, markup=False, soft_wrap=True)
        return files.table()

    def _checked(self) -> list[SpeedCase]:
        if self.device not in DEVICES:
            raise unknown_name("device", self.device, DEVICES)
        if self.memory:
            check_memory(self.device)
        masks = [False, True] if self.masked else [False]
        cases = [SpeedCase.read(*case) for case in product(self.cells, self.shapes, masks)]
        check_once("Cell", self.cells)
        check_once("Shape", [SpeedShape.read(shape) for shape in self.shapes])
        check_name(self.name or "")
        return cases

    def _name(self, backend) -> str:
        return self.name or (backend if self.device == "cpu" else f"{backend}_{self.device}")

    def _command(self, cases: list[SpeedCase], backend: str) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "speed"]
        words += [word for cell in self.cells for word in ("--cells", cell)]
        words += [word for shape in dict.fromkeys(case.shape for case in cases) for word in ("--shape", str(shape))]
        words += ["--rounds", str(self.rounds), *(["--masked"] if self.masked else [])]
        words += [*(["--memory"] if self.memory else []), "--device", self.device]
        words += ["--output", str(self.output), "--name", self._name(backend)]
        return f"KERAS_BACKEND={backend} {shlex.join(words)}"

    def _measured(self, case: SpeedCase) -> dict:
        from keras_rnn_zoo.bench.speed_row import speed_row

        row = speed_row(case, self.rounds, self.device)
        return {**row, "memory": memory_of(case)} if self.memory else row


def _checked_backend(cases: list[SpeedCase], device: str) -> str:
    """The backend's name, once it is known to run there, and every cell to have the widths asked for."""
    import_keras()
    import keras

    from keras_rnn_zoo.bench.compiled_steps import check_backend

    check_backend()
    check_device(device)
    for case in cases:
        check_width(case)
    return keras.backend.backend()


def _circumstances(backend: str) -> dict:
    found = {**circumstances(backend), "device": device_name()}
    torch = {"torch": version("torch")} if find_spec("torch") else {}
    return {**found, "versions": {**found["versions"], **torch}}


def _told(row: dict) -> str:
    ratios = {name: ratio for name, ratio in row["training"]["ratio"].items() if ratio is not None}
    training = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
    took, inference = row["training"]["ms"]["zoo"], row["inference"]["ratio"]["zoo"]
    memory = f", memory of a step {row['memory']['ratio']:.2f} times stock's" if "memory" in row else ""
    return f"training {training} times stock ({took:.2f} ms), inference zoo {inference:.2f}{memory}"
