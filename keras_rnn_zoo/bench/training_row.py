"""One configuration's line: the run that `train` makes of it, and the same model in stock Keras, epoch by epoch in turn."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

import keras
import numpy as np
from rich.console import Console

from keras_rnn_zoo.bench.training_clock import Clock, Traces
from keras_rnn_zoo.bench.training_stock import plain_batches, stock_model
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.data import load_dataset
from keras_rnn_zoo.training.fit import train
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.model import compile_model

TOLERANCE = 1e-4


def training_row(identity: str, config: RunConfig, steps: int, rounds: int) -> dict:
    """Trains both ways, an epoch to compile and `rounds` that are timed, each of `steps` batches of the same examples.

    Raises:
        ZooError: the data is missing, stock Keras has no such model, or the two do not answer the same.
    """
    config = _cut(config, steps, rounds)
    dataset = load_dataset(config)
    race = _Race(config, dataset)
    with tempfile.TemporaryDirectory() as folder, RunFolder(Path(folder) / "run") as run:
        run.open(config.to_yaml())
        train(config, dataset, run, False, Console(quiet=True), fit=race.fit)
    return {"config": identity, "batch_size": config.training.batch_size, **race.row()}


def _cut(config: RunConfig, steps: int, rounds: int) -> RunConfig:
    """The same run of `1 + rounds` short epochs, which nothing ends early."""
    training = {
        "epochs": 1 + rounds,
        "limit_examples": steps * config.training.batch_size,
        "patience": None,
        "halve_learning_rate_after": None,
    }
    return config.model_copy(update={"training": config.training.model_copy(update=training)})


class _Race:
    """The two of them, and what is known of each."""

    def __init__(self, config: RunConfig, dataset: Dataset):
        self.training, self.dataset = config.training, dataset

    def fit(self, model, batches, *, callbacks, **options):
        """In place of `keras.Model.fit`: a round of stock Keras before each epoch but the first, which compiles."""
        stock = stock_model(model)
        compile_model(stock, self.training, self.dataset.spec.objective, len(batches) * self.training.epochs)
        plain = plain_batches(
            self.dataset.train, self.dataset.spec.padding, self.training.batch_size, self.training.seed
        )
        _check_same(stock, model, next(iter(plain.take(1))))
        self.stock, self.zoo = _Runner(stock, plain), _Runner(model, batches)
        self.stock.fit(shuffle=False)
        turns = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.stock.fit(shuffle=False) if epoch else None
        )
        self.zoo.fit([*callbacks, turns], **options)

    def row(self) -> dict:
        """Both runners' figures, and how many times as fast as stock Keras the zoo is."""
        tokens = self._tokens()
        stock, zoo = (runner.figures(tokens) for runner in (self.stock, self.zoo))
        ratios = [
            of_zoo / of_stock
            for of_stock, of_zoo in zip(stock["tokens_per_second"], zoo["tokens_per_second"], strict=True)
        ]
        return {
            "parameters": self.zoo.model.count_params(),
            "steps": len(self.zoo.batches),
            "tokens": tokens,
            "stock": stock,
            "zoo": zoo,
            "ratio": round(median(ratios), 4),
            "ratios": [round(ratio, 4) for ratio in ratios],
        }

    def _tokens(self) -> int:
        """Real steps that are read in an epoch."""
        (name,) = self.dataset.train.inputs
        return SequenceBatcher(self.dataset.train, self.training.batch_size, self.dataset.spec.padding).real_steps(name)


class _Runner:
    """A compiled model, the batches that it is fitted to, and what came of it."""

    def __init__(self, model: keras.Model, batches):
        self.model, self.batches = model, batches
        self.traces, self.losses, self.clock = Traces(model), [], None

    def fit(self, callbacks=(), *, epochs=1, verbose=0, **options):
        self.clock = self.clock or Clock()
        history = self.model.fit(
            self.batches, epochs=epochs, verbose=verbose, callbacks=[*callbacks, self.clock], **options
        )
        self.losses += history.history["loss"]

    def figures(self, tokens: int) -> dict:
        """The first epoch compiled: the others count."""
        seconds = self.clock.epochs[1:]
        waiting, steps = zip(*(self._read() for _ in seconds))
        return {
            "tokens_per_second": [round(tokens / of_epoch, 1) for of_epoch in seconds],
            "first_step_s": round(self.clock.first_step, 3),
            "padding_share": round(1 - tokens / steps[0], 4),
            "pipeline_share": round(median(waiting) / median(seconds), 4),
            "traces": self.traces.count,
            "compiled_by_xla": bool(self.model.jit_compile),
            "loss": round(self.losses[-1], 4),
        }

    def _read(self) -> tuple[float, int]:
        """The seconds that an epoch's batches take when nobody trains on them, and their steps, padding included."""
        start, steps = time.perf_counter(), 0
        for inputs, _ in self.batches:
            steps += inputs.shape[0] * inputs.shape[1]
        return time.perf_counter() - start, steps


def _check_same(stock, zoo, batch):
    answers = [np.asarray(model.predict_on_batch(batch[0])) for model in (stock, zoo)]
    difference = np.abs(answers[0] - answers[1]).max()
    if not difference <= TOLERANCE:
        raise ZooError(
            f"{zoo.name}: stock Keras and the zoo's model differ by {difference:.2g} in an answer, expected at most "
            f"{TOLERANCE:.2g}; timing them would mean nothing."
        )
