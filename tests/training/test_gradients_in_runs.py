"""What a run says of its gradients: where they stopped being numbers, Omega, and a clip that is easily mistaken."""

import csv

import keras
import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training import runner
from keras_rnn_zoo.training.config import OptimizerConfig
from keras_rnn_zoo.training.fit import untrained_model
from keras_rnn_zoo.training.model import make_optimizer
from keras_rnn_zoo.training.runner import load_dataset, run
from keras_rnn_zoo.training.trained import open_run

pytestmark = pytest.mark.skipif(keras.backend.backend() == "torch", reason="updates are watched on TensorFlow and JAX")


def history_of(folder):
    with open(folder / "history.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_value_that_is_none_in_the_data(tmp_path, tiny, quiet, monkeypatch):
    values = tiny(epochs=3, patience=None, halve_learning_rate_after=None)
    config = configs.parse(values)
    dataset = load_dataset(config)
    dataset.train.inputs["inputs"][77][4, 1] = np.nan
    monkeypatch.setattr(runner, "load_dataset", lambda config: dataset)
    with pytest.raises(ZooError, match="The loss is not a finite number"):
        run(config, tmp_path / "run", console=quiet)
    said = quiet.file.getvalue()
    assert "The gradients of epoch 1, batch" in said and "are not finite: those of all" in said
    assert "The states of recurrence/recurrent_1 are not finite from time step 4 of 10 on, as are its inputs" in said


def test_a_fault_in_a_later_epoch_keeps_the_best_weights(tmp_path, tiny, quiet, monkeypatch):
    values = tiny(epochs=4, patience=None, halve_learning_rate_after=None)
    config = configs.parse(values)
    dataset = load_dataset(config)
    monkeypatch.setattr(runner, "load_dataset", lambda config: dataset)

    class Spoil(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                dataset.train.inputs["inputs"][77][4, 1] = np.nan

    from keras_rnn_zoo.training import fit

    plain = fit._callbacks
    monkeypatch.setattr(fit, "_callbacks", lambda *a: [Spoil(), *plain(*a)])
    folder = run(config, tmp_path / "run", console=quiet)
    history = history_of(folder)
    assert len(history) == 3 and all(np.isfinite(float(row["val_loss"])) for row in history)
    assert "The gradients of epoch 3, batch" in quiet.file.getvalue()
    model = open_run(str(folder)).load_model()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_omega_in_the_history(tmp_path, tiny, quiet):
    values = tiny(epochs=2, patience=None, halve_learning_rate_after=None)
    values["model"] = {"cell": "simple_rnn", "units": 6, "norm_preserving": 2.0}
    folder = run(configs.parse(values), tmp_path / "run", console=quiet)
    assert all(float(row["omega/recurrence/recurrent_1"]) > 0 for row in history_of(folder))
    assert "omega/recurrence/recurrent_1 0." in quiet.file.getvalue()


def test_the_model_as_a_run_begins(tmp_path, tiny, quiet):
    config = configs.parse(tiny(dtype_policy="mixed_bfloat16"))
    dataset = load_dataset(config)
    one, other = (untrained_model(config, dataset.spec) for _ in range(2))
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.optimizer is not None and keras.config.dtype_policy().name == "float32"
    assert one.get_layer("recurrence").dtype_policy.name == "mixed_bfloat16"


def test_clipnorm_is_warned_of():
    with pytest.warns(UserWarning, match="global_clipnorm=0.5"):
        make_optimizer(OptimizerConfig(global_clipnorm=None, options={"clipnorm": 0.5}), steps=1)
