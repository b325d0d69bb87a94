"""What the README and the configurations say was measured is what stands in `results/`."""

import json
from pathlib import Path

import pytest

from keras_rnn_zoo.bench.decoding_table import table_of_decoding
from keras_rnn_zoo.bench.quality_table import table_of_quality
from keras_rnn_zoo.bench.speed_table import table_of_speed
from keras_rnn_zoo.training.catalogue import find_config, header, list_configs
from keras_rnn_zoo.training.table import table_of_runs

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_table_of_results():
    assert "\n".join(table_of_runs(ROOT / "results")) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["jsb_chorales_cells"])
def test_the_readme_shows_the_tables_of_quality(name):
    path = ROOT / "results" / "quality" / f"{name}.json"
    assert "\n".join(table_of_quality(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    for row in json.loads(path.read_text())["rows"]:
        assert row["complete"] and len(row["test"]) >= 3 and row["mean"] <= 9.0, row["identity"]


def test_the_readme_shows_the_table_of_speed():
    path = ROOT / "results" / "speed" / "tensorflow.json"
    assert "\n".join(table_of_speed(path)) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_table_of_decoding():
    path = ROOT / "results" / "speed" / "decoding.json"
    assert "\n".join(table_of_decoding(path)) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(row["ratio"] >= 20 for row in json.loads(path.read_text())["rows"])


@pytest.mark.parametrize("identity", list_configs())
def test_every_configuration_was_measured_above_its_baseline(identity):
    metrics = json.loads((ROOT / "results" / identity / "metrics.json").read_text())
    measured = [
        f"{metrics['test'][name]:.3f}"
        for name in ("exact_match", "perplexity", "bleu", metrics["headline"])
        if name in metrics["test"]
    ]
    assert any(number in header(find_config(identity)[1]) for number in measured)
    better = metrics["test"][metrics["headline"]] - metrics["baseline"][metrics["headline"]]
    assert better > 0 if metrics.get("larger_is_better", metrics["headline"] == "accuracy") else better < 0
