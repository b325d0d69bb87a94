"""From a configuration to a folder that holds a trained and measured model."""

from __future__ import annotations

import math
import time
from pathlib import Path

from rich.console import Console

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import RunConfig, with_options_of
from keras_rnn_zoo.training.data import check_dataset, load_dataset
from keras_rnn_zoo.training.fit import train
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.model import make_optimizer
from keras_rnn_zoo.training.results import measure, report, write_results
from keras_rnn_zoo.training.samples import samples
from keras_rnn_zoo.training.saving import load_model


def run(
    config: RunConfig, output, *, identity: str = "", overwrite: bool = False, console: Console | None = None
) -> Path:
    """Trains and measures what `config` describes; goes on where an interrupted run of the same stopped.

    Args:
        config: what to do, see `training.config.read`.
        output: the folder to make. It appears when the run has finished and then holds `model.keras` (compiled as it
            was trained), `config.yaml` (every key), `dataset.json` (vocabularies and labels), `metrics.json`,
            `history.csv`, `curves.png` and `samples.txt`.
        identity: the run's name in `metrics.json`.
        overwrite: replace a finished run there, once this one has finished.
        console: where progress goes.

    Raises:
        ZooError: the configuration does not fit builder or data, or a finished run is in the way.
    """
    console = console or Console(highlight=False)
    _check_names(config)
    with RunFolder(output) as folder:
        resumes = folder.open(config.to_yaml(), overwrite)
        dataset = load_dataset(config)
        console.print(
            f"{dataset.spec.description} {len(dataset.train):,} / {len(dataset.validation):,} / "
            f"{len(dataset.test):,} examples to train on, validate and test.",
            markup=False,
            soft_wrap=True,
        )
        started = time.monotonic()
        history, seconds_before, before = train(config, dataset, folder, resumes, console)
        _check_finite(history, objectives.headline_of(dataset.spec, config.training.monitor)[0])
        model = load_model(folder.partial / "model.keras")
        seconds = seconds_before + time.monotonic() - started
        metrics = measure(model, config, dataset, identity, history, seconds) | before
        lines = samples(model, config, dataset, dataset.test)
        write_results(folder, dataset.spec, history, metrics, lines)
        folder.finish()
    report(console, folder.final, metrics, lines)
    return folder.final


def _check_names(config: RunConfig):
    if config.builder:
        with_options_of(builders.get(config.builder), config.model, "model")
    check_dataset(config)
    make_optimizer(config.training.optimizer, steps=2)
    devices = config.training.distribution.devices if config.training.distribution else 1
    if config.training.batch_size % devices:
        raise ZooError(f"training.batch_size={config.training.batch_size} cannot be shared among {devices} devices.")


def _check_finite(history, headline):
    """A run whose loss was no number from the first epoch on has learnt nothing."""
    if not any(math.isfinite(row[f"val_{headline}"]) and math.isfinite(row["loss"]) for row in history):
        raise ZooError(
            "The loss is not a finite number in any epoch: lower training.optimizer.learning_rate, and add --overwrite "
            "to discard this run."
        )
