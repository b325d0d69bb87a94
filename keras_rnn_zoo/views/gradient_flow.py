"""Errors on their way back through time, before training and after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.gradients import gradients_through_time
from keras_rnn_zoo.plots.gradient_flow import plot_error_norms
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training.fit import untrained_model
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.trained import TrainedRun


def draw_gradient_flow(runs: Sequence[TrainedRun], output: Path) -> dict[str, dict[str, tuple]]:
    """Draws `||dL/dstate_t||` over the steps of a probe, the first batch of the test split, for each recurrent layer.

    Args:
        runs: finished runs, their folders named differently.
        output: the picture's file.

    Returns:
        By the run's and the layer's name, the mean norm at each step with the weights that training began with, and with
        those that it ended with, `(timesteps,)`; steps that are padding in every row are not a number.

    Raises:
        ZooError: a run's model has no recurrent layer.
    """
    norms = {run.folder.name: _norms(run, load_dataset(run.config)) for run in runs}
    plot_error_norms(norms, output)
    return norms


def _norms(run: TrainedRun, dataset: Dataset) -> dict[str, tuple]:
    probe = SequenceBatcher(dataset.test, run.config.training.batch_size, dataset.spec.padding, shuffle=False)[0]
    models = untrained_model(run.config, dataset.spec), run.load_model()
    measured = [gradients_through_time(model, *probe) for model in models]
    return {before.name: (_mean(before), _mean(after)) for before, after in zip(*measured, strict=True)}


def _mean(record) -> np.ndarray:
    return np.ma.masked_array(record.error_norms, ~record.mask).mean(axis=1).filled(np.nan)
