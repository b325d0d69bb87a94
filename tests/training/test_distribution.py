"""Two devices share each batch and end with the weights of one."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_rnn_zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.distribution import distributed
from keras_rnn_zoo.training.runner import run

SCRIPT = """
import io, json, sys
import keras
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_visible_devices([cpu])
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from rich.console import Console
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.runner import run
for line in sys.stdin:
    values = json.loads(line)
    run(configs.parse(values["config"]), values["folder"], console=Console(file=io.StringIO()))
"""


@pytest.fixture
def steps(tiny):
    """Two epochs of four full batches, without dropout."""

    def make(**training):
        values = tiny(epochs=2, patience=None, halve_learning_rate_after=None, **training)
        values["model"]["dropout"] = 0.0
        values["dataset"]["options"] = {"length": 10, "train": 64, "validation": 16, "test": 16}
        values["training"]["optimizer"]["learning_rate"] = 0.01
        return values

    return make


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="started once, for each backend")
@pytest.mark.parametrize("norm_preserving", [None, 3.0])
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_devices_equal_one(backend, norm_preserving, steps, tmp_path):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    jobs = [
        {"config": steps(), "folder": str(tmp_path / "one")},
        {"config": steps(distribution={"devices": 2}), "folder": str(tmp_path / "two")},
    ]
    for job in jobs:
        job["config"]["model"]["norm_preserving"] = norm_preserving
    environment = os.environ | {
        "KERAS_BACKEND": backend,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        "JAX_PLATFORMS": "cpu",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(Path(keras_rnn_zoo.__file__).parents[1]),
    }
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input="\n".join(map(json.dumps, jobs)),
        env=environment,
        text=True,
        capture_output=True,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    one, two = (keras_rnn_zoo.load_model(tmp_path / name / "model.keras").get_weights() for name in ("one", "two"))
    for expected, received in zip(one, two, strict=True):
        np.testing.assert_allclose(received, expected, atol=1e-5)
    results = [json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("one", "two")]
    assert results[0]["test"] == pytest.approx(results[1]["test"], abs=1e-4)


def test_too_few_devices(steps, tmp_path, quiet):
    config = configs.parse(steps(distribution={"devices": 8}))
    with pytest.raises(ZooError, match=r"training.distribution.devices=8, but \d+ device\(s\) found"):
        run(config, tmp_path / "run", console=quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_cannot_be_shared(steps, tmp_path, quiet):
    with pytest.raises(ZooError, match="batch_size=16 cannot be shared among 3 devices"):
        run(configs.parse(steps(distribution={"devices": 3})), tmp_path / "run", console=quiet)


def test_no_distribution_changes_nothing():
    with distributed(None):
        assert keras.distribution.distribution() is None
