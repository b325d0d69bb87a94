"""Train a model epoch by epoch, so that it can be stopped at any moment and go on."""

from __future__ import annotations

import contextlib
import copy
import time

import keras

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import merged
from keras_rnn_zoo.generation import writer_for
from keras_rnn_zoo.gradients import NonFiniteGuard, OmegaProbe, hindrance, preserves_norms
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.checkpoint import Checkpoint
from keras_rnn_zoo.training.config import DecodingConfig, RunConfig, TrainingConfig
from keras_rnn_zoo.training.decoded_scores import DecodedScores
from keras_rnn_zoo.training.digest import digest_of
from keras_rnn_zoo.training.distribution import distributed
from keras_rnn_zoo.training.finetuned import changes, finetuned_model, scores_before
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.model import build_model, compile_model
from keras_rnn_zoo.training.progress import TrainingProgress
from keras_rnn_zoo.training.results import as_csv


def train(config: RunConfig, dataset: Dataset, folder: RunFolder, resumes: bool, console, fit=None):
    """Trains what `config` describes and saves it as `model.keras` in `folder`.

    Args:
        fit: what is called in place of `keras.Model.fit`, with the model first and else the same, by those who watch it;
            `None`: that.

    Returns:
        The history, one dictionary an epoch; the seconds that earlier attempts at the same run took; and what a model to be
        fine-tuned scored before, see `finetuned.scores_before`.
    """
    training = config.training
    _prepare(training)
    devices = training.distribution.devices if training.distribution else None
    with distributed(devices), _dtype_policy(training.dtype_policy):
        model = _begun(config, dataset.spec)
        _check_decoding(model, config, dataset.spec)
        batches = _batches(training, dataset)
        steps = len(batches["train"]) * training.epochs
        compile_model(model, training, dataset.spec.objective, steps, config.finetuning)
        before = _before(model, config, dataset, console)
        callbacks = _callbacks(training, dataset.spec)
        decoded = _decoded_scores(dataset, training, console)
        checkpoint = Checkpoint(folder.checkpoint, callbacks, digest_of(dataset.train))
        checkpoint.restore(model)
        if resumes and checkpoint.epochs_done:
            console.print(f"Resuming after epoch {checkpoint.epochs_done}.")
        seconds_before = sum(row["seconds"] for row in checkpoint.history)
        _fit(fit or keras.Model.fit, model, training, batches, folder, decoded + callbacks, checkpoint, console)
        if config.finetuning:  # What is saved is an ordinary model again, with one optimizer.
            model = merged(model) if config.finetuning.adapters else model
            compile_model(model, training, dataset.spec.objective, steps)
        model.save(folder.partial / "model.keras")
    return checkpoint.history, seconds_before, before


def untrained_model(config: RunConfig, spec: DatasetSpec) -> keras.Model:
    """The model that `config` describes, compiled, with the weights that a run of it begins with."""
    training = config.training
    _prepare(training)
    with _dtype_policy(training.dtype_policy):
        model = _begun(config, spec)
        compile_model(model, training, spec.objective, training.epochs, config.finetuning)
    return model


def _begun(config: RunConfig, spec: DatasetSpec) -> keras.Model:
    return finetuned_model(config, spec) if config.finetuning else build_model(config, spec)


def _before(model, config: RunConfig, dataset: Dataset, console) -> dict:
    if not config.finetuning:
        return {}
    for line in changes(config, dataset.spec):
        console.print(line, markup=False, soft_wrap=True)
    return scores_before(model, config, dataset)


def _check_decoding(model, config: RunConfig, spec: DatasetSpec):
    """Refuses a way of writing before hours of training."""
    decoding = config.decoding
    if spec.objective in ("symbols", "ctc"):
        writer_for(model, decoding.max_length or 1 + decoding.min_length, **decoding.options())
    elif decoding != DecodingConfig():
        raise ZooError(f"decoding: a model for {spec.name} answers at once and writes nothing: leave it out.")


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


def _fit(fit, model, training, batches, folder, callbacks, checkpoint, console):
    console.print(f"Padding: {batches['train'].padding_share():.1%} of the steps trained on.", highlight=False)
    if training.distribution:
        console.print("Shared among devices: the last batch of an epoch is left out where it is not full.")
    history = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: folder.write("history.csv", as_csv(checkpoint.history))
    )
    epochs = checkpoint.epochs_done if checkpoint.stopped else training.epochs
    omega = [OmegaProbe(*batches["validation"][0])] if preserves_norms(model) else []
    guard, progress = _guard(batches["train"], console), TrainingProgress(training.epochs, console)
    guards = [] if hindrance(model) else [guard]
    with contextlib.closing(progress), contextlib.closing(guard):
        fit(
            model,
            batches["train"].dataset(),
            validation_data=batches["validation"].dataset(),
            epochs=epochs,
            initial_epoch=checkpoint.epochs_done,
            shuffle=False,
            verbose=0,
            callbacks=[_Epoch(batches["train"]), *omega, *guards, *callbacks, checkpoint, history, progress],
        )


def _guard(batcher, console) -> NonFiniteGuard:
    """Stops training at gradients that are not finite, and says where they went."""

    def batch(epoch, number):
        again = copy.copy(batcher)
        again.set_epoch(epoch)
        return again[number]

    return NonFiniteGuard(batch, report=lambda message: console.print(message, markup=False, soft_wrap=True))


class _Epoch(keras.callbacks.Callback):
    """Gives each epoch its own order; its duration, and the target steps trained on a second, to the history."""

    def __init__(self, batcher):
        super().__init__()
        self.batcher = batcher

    def on_epoch_begin(self, epoch, logs=None):
        self.batcher.set_epoch(epoch)
        self.started = self.trained = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        self.trained = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        if "targets" in self.batcher.padding:
            logs["tokens_per_second"] = self.batcher.real_steps("targets") / max(self.trained - self.started, 1e-9)
        logs["seconds"] = time.monotonic() - self.started


def _decoded_scores(dataset: Dataset, training: TrainingConfig, console) -> list:
    if not dataset.spec.writes:
        return []
    headline, _ = objectives.headline_of(dataset.spec, training.monitor)
    return [DecodedScores(dataset, headline if headline in dataset.spec.scores else None, console)]


def _callbacks(training: TrainingConfig, spec: DatasetSpec) -> list:
    score, larger_is_better = objectives.headline_of(spec, training.monitor)
    if training.monitor == "loss":
        score, larger_is_better = "loss", False
    watched = {"monitor": f"val_{score}", "mode": "max" if larger_is_better else "min"}
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


@contextlib.contextmanager
def _dtype_policy(name: str):
    """Builds layers in another precision for a while."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
