"""Which runs a quality bench consists of, where each lies, and whether they can be compared."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

from keras_rnn_zoo.bench.once import check_once
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.catalogue import find_config
from keras_rnn_zoo.training.config import RunConfig, read, with_options_of
from keras_rnn_zoo.training.folder import NEEDED_FILES, RunFolder
from keras_rnn_zoo.training.trained import TrainedRun, open_run


@dataclass(frozen=True)
class QualityRun:
    """One configuration trained with one seed.

    Attributes:
        config: the configuration as it was asked for. identity: its name. path: its file.
        changes: what is set otherwise than in the file, the seed included. settings: what comes of it.
        folder: where the run lies once it is finished.
    """

    config: str
    identity: str
    path: Path
    changes: list[str]
    settings: RunConfig
    folder: Path

    @property
    def seed(self) -> int:
        """The seed it is trained with."""
        return self.settings.training.seed

    @property
    def log(self) -> Path:
        """What training printed."""
        return self.folder.with_name(f"{self.folder.name}.log")

    def command(self) -> list[str]:
        """The arguments of `keras-rnn-zoo` that train it."""
        changes = [part for change in self.changes for part in ("--set", change)]
        return ["train", self.config, *changes, "--output", str(self.folder)]

    def finished(self) -> TrainedRun | None:
        """The run that lies in its folder, if there is one.

        Raises:
            ZooError: something else lies there, or a run of other settings, finished or not.
        """
        if not self.folder.exists():
            self._check_unfinished()
            return None
        if not all((self.folder / name).is_file() for name in NEEDED_FILES):
            raise ZooError(f"{self.folder} is no finished run: remove it, or choose another --root.")
        self._check_same(self.folder, read(self.folder / "config.yaml"))
        return open_run(str(self.folder), roots=())

    def _check_unfinished(self):
        unfinished = RunFolder(self.folder)
        if unfinished.checkpoint.exists():
            self._check_same(unfinished.partial, read(unfinished.partial / "config.yaml"))

    def _check_same(self, folder: Path, found: RunConfig):
        differing = differences(found.model_dump(), self.settings.model_dump())
        if differing:
            listed = ", ".join(f"{key}: {there!r} there, {here!r} asked for" for key, there, here in differing)
            raise ZooError(f"{folder} holds a run of other settings ({listed}): remove it, or choose another --root.")


def planned_runs(configs: list[str], seeds: list[int], changes: list[str], root: Path) -> list[QualityRun]:
    """The runs of all `configs` with all `seeds`, in this order.

    Raises:
        ZooError: a configuration or a seed is given twice, a configuration is unknown or wrong, or they are on
            different data.
    """
    found = [(config, *find_config(config)) for config in configs]
    check_once("Configuration", [identity for _, identity, _ in found])
    check_once("Seed", seeds)
    for change in changes:
        if change.partition("=")[0].strip() == "training.seed":
            raise ZooError(f"--set {change}: give the seeds with --seeds.")
    runs = []
    for config, identity, path in found:
        for seed in seeds:
            own = [*changes, f"training.seed={seed}"]
            runs.append(QualityRun(config, identity, path, own, read(path, own), root / identity / f"seed_{seed}"))
    _check_same_data(runs)
    return runs


def check_models(runs: list[QualityRun]):
    """Raises a `ZooError` for an unknown builder and for arguments it does not take; imports Keras."""
    from keras_rnn_zoo import builders

    for run in runs:
        if run.settings.finetuning:
            raise ZooError(
                f"{run.identity} begins with a preset: bench quality compares configurations with a builder."
            )
        with_options_of(builders.get(run.settings.builder), run.settings.model, f"{run.identity}: model")


def model_argument(settings: RunConfig, name: str):
    """The value of a builder's argument in `settings`, its default where it is left out, None if it has none."""
    from keras_rnn_zoo import builders

    parameter = inspect.signature(builders.get(settings.builder)).parameters.get(name)
    default = None if parameter is None or parameter.default is parameter.empty else parameter.default
    return settings.model.get(name, default)


def differences(first: dict, second: dict, prefix: str = "") -> list[tuple]:
    """The keys at which nested dictionaries differ, each with both values.

    >>> differences({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}})
    [('b.c', 2, 3)]
    """
    found = []
    for key in [*first, *(key for key in second if key not in first)]:
        there, here = first.get(key), second.get(key)
        if isinstance(there, dict) and isinstance(here, dict):
            found += differences(there, here, f"{prefix}{key}.")
        elif there != here:
            found.append((f"{prefix}{key}", there, here))
    return found


def _check_same_data(runs: list[QualityRun]):
    """The dataset fixes the headline metric too, so equal data are enough to compare by."""
    from keras_rnn_zoo.datasets.catalogue import check

    first = runs[0]
    check(first.settings.dataset.name, first.settings.dataset.options)
    for run in runs:
        differing = differences(_data(first.settings), _data(run.settings))
        if differing:
            listed = ", ".join(f"{key}: {there!r} and {here!r}" for key, there, here in differing)
            raise ZooError(
                f"{first.identity} and {run.identity} cannot be compared, they differ in their data ({listed}): "
                "give configurations of one dataset, or make them equal with --set."
            )


def _data(settings: RunConfig) -> dict:
    return {
        "dataset": settings.dataset.model_dump(),
        "training": {"limit_examples": settings.training.limit_examples},
    }
