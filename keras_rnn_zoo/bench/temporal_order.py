"""Figure 7 of Pascanu et al. 2013: which start and which training method solves temporal order at which length."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.bench.processes import reason, run_side_by_side
from keras_rnn_zoo.bench.temporal_order_run import Stop, TemporalOrderRun, write_curves
from keras_rnn_zoo.bench.temporal_order_setting import settings_of
from keras_rnn_zoo.bench.temporal_order_table import table_of_temporal_order
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.temporal_order import plot_temporal_order
from keras_rnn_zoo.training.backend import import_keras


@dataclass(frozen=True)
class TemporalOrderBench:
    """What was asked for.

    Attributes:
        inits, methods, lengths, seeds: the grid; see `temporal_order_setting`.
        weight: Omega's, for `sgd_cr`. stop: when each run ends.
        jobs: how many runs are trained at once. root: where the runs lie. output, name: where the table goes.
    """

    inits: list[str]
    methods: list[str]
    lengths: list[str]
    seeds: list[int]
    weight: float
    stop: Stop
    jobs: int
    root: Path
    output: Path
    name: str

    def run(self, console: Console) -> list[str]:
        """Trains what has not ended yet, adds a row as soon as it is known, and returns the table's lines.

        Raises:
            ZooError: the input is wrong, or runs have failed; the others are in the table.
        """
        check_name(self.name)
        for kind in ("inits", "methods", "lengths", "seeds"):
            check_once(f"--{kind[:-1]}", getattr(self, kind))
        grid = (self.inits, self.methods, self.lengths, self.seeds)
        runs = [TemporalOrderRun(s, self.root) for s in settings_of(*grid, self.weight)]
        import_keras()
        rows = {run: found for run in runs if (found := run.result(self.stop))}
        files = BenchFiles(self.output, self.name, self.command(), table_of_temporal_order)
        if rows:
            self._write(files, runs, rows)
        failed = self._train([run for run in runs if run not in rows], files, runs, rows, console)
        if failed:
            raise ZooError(f"{len(failed)} of {len(runs)} runs failed; their logs: {', '.join(failed)}.")
        return files.table()

    def command(self) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "temporal-order"]
        repeated = {"--init": self.inits, "--method": self.methods, "--length": self.lengths, "--seed": self.seeds}
        repeated["--test-length"] = self.stop.test_lengths
        words += [str(word) for option, values in repeated.items() for value in values for word in (option, value)]
        single = {"--weight": f"{self.weight:g}", "--stop-below": f"{self.stop.below:g}"}
        single |= {
            "--updates": self.stop.updates,
            "--jobs": self.jobs,
            "--root": self.root,
            "--output": self.output,
            "--name": self.name,
        }
        return shlex.join(words + [str(word) for pair in single.items() for word in pair])

    def _train(self, waiting, files, runs, rows, console) -> list[str]:
        failed = []
        commands = [self._command_of(run) for run in waiting]
        for number, code in run_side_by_side(commands, [run.log for run in waiting], self.jobs):
            run = waiting[number]
            if code:
                failed.append(str(run.log))
                line = f"failed: {reason(run.log, code)}"
            else:
                rows[run] = run.result(self.stop)
                self._write(files, runs, rows)
                line = _outcome(rows[run])
            left = len(runs) - len(rows) - len(failed)
            console.print(f"{run.setting.identity}: {line}; {left} left", markup=False, soft_wrap=True)
        return failed

    def _command_of(self, run) -> list[str]:
        setting, (low, high) = run.setting, run.setting.lengths
        words = ["bench", "temporal-order-run", setting.init, setting.method, f"{low}:{high}", setting.seed]
        words += ["--weight", setting.weight, "--stop-below", self.stop.below, "--updates", self.stop.updates]
        words += [
            "--root",
            self.root,
            *(word for length in self.stop.test_lengths for word in ("--test-length", length)),
        ]
        return [str(word) for word in words]

    def _write(self, files, runs, rows):
        import keras

        known = [{"folder": run.setting.identity, **rows[run]} for run in runs if run in rows]
        record = {"command": files.command, "budget": self.stop.updates, **circumstances(keras.backend.backend())}
        files.write({**record, "rows": known})
        curves = {run.setting.identity: run.curve() for run in runs if run in rows}
        plot_temporal_order(curves, files.path("png"))
        write_curves(curves, files.path("csv"))


def _outcome(row: dict) -> str:
    if row["solved_at"]:
        return f"below 1 % after {row['solved_at']:,} updates"
    if row["ended"] == "exploded":
        return f"exploded within {row['updates']:,} updates"
    return f"not solved in {row['updates']:,} updates, at best {row['best']['share_wrong']:.1%} wrong"
