"""Every trained model that comes along loads, and gives its metrics again where its data is at hand."""

import os
from pathlib import Path

import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.catalogue import list_configs
from keras_rnn_zoo.training.evaluate import evaluate
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.trained import open_run

ROOT = Path(__file__).parents[2] / "saved_models"
MODELS = sorted("/".join(path.parent.parts[-2:]) for path in ROOT.glob("*/*/model.keras"))


def test_there_are_some_and_each_has_a_configuration():
    assert MODELS and set(MODELS) <= set(list_configs())


@pytest.mark.parametrize("identity", MODELS)
def test_metrics_come_out_again(identity):
    run = open_run(str(ROOT / identity))
    model = run.load_model()
    assert model.count_params() == run.metrics["parameters"] and model.compiled
    try:
        dataset = load_dataset(run.config)
    except ZooError:
        if os.environ.get("KERAS_RNN_ZOO_DATA"):
            raise
        pytest.skip("needs a download: KERAS_RNN_ZOO_DATA is not set")
    scores = evaluate(model, dataset, dataset.test)
    for name, value in run.metrics["test"].items():
        assert scores[name] == pytest.approx(value, abs=2e-3), name


@pytest.mark.parametrize("identity", MODELS)
def test_folders_are_whole_and_small(identity):
    folder = ROOT / identity
    assert {path.name for path in folder.iterdir()} == {
        "config.yaml", "curves.png", "dataset.json", "history.csv", "metrics.json", "model.keras", "samples.txt",
    }  # fmt: skip
    assert sum(path.stat().st_size for path in folder.iterdir()) < 12e6
