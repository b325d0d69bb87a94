"""What the README and the configurations say was measured is what stands in `results/`."""

import json
from pathlib import Path

import pytest

from keras_rnn_zoo.bench.decoding_table import table_of_decoding
from keras_rnn_zoo.bench.fine_tuning_table import table_of_fine_tuning
from keras_rnn_zoo.bench.omega import table_of_omega
from keras_rnn_zoo.bench.quality_table import table_of_quality
from keras_rnn_zoo.bench.serving_table import table_of_serving
from keras_rnn_zoo.bench.speed_table import table_of_speed
from keras_rnn_zoo.bench.temporal_order_table import table_of_temporal_order
from keras_rnn_zoo.bench.training_table import table_of_training
from keras_rnn_zoo.datasets.pathological_tasks import TASKS
from keras_rnn_zoo.training.catalogue import find_config, header, list_configs
from keras_rnn_zoo.training.config import read
from keras_rnn_zoo.training.table import table_of_runs
from tests.datasets.tfds_mock import LOADERS as TFDS

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_table_of_results():
    assert "\n".join(table_of_runs(ROOT / "results")) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["jsb_chorales_cells"])
def test_the_readme_shows_the_tables_of_quality(name):
    path = ROOT / "results" / "quality" / f"{name}.json"
    assert "\n".join(table_of_quality(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    for row in json.loads(path.read_text())["rows"]:
        assert row["complete"] and len(row["test"]) >= 3 and row["mean"] <= 9.0, row["identity"]


@pytest.mark.parametrize("name", ["tensorflow", "tensorflow_lstm_variants", "tensorflow_memory", "jax"])
def test_the_readme_shows_the_tables_of_speed(name):
    path = ROOT / "results" / "speed" / f"{name}.json"
    assert "\n".join(table_of_speed(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(row["training"]["ratio"]["zoo"] >= 0.97 for row in json.loads(path.read_text())["rows"])


def test_the_readme_shows_the_table_of_a_whole_run():
    path = ROOT / "results" / "speed" / "training.json"
    assert "\n".join(table_of_training(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(row["ratio"] >= 1.3 for row in json.loads(path.read_text())["rows"])


def test_the_readme_shows_the_table_of_decoding():
    path = ROOT / "results" / "speed" / "decoding.json"
    assert "\n".join(table_of_decoding(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(row["ratio"] >= 20 for row in json.loads(path.read_text())["rows"])


@pytest.mark.parametrize("name", ["fig_7", "one_model"])
def test_the_readme_shows_the_tables_of_temporal_order(name):
    lines = table_of_temporal_order(ROOT / "results" / "temporal_order" / f"{name}.json")
    assert "\n".join(lines) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_what_omega_costs():
    lines = table_of_omega(ROOT / "results" / "speed" / "omega_tensorflow.json")
    assert "\n".join(lines) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_how_long_a_client_waits():
    path = ROOT / "results" / "serving" / "latency.json"
    assert "\n".join(table_of_serving(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(row["ratio"] >= 10 for row in json.loads(path.read_text())["rows"])


@pytest.mark.parametrize("name", ["speaker", "sentiment"])
def test_the_readme_shows_what_fine_tuning_is_worth(name):
    lines = table_of_fine_tuning(ROOT / "results" / "fine_tuning" / f"{name}.json")
    assert "\n".join(lines) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("identity", list_configs())
def test_every_configuration_was_measured_above_its_baseline(identity):
    if read(find_config(identity)[1]).dataset.name in TFDS:
        assert "Measured: not yet" in header(find_config(identity)[1])
        pytest.skip("its data is downloaded by TensorFlow Datasets")
    metrics = json.loads((ROOT / "results" / identity / "metrics.json").read_text())
    measured = [
        f"{metrics['test'][name]:.3f}"
        for name in ("exact_match", "perplexity", "bleu", metrics["headline"])
        if name in metrics["test"]
    ]
    assert any(number in header(find_config(identity)[1]) for number in measured)
    better = metrics["test"][metrics["headline"]] - metrics["baseline"][metrics["headline"]]
    assert better > 0 if metrics.get("larger_is_better", metrics["headline"] == "accuracy") else better < 0


# The share of right test sequences in the sense of Pascanu et al. 2013, who call a task solved when under 1 % are wrong.
RIGHT = {
    "addition": "within_tolerance",
    "multiplication": "within_tolerance",
    "noiseless_memorization": "sequence_accuracy",
}


@pytest.mark.parametrize("task", TASKS)
def test_every_pathological_task_is_solved_by_a_configuration(task):
    identities = [name for name in list_configs() if read(find_config(name)[1]).dataset.name == task]
    metrics = [json.loads((ROOT / "results" / name / "metrics.json").read_text()) for name in identities]
    right = RIGHT.get(task, "accuracy")
    assert any(run["test"][right] > 0.99 for run in metrics)
    for name, run in zip(identities, metrics):
        assert run["examples"]["test"] >= 1_000 and run["baseline"][right] < 0.8
        assert f"{run['test'][right]:.3f}" in header(find_config(name)[1])
        assert f"{run['baseline'][right]:.3f} ({run['baseline']['name']})" in header(find_config(name)[1])
