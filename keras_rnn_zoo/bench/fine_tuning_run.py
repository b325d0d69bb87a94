"""One figure of the fine-tuning bench: a model, a few labels, its accuracy."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from rich.console import Console

from keras_rnn_zoo.bench.fine_tuning_transfer import Recipe, Transfer, draw
from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import (
    SlantedTriangular,
    discriminative_optimizer,
    gradual_unfreezing,
    layer_groups,
    recompile,
    with_head,
)
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import read
from keras_rnn_zoo.training.fit import train, untrained_model
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.saving import load_model


def trained_before(transfer: Transfer, path: Path, console: Console) -> list[np.ndarray]:
    """The weights of the model that is fine-tuned; trained if it does not lie at `path` yet.

    Raises:
        ZooError: another model lies there.
    """
    if not path.exists():
        with RunFolder(path) as folder:
            resumes = folder.open(transfer.config.to_yaml())
            train(transfer.config, transfer.before, folder, resumes, console)
            folder.finish()
    if read(path / "config.yaml") != transfer.config:
        raise ZooError(f"{path} holds a model of other settings: remove it, or choose another --root.")
    return load_model(path / "model.keras").get_weights()


def accuracy_of(transfer: Transfer, weights: list | None, labels: int, seed: int, split: str) -> float:
    """The accuracy on `split` after training on `labels` drawn ones, from `weights` or, without them, from scratch."""
    model = _model(transfer, weights, seed)
    recipe = transfer.recipes["from scratch" if weights is None else "fine-tuned"]
    if labels:
        examples = draw(transfer.labelled.train, labels, seed)
        learn = _train if weights is None or not transfer.gradual else _train_gradually
        learn(model, _batches(transfer, examples, recipe.batch_size, seed), recipe)
    return _accuracy(transfer, model, getattr(transfer.labelled, split))


def _model(transfer: Transfer, weights: list | None, seed: int) -> keras.Model:
    """The model before its first label, compiled."""
    training = transfer.config.training.model_copy(update={"seed": seed})
    model = untrained_model(transfer.config.model_copy(update={"training": training}), transfer.before.spec)
    if weights is not None:
        model.set_weights(weights)
    if transfer.pooling:
        model = with_head(model, transfer.labelled.spec.builder_arguments["outputs"], pooling=transfer.pooling)
    about = objectives.get(transfer.labelled.spec.objective)
    model.compile(keras.optimizers.Adam(global_clipnorm=1.0), about.loss, weighted_metrics=about.metrics())
    return model


def _train(model, batches: SequenceBatcher, recipe: Recipe):
    """All layers at one rate."""
    epochs = _epochs(batches, recipe.updates)
    rate = SlantedTriangular(recipe.learning_rate, steps=epochs * len(batches))
    recompile(model, keras.optimizers.Adam(rate, global_clipnorm=1.0))
    model.fit(batches.dataset(), epochs=epochs, verbose=0, shuffle=False)


def _train_gradually(model, batches: SequenceBatcher, recipe: Recipe):
    """As Howard & Ruder (2018): one more layer at each turn, a lower rate the nearer it is to the input."""
    epochs = _epochs(batches, recipe.updates / len(layer_groups(model)))
    rate = SlantedTriangular(recipe.learning_rate, steps=epochs * len(batches))
    like = keras.optimizers.Adam(global_clipnorm=1.0)
    for _ in gradual_unfreezing(model):
        recompile(model, discriminative_optimizer(model, like, learning_rate=rate))
        model.fit(batches.dataset(), epochs=epochs, verbose=0, shuffle=False)


def _epochs(batches: SequenceBatcher, updates: float) -> int:
    return max(2, round(updates / len(batches)))


def _batches(transfer: Transfer, examples: Examples, batch_size: int, seed: int) -> SequenceBatcher:
    multiple = transfer.config.training.length_multiple
    return SequenceBatcher(
        examples, batch_size, transfer.labelled.spec.padding, seed=seed, bucket=False, length_multiple=multiple
    )


def _accuracy(transfer: Transfer, model, split: Examples) -> float:
    multiple, padding = transfer.config.training.length_multiple, transfer.labelled.spec.padding
    batches = SequenceBatcher(split, 125, padding, shuffle=False, bucket=True, length_multiple=multiple)
    return float(model.evaluate(batches.dataset(), verbose=0, return_dict=True)["accuracy"])
