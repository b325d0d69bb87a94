"""How fast a whole run trains: what `train` does of a configuration against stock Keras, and one table of it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.bench.training_table import table_of_training
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.training import plot_training
from keras_rnn_zoo.training.backend import import_keras
from keras_rnn_zoo.training.catalogue import find_config
from keras_rnn_zoo.training.config import RunConfig, read


@dataclass(frozen=True)
class TrainingBench:
    """What was asked for.

    Attributes:
        configs: names, or YAML files. steps: batches of each round. rounds: how often each way is timed. output: where the
            table goes. name: the table's. changes: of keys of every configuration, as `--set` takes them.
    """

    configs: list[str]
    steps: int
    rounds: int
    output: Path
    name: str
    changes: list[str]

    def run(self, console: Console) -> list[str]:
        """Times all and returns the table's lines; it lies in `output` with JSON and a picture, as far as it is known.

        Raises:
            ZooError: the input is wrong, data is missing, stock Keras has no such model, or it does not answer the same.
        """
        configs = self._checked()
        import_keras()
        _check_backend()
        from keras_rnn_zoo.bench.training_row import training_row

        files = BenchFiles(self.output, self.name, self._command(), table_of_training)
        record = {"command": files.command, **circumstances("tensorflow"), "rounds": self.rounds, "rows": []}
        for identity, config in configs.items():
            row = training_row(identity, config, self.steps, self.rounds)
            record["rows"].append(row)
            files.write(record)
            plot_training(record, files.path("png"))
            told = f"{identity}: {row['ratio']:.2f} times stock Keras; {len(record['rows'])} of {len(configs)}"
            console.print(told, markup=False, soft_wrap=True)
        return files.table()

    def _checked(self) -> dict[str, RunConfig]:
        found = [find_config(name) for name in self.configs]
        check_once("Configuration", [identity for identity, _ in found])
        check_name(self.name)
        configs = {identity: read(path, self.changes) for identity, path in found}
        for identity, config in configs.items():
            if config.finetuning or config.training.distribution:
                raise ZooError(
                    f"{identity}: stock Keras is timed with a new model on one device: choose a configuration without "
                    "finetuning and training.distribution."
                )
        return configs

    def _command(self) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "training", *self.configs]
        words += ["--steps", str(self.steps), "--rounds", str(self.rounds), "--output", str(self.output)]
        return shlex.join([*words, "--name", self.name, *(w for change in self.changes for w in ("--set", change))])


def _check_backend():
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ZooError(
            "bench training feeds stock Keras by a plain tf.data pipeline: set KERAS_BACKEND to tensorflow, received "
            f"{keras.backend.backend()!r}."
        )
