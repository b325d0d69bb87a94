"""Test pictures with what a finished run writes about them."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.catalogue import DATASETS
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import writer_for
from keras_rnn_zoo.plots.captions import plot_captions
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.decoded import longest_answer, questions, write
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.trained import TrainedRun


def draw_captions(trained: TrainedRun, output: Path, count: int = 12) -> list[str]:
    """Draws `count` pictures of the test split, drawn once and for all, with captions that the run's decoding writes.

    Where the run reads features of photos, the photos of the same dataset are shown.

    Args:
        trained: a captioner's run.
        output: the picture's file.

    Returns:
        The captions.

    Raises:
        ZooError: the run reads no pictures.
    """
    dataset, decoding = load_dataset(trained.config), trained.config.decoding
    if "context" not in dataset.test.inputs or not dataset.spec.writes:
        raise ZooError(f"{trained.folder} writes nothing about pictures: a captioner's run is expected.")
    asked = questions(dataset.spec, dataset.test)
    chosen = np.random.default_rng(0).permutation(len(asked.references))[:count]
    examples = asked.examples.subset(chosen)
    pictures = _pictures(trained.config, dataset, examples, chosen)
    writer = writer_for(trained.load_model(), decoding.max_length or longest_answer(dataset), **decoding.options())
    decode = dataset.spec.vocabularies["targets"].decode
    texts = [decode(ids) for ids in write(writer, dataset.spec, examples)]
    plot_captions(pictures, texts, [asked.references[number] for number in chosen], output)
    return texts


def _pictures(config: RunConfig, dataset, examples, chosen) -> np.ndarray:
    """The pictures that the chosen questions are about."""
    shown = np.stack(list(examples.inputs["context"]))
    if shown.ndim in (3, 4):
        return shown
    if "features" not in inspect.signature(DATASETS[config.dataset.name]).parameters:
        raise ZooError(f"{dataset.spec.name} holds features without their pictures: there is nothing to show.")
    options = {**config.dataset.options, "features": False}
    photos = load_dataset(config.model_copy(update={"dataset": config.dataset.model_copy(update={"options": options})}))
    return np.stack(list(questions(photos.spec, photos.test).examples.subset(chosen).inputs["context"]))
