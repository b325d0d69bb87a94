"""Every configuration takes one quick step and leaves a whole run behind."""

import json
import os
from contextlib import nullcontext

import keras
import numpy as np
import pytest
import yaml

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.catalogue import find_config, header, list_configs
from keras_rnn_zoo.training.config import read
from keras_rnn_zoo.training.runner import run
from keras_rnn_zoo.training.saving import load_model
from tests.datasets.tfds_mock import LOADERS as TFDS
from tests.datasets.tfds_mock import mocked_tfds


@pytest.fixture(autouse=True)
def no_downloads(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))

    def refuse(*_, **__):
        raise OSError("tests do not download")

    monkeypatch.setattr("urllib.request.urlopen", refuse)


# What a configuration says is the same on every backend: all of them run on TensorFlow, one of each pattern on JAX too.
QUICK = list_configs() if keras.backend.backend() == "tensorflow" else [
    "one_to_one/mlp_number_pictures", "one_to_many/lstm_number_pictures", "many_to_one/gru_addition",
    "many_to_one/norm_preserving_rnn_temporal_order", "many_to_many_aligned/gru_noiseless_memorization",
    "many_to_many_aligned/lstm_python_source_skips", "many_to_many_unaligned/gru_number_names",
]  # fmt: skip


@pytest.mark.parametrize("identity", QUICK)
def test_quick_run(identity, tmp_path):
    config = read(find_config(identity)[1]).quick()
    try:
        with mocked_tfds() if config.dataset.name in TFDS else nullcontext():
            folder = run(config, tmp_path / "run", identity=identity)
    except ZooError as error:
        if os.environ.get("KERAS_RNN_ZOO_DATA") or "KERAS_RNN_ZOO_DATA" not in str(error):
            raise
        pytest.skip("needs a download: KERAS_RNN_ZOO_DATA is not set")
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["identity"] == identity
    assert metrics["headline"] in metrics["test"] and metrics["headline"] in metrics["baseline"]
    assert np.isfinite(list(metrics["test"].values())).all()
    assert load_model(folder / "model.keras").count_params() == metrics["parameters"]
    assert {path.name for path in folder.iterdir()} == {
        "config.yaml", "curves.png", "dataset.json", "history.csv", "metrics.json", "model.keras", "samples.txt",
    }  # fmt: skip


@pytest.mark.parametrize("identity", list_configs())
def test_header_says_what_it_shows(identity):
    path = find_config(identity)[1]
    assert "keras-rnn-zoo train " + identity.split("/")[1] in header(path)
    assert "Measured" in header(path)


@pytest.mark.parametrize("identity", list_configs())
def test_recurrent_configurations_name_their_joint_clipping(identity):
    values = yaml.safe_load(find_config(identity)[1].read_text(encoding="utf-8"))
    optimizer = values["training"]["optimizer"]
    assert not {"clipnorm", "clipvalue"} & {*optimizer, *optimizer.get("options", {})}
    if values["builder"] != "one_to_one":  # The one pattern without a recurrence.
        assert optimizer["global_clipnorm"] > 0
