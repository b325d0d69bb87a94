"""Whether fine-tuning pays: a trained model and a few labels, against the same labels and no training before."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.fine_tuning_record import Figure, about, planned_figures, read_figures, record_of
from keras_rnn_zoo.bench.fine_tuning_table import table_of_fine_tuning
from keras_rnn_zoo.bench.fine_tuning_transfer import ARMS, Transfer, get
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.fine_tuning import plot_fine_tuning
from keras_rnn_zoo.training.backend import import_keras

SPLITS = ("test", "validation")


@dataclass(frozen=True)
class FineTuningBench:
    """What was asked for.

    Attributes:
        names: of transfers, see `fine_tuning_transfer`. seeds: each figure is taken with each.
        split: on what accuracy is taken; recipes are chosen on `"validation"`.
        quick: only the fewest labels and a few updates. root: where the models trained before lie.
        output, name: where the table goes.
    """

    names: list[str]
    seeds: list[int]
    split: str
    quick: bool
    root: Path
    output: Path
    name: str

    def run(self, console: Console) -> list[str]:
        """Takes the figures that the JSON file does not hold yet, adds each as soon as it is known, and returns the
        table's lines.

        Raises:
            ZooError: the input is wrong, data are missing, or what lies there was made otherwise.
        """
        self._check()
        transfers = {name: get(name)() for name in self.names}
        if self.quick:
            transfers = {name: transfer.quick() for name, transfer in transfers.items()}
        import_keras()
        import keras

        conditions = about(transfers, self.split, circumstances(keras.backend.backend()))
        files = BenchFiles(self.output, self.name, self.command(), table_of_fine_tuning)
        planned = planned_figures(transfers, self.seeds)
        known = read_figures(files.path("json"), conditions, planned)
        self._measure(transfers, planned, known, lambda figures: _write(files, conditions, figures), console)
        return files.table()

    def command(self) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "fine-tuning"]
        words += [word for name in self.names for word in ("--transfer", name)]
        words += [word for seed in self.seeds for word in ("--seed", str(seed))]
        words += ["--split", self.split, *(["--quick"] if self.quick else []), "--root", str(self.root)]
        return shlex.join([*words, "--output", str(self.output), "--name", self.name])

    def _check(self):
        check_name(self.name)
        check_once("--transfer", self.names)
        check_once("--seed", self.seeds)
        for name in self.names:
            get(name)
        if self.split not in SPLITS:
            raise ZooError(f"--split should be one of {', '.join(SPLITS)}; received {self.split!r}.")

    def _measure(self, transfers: dict[str, Transfer], planned, known: dict[Figure, float], write, console):
        from keras_rnn_zoo.bench.fine_tuning_run import accuracy_of, trained_before

        @cache
        def weights(name):
            return trained_before(transfers[name], self.root / self.name / name, console)

        waiting = [figure for figure in planned if figure not in known]
        for done, figure in enumerate(waiting, start=1):
            before = weights(figure.transfer) if figure.arm == ARMS[0] else None
            started = time.monotonic()
            accuracy = accuracy_of(transfers[figure.transfer], before, figure.labels, figure.seed, self.split)
            known[figure] = accuracy
            write({one: known[one] for one in planned if one in known})
            line = f"{figure}: {accuracy:.4f} accuracy, {time.monotonic() - started:.0f} s; {len(waiting) - done} left"
            console.print(line, markup=False, soft_wrap=True)


def _write(files: BenchFiles, conditions: dict, figures: dict[Figure, float]):
    record = record_of(files.command, conditions, figures)
    files.write(record)
    plot_fine_tuning(record, files.path("png"))
