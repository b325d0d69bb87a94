"""Every trained model that comes along opens, answers as it did, and gives its metrics again where its data is at hand."""

import os
from pathlib import Path

import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.pretrained.golden import changed_answers
from keras_rnn_zoo.training.catalogue import list_configs
from keras_rnn_zoo.training.evaluate import evaluate
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.trained import open_run

ROOT = Path(__file__).parents[2] / "saved_models"
MODELS = sorted("/".join(path.parent.parts[-2:]) for path in ROOT.glob("*/*/model.keras"))


@pytest.fixture(autouse=True)
def no_other_models(monkeypatch):
    monkeypatch.delenv("KERAS_RNN_ZOO_MODELS", raising=False)


def test_there_are_some_and_each_has_a_configuration():
    assert MODELS and set(MODELS) <= set(list_configs()) and set(zoo.list_presets()) == set(MODELS)


@pytest.mark.parametrize("identity", MODELS)
def test_golden_answers_come_out_again(identity):
    assert changed_answers(ROOT / identity, zoo.from_preset(identity)) == []


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
    scores = evaluate(model, dataset, dataset.test, run.config.training.batch_size, run.config.decoding)
    for name, value in run.metrics["test"].items():
        assert scores[name] == pytest.approx(value, abs=2e-3), name


@pytest.mark.parametrize("identity", MODELS)
def test_folders_are_whole_and_small(identity):
    folder = ROOT / identity
    needed = {
        "README.md",
        "checksums.json",
        "config.yaml",
        "dataset.json",
        "golden.json",
        "metrics.json",
        "model.keras",
    }
    names = {path.name for path in folder.iterdir()}
    assert needed <= names <= needed | {"curves.png", "golden.npz", "samples.txt"}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 12e6
    assert "research" not in (folder / "README.md").read_text(encoding="utf-8")
