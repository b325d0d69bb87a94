"""A preset trained further on a user's own file: the folder is a run like any other, and says how it was made."""

import io
import json
import shutil

import numpy as np
import pytest
from rich.console import Console

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import runner
from keras_rnn_zoo.training.config import read
from keras_rnn_zoo.training.data import load_dataset
from keras_rnn_zoo.training.evaluate import evaluate
from keras_rnn_zoo.training.origin import open_origin
from keras_rnn_zoo.training.trained import open_run
from tests.finetuning import own_models

FEW = ["training.epochs=2", "training.optimizer.learning_rate=0.02"]


def quiet():
    return Console(file=io.StringIO(), width=200, highlight=False)


def metrics_of(folder):
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """A classifier trained further on labelled texts whose class one of their words says, and what was printed."""
    folder, console = tmp_path_factory.mktemp("reviewed"), quiet()
    preset, data = own_models.classifier(folder / "task"), own_models.reviews(folder / "my.csv", rows=100)
    changed = ["training.epochs=12", "training.optimizer.learning_rate=0.05", "finetuning.decay=1"]
    run = zoo.finetune(str(preset), data, folder / "run", overrides=changed, console=console)
    return run, console.file.getvalue()


def test_it_learns_and_says_what_it_could_before(reviewed):
    folder, printed = reviewed
    metrics = metrics_of(folder)
    assert metrics["test"]["accuracy"] == 1.0 and metrics["before"]["accuracy"] < 1.0
    assert metrics["identity"] == "finetuned/run" and metrics["examples"] == {"train": 80, "validation": 10, "test": 10}
    assert f"before fine-tuning: {metrics['before']['accuracy']:.4f}   the commonest class: 0.5000" in printed
    assert "new symbols in the vocabulary of inputs." in printed


def test_the_folder_is_a_run(reviewed, tmp_path):
    folder, _ = reviewed
    task = zoo.load_task(str(folder))
    assert task("Iğdır'da iyi bir film") == "iyi" and "Iğdır'da" not in task.vocabulary.unknown("Iğdır'da")
    trained = open_run(str(folder))
    dataset = load_dataset(trained.config)
    assert evaluate(trained.load_model(), dataset, dataset.test) == metrics_of(folder)["test"]
    preset = zoo.save_to_preset(folder, tmp_path / "own" / "film")
    assert zoo.from_preset(preset)("kötü bir film") == "kötü"
    card = (preset / "README.md").read_text(encoding="utf-8")
    assert "keras-rnn-zoo finetune task --data my.csv" in card and "before fine-tuning" in card


def test_its_configuration_can_be_trained_and_it_can_be_tuned_again(reviewed, tmp_path):
    folder, _ = reviewed
    again = runner.run(read(folder / "config.yaml"), tmp_path / "again", console=quiet())
    assert metrics_of(again)["test"] == metrics_of(folder)["test"]
    data = own_models.reviews(tmp_path / "other.csv", labels=("y", "z"))
    other = zoo.finetune(str(folder), data, tmp_path / "other", overrides=FEW, console=quiet())
    assert "before" not in metrics_of(other) and zoo.load_task(str(other)).labels == ("y", "z")


def test_a_finished_run_is_not_lost(reviewed):
    folder, _ = reviewed
    config = read(folder / "config.yaml")
    preset, data = config.finetuning.preset, config.dataset.options["path"]
    with pytest.raises(ZooError, match="holds a finished run. Add --overwrite"):
        zoo.finetune(preset, data, folder)


def test_layers_thaw_one_an_epoch(tmp_path):
    preset, data = own_models.language_model(tmp_path / "task"), own_models.reviews(tmp_path / "my.csv")
    old = open_origin(str(preset)).load_model()
    changed = [*FEW, "finetuning.unfreezing=gradual", "finetuning.vocabulary=keep", "training.monitor=loss"]
    changed.append("training.optimizer.learning_rate=0.005")  # Slow enough for the second epoch to be the better one.
    folder = zoo.finetune(str(preset), data, tmp_path / "run", overrides=changed, console=quiet())
    model = open_run(str(folder)).load_model()
    embedding, *recurrence, kernel, _ = model.get_weights()
    np.testing.assert_array_equal(embedding, old.get_weights()[0])  # its turn would be the third epoch
    assert not np.array_equal(recurrence[0], old.get_weights()[1])
    assert kernel.shape == (6, 2) and type(model.optimizer).__name__ == "Adam"


def test_adapters_are_merged(tmp_path):
    preset, data = own_models.classifier(tmp_path / "task"), own_models.reviews(tmp_path / "my.csv")
    folder = zoo.finetune(
        str(preset), data, tmp_path / "run", overrides=[*FEW, "finetuning.adapters=2"], console=quiet()
    )
    model = open_run(str(folder)).load_model()
    old, new = (one.get_layer("recurrence").get_weights() for one in (open_origin(str(preset)).load_model(), model))
    assert type(model.get_layer("recurrence").layers[0].forward_layer).__name__ == "LSTM"
    changed = [not np.array_equal(*both) for both in zip(old, new, strict=True)]
    assert changed == 2 * [True, True, False]  # both kernels, not the bias


def test_pairs_are_written_before_and_after(tmp_path):
    preset, data = own_models.translator(tmp_path / "task"), own_models.pairs(tmp_path / "my.tsv")
    folder = zoo.finetune(str(preset), data, tmp_path / "run", overrides=FEW, console=quiet())
    metrics = metrics_of(folder)
    assert set(metrics["before"]) == {"name", *metrics["test"]} and "chrf" in metrics["test"]
    assert isinstance(zoo.load_task(str(folder))("bir kedi"), str)


def test_an_interrupted_run_ends_as_one_that_was_not(tmp_path, monkeypatch):
    preset, data = own_models.classifier(tmp_path / "task"), own_models.reviews(tmp_path / "my.csv")
    changed = ["training.epochs=3", "finetuning.unfreezing=gradual", "training.optimizer.learning_rate=0.02"]
    whole = zoo.finetune(str(preset), data, tmp_path / "whole", overrides=changed, console=quiet())

    from keras_rnn_zoo.training.progress import TrainingProgress

    def stop(self, epoch, logs=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(TrainingProgress, "on_epoch_end", stop)
        zoo.finetune(str(preset), data, tmp_path / "cut", overrides=changed, console=quiet())
    assert not (tmp_path / "cut").exists()
    console = quiet()
    cut = zoo.finetune(str(preset), data, tmp_path / "cut", overrides=changed, console=console)
    assert "Resuming after epoch 1" in console.file.getvalue()
    assert all(metrics_of(cut)[name] == metrics_of(whole)[name] for name in ("test", "before", "validation"))
    ours, theirs = (open_run(str(folder)).load_model().get_weights() for folder in (cut, whole))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_preset_that_is_gone(reviewed, tmp_path):
    folder, _ = reviewed
    config = read(folder / "config.yaml")
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved)
    text = (moved / "config.yaml").read_text(encoding="utf-8").replace(config.finetuning.preset, "/no/such/preset")
    (moved / "config.yaml").write_text(text, encoding="utf-8")
    assert zoo.load_task(str(moved))("iyi") == "iyi"
    with pytest.raises(ZooError, match="No finished run '/no/such/preset' found"):
        load_dataset(open_run(str(moved)).config)
