"""Each configuration with each seed, and one table of the spread."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from rich.console import Console

from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.processes import reason, run_side_by_side
from keras_rnn_zoo.bench.quality_record import check_comparable, check_metrics, quality_record
from keras_rnn_zoo.bench.quality_runs import QualityRun, check_models, planned_runs
from keras_rnn_zoo.bench.quality_table import best_first, table_of_quality
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.quality import plot_quality
from keras_rnn_zoo.training.backend import import_keras
from keras_rnn_zoo.training.trained import TrainedRun


@dataclass(frozen=True)
class QualityBench:
    """What was asked for.

    Attributes:
        configs: names or files. seeds: each configuration is trained with each. name: the table's, or None for the
            dataset's. root: where the runs lie. output: where the table goes. jobs: how many runs are trained at once.
        changes: keys set otherwise in all configurations, such as `training.epochs=3`.
    """

    configs: list[str]
    seeds: list[int]
    name: str | None
    root: Path
    output: Path
    jobs: int
    changes: list[str]

    def run(self, console: Console) -> list[str]:
        """Trains what is not trained yet and returns the table's lines; it lies in `output` with JSON and picture.

        Raises:
            ZooError: the input is wrong, the place of a run is taken, or runs have failed; the others are in the table.
        """
        runs = planned_runs(self.configs, self.seeds, self.changes, self.root)
        name = self.name or runs[0].settings.dataset.name
        check_name(name)
        import_keras()
        check_models(runs)
        table = _Table(BenchFiles(self.output, name, self.command(name), table_of_quality), runs, console)
        table.add_those_found()
        failures = self._train(table)
        if failures:
            raise ZooError(f"{len(failures)} of {len(runs)} runs failed; their logs: {', '.join(failures)}.")
        return table.files.table()

    def command(self, name: str) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "quality", *self.configs]
        words += [word for seed in self.seeds for word in ("--seeds", str(seed))]
        words += ["--name", name, "--root", str(self.root), "--output", str(self.output), "--jobs", str(self.jobs)]
        return shlex.join(words + [word for change in self.changes for word in ("--set", change)])

    def _train(self, table: _Table) -> list[str]:
        runs = table.waiting()
        failed = []
        for number, code in run_side_by_side([run.command() for run in runs], [run.log for run in runs], self.jobs):
            run = runs[number]
            if code == 0:
                table.add(run, run.finished(), self.jobs)
            else:
                failed.append(str(run.log))
                table.say(f"{run.identity} seed {run.seed} failed: {reason(run.log, code)}")
        return failed


class _Table:
    """The runs known so far, and the files that show them: rewritten whenever one more is known."""

    def __init__(self, files: BenchFiles, runs: list[QualityRun], console: Console):
        self.files, self.runs, self.console = files, runs, console
        self.finished: dict[Path, TrainedRun] = {}

    def waiting(self) -> list[QualityRun]:
        """The runs that are not known yet."""
        return [run for run in self.runs if run.folder not in self.finished]

    def say(self, line: str):
        """Prints a whole line."""
        self.console.print(line, markup=False, soft_wrap=True)

    def add_those_found(self):
        """Takes in what earlier calls have trained; all are checked before the first is shown."""
        found = [(run, trained) for run in self.runs if (trained := run.finished())]
        for run, trained in found:
            self._take(run, trained)
        for run, trained in found:
            self.say(f"{_result(run, trained)} (found)")
        if found:
            self._write()

    def add(self, run: QualityRun, trained: TrainedRun, jobs: int):
        """Takes in a run that has just been trained."""
        self._take(run, trained)
        self._write()
        self.say(f"{_result(run, trained)}; {self._left(jobs)}")

    def _take(self, run: QualityRun, trained: TrainedRun):
        check_metrics(trained)
        for other in self.finished.values():
            check_comparable(other, trained)
        self.finished[run.folder] = trained

    def _left(self, jobs: int) -> str:
        waiting = self.waiting()
        if not waiting:
            return "none left"
        minutes = sum(map(self._seconds_of, waiting)) / jobs / 60
        return (
            f"{len(waiting)} left, about {minutes:.0f} min" if minutes >= 1 else f"{len(waiting)} left, under a minute"
        )

    def _seconds_of(self, run: QualityRun) -> float:
        """What a run will take, going by the same configuration's, else by all that are known."""
        seconds = {folder: trained.metrics["seconds"] for folder, trained in self.finished.items()}
        own = [value for folder, value in seconds.items() if folder.parent == run.folder.parent]
        return fmean(own or seconds.values())

    def _write(self):
        record = quality_record(self.files.command, self.runs, self.finished)
        self.files.write(record)
        scores = {row["identity"]: row["test"] for row in best_first(record)}
        plot_quality(scores, self.files.path("png"), record["metric"]["name"], record["baseline"]["value"])


def _result(run: QualityRun, trained: TrainedRun) -> str:
    metrics = trained.metrics
    value, metric = metrics["test"][metrics["headline"]], metrics["headline"].replace("_", " ")
    return f"{run.identity} seed {run.seed}: {value:.4f} {metric}, {metrics['seconds']:.0f} s"
