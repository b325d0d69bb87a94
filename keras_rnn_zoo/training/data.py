"""From a configuration to the data that it names; needs no Keras."""

from __future__ import annotations

from dataclasses import replace

from keras_rnn_zoo.datasets import catalogue
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.origin import open_origin


def load_dataset(config: RunConfig) -> Dataset:
    """The data that `config` names, cut to its `limit_examples`; with `finetuning` read by what the preset knows."""
    name, options, limit = config.dataset.name, config.dataset.options, config.training.limit_examples
    if config.finetuning:
        dataset = catalogue.load_like(open_origin(config.finetuning.preset).known(config.finetuning), name, **options)
    else:
        dataset = catalogue.load(name, **options)
    if limit is None:
        return dataset
    return replace(
        dataset,
        train=dataset.train.take(limit),
        validation=dataset.validation.take(limit),
        test=dataset.test.take(limit),
    )


def check_dataset(config: RunConfig) -> None:
    """Finds unknown names and options of datasets, and a preset that is not there, before anything slow begins."""
    if config.finetuning:
        open_origin(config.finetuning.preset)
    catalogue.check(
        config.dataset.name, config.dataset.options, catalogue.LIKE if config.finetuning else catalogue.DATASETS
    )
