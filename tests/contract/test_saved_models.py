"""Every trained model that comes along opens, answers as it did, and gives its metrics again where its data is at hand."""

import os
import platform
from pathlib import Path

import keras
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.pretrained.golden import changed_answers
from keras_rnn_zoo.training.catalogue import list_configs
from keras_rnn_zoo.training.evaluate import evaluate
from keras_rnn_zoo.training.trained import open_run

# Of probabilities below 1e-7, which models of large vocabularies give, Keras keeps the logarithm on TensorFlow alone.
LARGE_VOCABULARIES = ("emoji", "tatoeba")
LIKELIHOODS = {"nats_per_symbol", "perplexity"}
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
    if run.config.dataset.name == "python_source" and run.metrics["versions"]["python"] != platform.python_version():
        pytest.skip(f"its text is the standard library of Python {run.metrics['versions']['python']}")
    try:
        dataset = run.load_dataset()
    except ZooError:
        if os.environ.get("KERAS_RNN_ZOO_DATA"):
            raise
        pytest.skip("needs a download: KERAS_RNN_ZOO_DATA is not set")
    scores = evaluate(model, dataset, dataset.test, run.config.training.batch_size, run.config.decoding)
    clips = keras.backend.backend() != "tensorflow" and any(name in identity for name in LARGE_VOCABULARIES)
    for name, value in run.metrics["test"].items():
        if clips and name in LIKELIHOODS:
            assert 0.75 * value < scores[name] < value, name
        else:
            assert scores[name] == pytest.approx(value, abs=2e-3), name


@pytest.mark.parametrize("identity", MODELS)
def test_the_figure_lies_within_the_spread_over_seeds(identity):
    metrics = open_run(str(ROOT / identity)).metrics
    if "spread" not in metrics:
        pytest.skip("it was trained with one seed")
    spread = metrics["spread"]
    assert len(spread["seeds"]) >= 3
    assert abs(metrics["test"][metrics["headline"]] - spread["mean"]) <= 2 * spread["standard_deviation"] + 1e-3


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
