"""From a configuration to a folder that holds a trained and measured model."""

from __future__ import annotations

import contextlib
import csv
import inspect
import io
import json
import math
import os
import platform
import time
from dataclasses import replace
from pathlib import Path

import keras
from rich.console import Console

from keras_rnn_zoo import builders, datasets
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.plots.curves import plot_curves
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.checkpoint import Checkpoint
from keras_rnn_zoo.training.config import OptimizerConfig, RunConfig, TrainingConfig, with_options_of
from keras_rnn_zoo.training.distribution import distributed
from keras_rnn_zoo.training.evaluate import baseline, evaluate
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.progress import TrainingProgress
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
        history, seconds_before = _train(config, dataset, folder, resumes, console)
        _check_finite(history, objectives.get(dataset.spec.objective).headline)
        model = load_model(folder.partial / "model.keras")
        seconds = seconds_before + time.monotonic() - started
        metrics = _measure(model, config, dataset, identity, history, seconds)
        lines = samples(model, dataset.spec, dataset.test)
        _write_results(folder, dataset.spec, history, metrics, lines)
        folder.finish()
    _report(console, folder.final, metrics, lines)
    return folder.final


def build_model(config: RunConfig, spec: DatasetSpec) -> keras.Model:
    """The model that `config` describes, with the arguments that the data fixes filled in; not compiled."""
    builder = builders.get(config.builder)
    with_options_of(builder, config.model, "model")
    arguments = {**spec.builder_arguments, **config.model}
    accepted = inspect.signature(builder).parameters
    surplus = [name for name in arguments if name not in accepted]
    if surplus:
        raise ZooError(_mismatch(config, spec, f"it takes no {', '.join(surplus)}"))
    for name, parameter in accepted.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise ZooError(f"model.{name}: this key is missing; builder {config.builder} needs it.")
    try:
        model = builder(**arguments)
    except (TypeError, ValueError) as error:
        if isinstance(error, ZooError):
            raise
        raise ZooError(f"model: {config.builder} cannot be built from {arguments}: {error}") from error
    per_step = spec.objective in ("labels", "symbols", "notes")
    if (len(model.output_shape) == 3) != per_step:
        raise ZooError(_mismatch(config, spec, f"its output has the shape {model.output_shape}"))
    return model


def _mismatch(config, spec, reason) -> str:
    return (
        f"builder: {config.builder} does not fit dataset {spec.name}, which is for models of the pattern "
        f"{spec.pattern}: {reason}."
    )


def compile_model(model: keras.Model, training: TrainingConfig, objective: str, steps: int):
    """Compiles `model` with the loss and metrics of `objective` and the optimizer that `training` names.

    `steps` is the number of updates of the whole run, over which a schedule is laid.
    """
    about = objectives.get(objective)
    model.compile(
        make_optimizer(training.optimizer, steps),
        about.loss,
        weighted_metrics=about.metrics(),
        jit_compile=training.jit_compile,
    )


def make_optimizer(chosen: OptimizerConfig, steps: int) -> keras.optimizers.Optimizer:
    """The Keras optimizer that `chosen` describes, its schedule laid over `steps` updates."""
    known = {name.lower() for name, value in vars(keras.optimizers).items() if inspect.isclass(value)}
    if chosen.name.lower() not in known - {"lossscaleoptimizer", "optimizer"}:
        raise unknown_name("optimizer", chosen.name, known - {"lossscaleoptimizer", "optimizer"})
    rate = chosen.learning_rate
    if chosen.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    config = {"learning_rate": rate, "global_clipnorm": chosen.global_clipnorm, **chosen.options}
    try:
        return keras.optimizers.get({"class_name": chosen.name, "config": config})
    except (ValueError, TypeError) as error:
        raise ZooError(f"training.optimizer: {' '.join(str(error).split())}") from error


def describe_dataset(spec: DatasetSpec) -> str:
    """What using the model needs to know of the data, as JSON."""
    return json.dumps(
        {
            "name": spec.name,
            "description": spec.description,
            "objective": spec.objective,
            "writes": spec.writes,
            "padding": spec.padding,
            "labels": list(spec.labels),
            "licence": spec.licence,
            "citation": spec.citation,
            "vocabularies": {field: vocabulary.to_dict() for field, vocabulary in spec.vocabularies.items()},
        },
        ensure_ascii=False,
        indent=1,
    )


def _check_names(config: RunConfig):
    with_options_of(builders.get(config.builder), config.model, "model")
    datasets.catalogue.check(config.dataset.name, config.dataset.options)
    make_optimizer(config.training.optimizer, steps=1)
    devices = config.training.distribution.devices if config.training.distribution else 1
    if config.training.batch_size % devices:
        raise ZooError(f"training.batch_size={config.training.batch_size} cannot be shared among {devices} devices.")


def load_dataset(config: RunConfig) -> Dataset:
    """The data that `config` names, cut to its `limit_examples`."""
    dataset = datasets.load(config.dataset.name, **config.dataset.options)
    limit = config.training.limit_examples
    if limit is None:
        return dataset
    return replace(
        dataset,
        train=dataset.train.take(limit),
        validation=dataset.validation.take(limit),
        test=dataset.test.take(limit),
    )


