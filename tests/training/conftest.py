import io

import pytest
from rich.console import Console

from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.runner import run


def tiny_values(**training):
    """Early stopping and halving both have something to do in it, and so has dropout."""
    sizes = {"length": 10, "train": 600, "validation": 60, "test": 60}
    return {
        "builder": "many_to_one",
        "dataset": {"name": "temporal_order", "options": sizes},
        "model": {"cell": "gru", "units": 6, "dropout": 0.3},
        "training": {
            "epochs": 6,
            "batch_size": 16,
            "patience": 4,
            "halve_learning_rate_after": 1,
            "optimizer": {"name": "adam", "learning_rate": 0.1},
            **training,
        },
    }


@pytest.fixture
def tiny():
    """Makes the values of a tiny configuration, `training` changed as given."""
    return tiny_values


@pytest.fixture
def quiet():
    """A console that is no terminal; what was printed is in its `file`."""
    return Console(file=io.StringIO(), width=40, highlight=False)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a run that nothing interrupted."""
    config = configs.parse(tiny_values())
    return run(config, tmp_path_factory.mktemp("finished") / "run", console=Console(file=io.StringIO()))
