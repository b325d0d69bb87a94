"""How long a client waits: an exported model against `model.predict`, and one table of it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.bench.serving_table import table_of_serving
from keras_rnn_zoo.plots.serving import plot_serving
from keras_rnn_zoo.tasks.description import open_description
from keras_rnn_zoo.tasks.kinds import kind_of
from keras_rnn_zoo.training.backend import import_keras


@dataclass(frozen=True)
class ServingBench:
    """What was asked for.

    Attributes:
        presets: of texts that are classified, tagged or answered. rounds: how often each way is timed. quick: one round.
        output, name: where the table goes.
    """

    presets: list[str]
    rounds: int
    quick: bool
    output: Path
    name: str

    def run(self, console: Console) -> list[str]:
        """Times all and returns the table's lines; it lies in `output` with JSON and a picture, as far as it is known.

        Raises:
            ZooError: the input is wrong, or two ways do not answer the same.
        """
        self._check()
        import_keras()
        from keras_rnn_zoo.bench.serving_row import serving_row

        files = BenchFiles(self.output, self.name, self.command(), table_of_serving)
        rounds = 1 if self.quick else self.rounds
        record = {"command": files.command, **circumstances("tensorflow"), "rounds": rounds, "rows": []}
        for preset in self.presets:
            row = serving_row(preset, rounds)
            record["rows"].append(row)
            files.write(record)
            plot_serving(record, files.path("png"))
            told = f"{preset}: {row['ms']['C API']:.2f} ms, {row['ratio']:.0f} times as fast as model.predict"
            console.print(f"{told}; {len(record['rows'])} of {len(self.presets)}", markup=False, soft_wrap=True)
        return files.table()

    def command(self) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "serving", *(word for one in self.presets for word in ("--preset", one))]
        words += ["--rounds", str(self.rounds), *(["--quick"] if self.quick else [])]
        return shlex.join([*words, "--output", str(self.output), "--name", self.name])

    def _check(self):
        check_once("Preset", self.presets)
        check_name(self.name)
        for preset in self.presets:
            kind_of(open_description(preset).about)