def _train(config, dataset, folder, resumes, console):
    """Trains and saves `model.keras`; returns the history and the seconds that earlier attempts took."""
    training = config.training
    _prepare(training)
    devices = training.distribution.devices if training.distribution else None
    with distributed(devices), _dtype_policy(training.dtype_policy):
        model = build_model(config, dataset.spec)
        batches = _batches(training, dataset)
        compile_model(model, training, dataset.spec.objective, steps=len(batches["train"]) * training.epochs)
        callbacks = _callbacks(training, dataset.spec)
        checkpoint = Checkpoint(folder.checkpoint, callbacks)
        checkpoint.restore(model)
        if resumes and checkpoint.epochs_done:
            console.print(f"Resuming after epoch {checkpoint.epochs_done}.")
        seconds_before = sum(row["seconds"] for row in checkpoint.history)
        _fit(model, training, batches, folder, callbacks, checkpoint, console)
        model.save(folder.partial / "model.keras")
    return checkpoint.history, seconds_before


def _batches(training: TrainingConfig, dataset: Dataset) -> dict[str, SequenceBatcher]:
    return {
        name: SequenceBatcher(
            getattr(dataset, name),
            training.batch_size,
            dataset.spec.padding,
            shuffle=name == "train",
            seed=training.seed,
            bucket=training.bucket,
            length_multiple=training.length_multiple,
            drop_remainder=training.distribution is not None,
        )
        for name in ("train", "validation")
    }


def _fit(model, training, batches, folder, callbacks, checkpoint, console):
    if training.distribution:
        console.print("Shared among devices: the last batch of an epoch is left out where it is not full.")
    history = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: folder.write("history.csv", _as_csv(checkpoint.history))
    )
    epochs = checkpoint.epochs_done if checkpoint.stopped else training.epochs
    with contextlib.closing(TrainingProgress(training.epochs, console)) as progress:
        model.fit(
            batches["train"].dataset(),
            validation_data=batches["validation"].dataset(),
            epochs=epochs,
            initial_epoch=checkpoint.epochs_done,
            shuffle=False,
            verbose=0,
            callbacks=[_Epoch(batches["train"]), *callbacks, checkpoint, history, progress],
        )


class _Epoch(keras.callbacks.Callback):
    """Gives each epoch its own order, and its duration to the history."""

    def __init__(self, batcher):
        super().__init__()
        self.batcher = batcher

    def on_epoch_begin(self, epoch, logs=None):
        self.batcher.set_epoch(epoch)
        self.started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = time.monotonic() - self.started


def _callbacks(training: TrainingConfig, spec: DatasetSpec) -> list:
    objective = objectives.get(spec.objective)
    watched = {"monitor": f"val_{objective.headline}", "mode": "max" if objective.larger_is_better else "min"}
    callbacks = [
        keras.callbacks.EarlyStopping(
            **watched, patience=training.patience or training.epochs, restore_best_weights=True
        )
    ]
    if training.halve_learning_rate_after:
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                **watched, factor=0.5, patience=training.halve_learning_rate_after, min_delta=0.0
            )
        )
    return [*callbacks, keras.callbacks.TerminateOnNaN()]


def _prepare(training: TrainingConfig):
    keras.utils.set_random_seed(training.seed)
    if training.deterministic and keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


class _dtype_policy:
    """Builds layers in another precision for a while."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(self.name)

    def __exit__(self, *exception):
        keras.config.set_dtype_policy(self.before)


def _measure(model, config, dataset, identity, history, seconds) -> dict:
    batch_size = config.training.batch_size
    return {
        "identity": identity,
        "test": evaluate(model, dataset, dataset.test, batch_size),
        "baseline": baseline(dataset, dataset.test),
        "validation": evaluate(model, dataset, dataset.validation, batch_size),
        "headline": objectives.get(dataset.spec.objective).headline,
        "examples": {name: len(getattr(dataset, name)) for name in ("train", "validation", "test")},
        "seed": config.training.seed,
        "epochs": len(history),
        "seconds": round(seconds, 1),
        "parameters": model.count_params(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
        },
    }


def _check_finite(history, headline):
    """A run whose loss was no number from the first epoch on has learnt nothing."""
    if not any(math.isfinite(row[f"val_{headline}"]) and math.isfinite(row["loss"]) for row in history):
        raise ZooError(
            "The loss is not a finite number in any epoch: lower training.optimizer.learning_rate, and add --overwrite "
            "to discard this run."
        )


def _write_results(folder, spec, history, metrics, lines):
    headline = metrics["headline"]
    folder.write("dataset.json", describe_dataset(spec))
    folder.write("metrics.json", json.dumps(metrics, indent=2) + "\n")
    folder.write("samples.txt", "\n".join(lines) + "\n")
    plot_curves(history, folder.partial / "curves.png", headline, metrics["baseline"].get(headline))


def _as_csv(history: list[dict]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return file.getvalue()


def _report(console, folder, metrics, lines):
    console.print()
    for line in lines:
        console.print(f"  {line}", markup=False)
    console.print()
    base = metrics["baseline"]
    for name, value in metrics["test"].items():
        beside = f"   {base['name']}: {base[name]:.4f}" if name in base else ""
        console.print(f"test {name}: {value:.4f}{beside}", markup=False)
    console.print(f"saved: {folder / 'model.keras'}   curves: {folder / 'curves.png'}", soft_wrap=True, markup=False)
