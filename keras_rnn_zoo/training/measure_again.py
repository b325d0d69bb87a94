"""A finished run, measured anew with the package as it is now."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.results import measure, report, write_results
from keras_rnn_zoo.training.samples import samples
from keras_rnn_zoo.training.trained import TrainedRun

_OF_TRAINING = ("identity", "seed", "epochs", "seconds", "machine", "versions", "before")
_REPLACED = ("metrics.json", "samples.txt", "curves.png")


def measure_again(trained: TrainedRun, console):
    """Replaces `metrics.json`, `samples.txt` and `curves.png` of a run, each as a whole, once all of them are made.

    What `metrics.json` says of the training stays: identity, seed, epochs, seconds, machine, versions and the scores before.

    Raises:
        ZooError: the run has no history, or its files do not fit one another.
    """
    history, dataset, model = read_history(trained.folder), trained.load_dataset(), trained.load_model()
    before = {name: trained.metrics[name] for name in _OF_TRAINING if name in trained.metrics}
    measured = measure(model, trained.config, dataset, before.get("identity", ""), history, before.get("seconds", 0))
    metrics = {**measured, **before}
    lines = samples(model, trained.config, dataset, dataset.test)
    with TemporaryDirectory(prefix=".measured_", dir=trained.folder) as beside:
        new = RunFolder(Path(beside) / "run")
        new.partial.mkdir()
        write_results(new, dataset.spec, history, metrics, lines)
        for name in _REPLACED:
            os.replace(new.partial / name, trained.folder / name)
    report(console, trained.folder, metrics, lines)


def read_history(folder: Path) -> list[dict]:
    """The content of a run's `history.csv`: one dictionary an epoch."""
    path = folder / "history.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            history = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    except (OSError, ValueError, TypeError) as error:
        raise ZooError(f"{path} is needed to draw curves.png again, but is missing or damaged: {error}.") from error
    if not history:
        raise ZooError(f"{path} is damaged: it holds no epoch. Train the run again.")
    return history
