"""From what a command names to a model: a configuration, a finished run, or a `.keras` file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.catalogue import find_config, list_configs
from keras_rnn_zoo.training.config import RunConfig, read
from keras_rnn_zoo.training.trained import open_run


def find_model(name: str, overrides: list[str] = ()) -> Callable:
    """What opens the model that `name` stands for; finding it needs no Keras, opening it does.

    Args:
        name: a `.keras` file; a configuration's name or YAML file, whose model has fresh weights; or a finished run, its
            folder or its name below `runs/` or `saved_models/`. A folder goes before a configuration of the same name.
        overrides: keys of a configuration to change, such as `"model.units=64"`.

    Returns:
        A function without arguments, which returns the compiled model, and of a configuration a batch of its training
        inputs as `fit` takes them, otherwise `None`.

    Raises:
        ZooError: there is no such thing, it is damaged, or `overrides` are given for what is no configuration.
    """
    if _is_configuration(name):
        return partial(_configured, _checked(read(find_config(name)[1], overrides)))
    if overrides:
        raise ZooError(f"--set changes a configuration: {name} is none, leave it out.")
    if not name.endswith(".keras"):
        trained = open_run(name)
        return lambda: (trained.load_model(), None)
    if not Path(name).is_file():
        raise ZooError(f"There is no file {name}: give a .keras file, a configuration or a finished run.")
    return partial(_saved, name)


def _is_configuration(name: str) -> bool:
    if Path(name).is_dir() or name.endswith(".keras"):
        return False
    known = list_configs()
    return name.endswith((".yaml", ".yml")) or name in known or name in {identity.split("/")[1] for identity in known}


def _checked(config: RunConfig) -> RunConfig:
    from keras_rnn_zoo.training.data import check_dataset

    check_dataset(config)
    return config


def _saved(path: str):
    from keras_rnn_zoo.training.saving import load_model

    return load_model(path), None


def _configured(config: RunConfig):
    from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
    from keras_rnn_zoo.training.fit import untrained_model
    from keras_rnn_zoo.training.runner import load_dataset

    dataset, training = load_dataset(config), config.training
    model = untrained_model(config, dataset.spec)
    batches = SequenceBatcher(dataset.train, training.batch_size, dataset.spec.padding, seed=training.seed)
    return model, batches[0][0]
