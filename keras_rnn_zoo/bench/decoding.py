"""How fast models write, and one table of it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo.bench.circumstances import circumstances
from keras_rnn_zoo.bench.decoding_table import table_of_decoding
from keras_rnn_zoo.bench.files import BenchFiles, check_name
from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.errors import unknown_name
from keras_rnn_zoo.training.backend import import_keras

MODELS = ("translator", "captioner", "language_model")


@dataclass(frozen=True)
class DecodingBench:
    """What was asked for.

    Attributes:
        models: of `MODELS`; none: all. batch: sequences side by side. rounds: how often each way is timed. output: where
            the table goes. name: the table's.
    """

    models: list[str]
    batch: int
    rounds: int
    output: Path
    name: str

    def run(self, console: Console) -> list[str]:
        """Times all and returns the table's lines; it lies in `output` with JSON, as far as it is known.

        Raises:
            ZooError: the input is wrong, or the two ways do not write the same.
        """
        models = self._checked()
        import_keras()
        import keras

        backend = keras.backend.backend()
        files = BenchFiles(self.output, self.name, self._command(models, backend), table_of_decoding)
        record = {"command": files.command, **circumstances(backend), "rounds": self.rounds, "rows": []}
        from keras_rnn_zoo.bench.decoding_row import decoding_row

        for model in models:
            row = decoding_row(model, self.batch, self.rounds)
            record["rows"].append(row)
            files.write(record)
            told = f"{model}: {row['greedy']['symbols_per_second']:,.0f} symbols a second, {row['ratio']:.1f} times"
            console.print(f"{told} the loop; {len(record['rows'])} of {len(models)}", markup=False, soft_wrap=True)
        return files.table()

    def _checked(self) -> list[str]:
        for model in self.models:
            if model not in MODELS:
                raise unknown_name("model to decode with", model, MODELS)
        check_once("Model", self.models)
        check_name(self.name)
        return self.models or list(MODELS)

    def _command(self, models: list[str], backend: str) -> str:
        """The command that writes this table, its defaults spelt out."""
        words = ["keras-rnn-zoo", "bench", "decoding", *(word for model in models for word in ("--models", model))]
        words += ["--batch", str(self.batch), "--rounds", str(self.rounds)]
        words += ["--output", str(self.output), "--name", self.name]
        return f"KERAS_BACKEND={backend} {shlex.join(words)}"
