"""A run that was stopped, wherever it was, ends as one that was not."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import yaml

import keras_rnn_zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training import runner as run_module
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.runner import run
from keras_rnn_zoo.training.saving import load_model
from keras_rnn_zoo.training.trained import open_run

pytestmark = pytest.mark.compiles  # As the runs in processes of their own are.


def outcome(folder):
    """All that must not depend on interruptions: durations are left out."""
    metrics = json.loads((folder / "metrics.json").read_text())
    with open(folder / "history.csv") as file:
        rows = [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]
    return {name: metrics[name] for name in ("test", "validation", "baseline", "epochs")}, rows


def assert_same_end(folder, expected):
    assert outcome(folder) == outcome(expected)
    ours, theirs = (load_model(path / "model.keras").get_weights() for path in (folder, expected))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in expected.iterdir())
    assert not folder.with_name(folder.name + ".partial").exists()


def start(arguments, folder):
    environment = os.environ | {"PYTHONPATH": str(Path(keras_rnn_zoo.__file__).parents[1]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "keras_rnn_zoo.cli", *arguments]
    pipe, settings = subprocess.PIPE, {"cwd": folder, "env": environment, "text": True}
    # A suite that was started in the background ignores SIGINT, and would hand that down.
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, preexec_fn=_heed_interrupts, **settings)


def _heed_interrupts():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for_epoch(process, history, epoch):
    until = time.monotonic() + 120
    while not history.exists() or history.read_text().count("\n") <= epoch:
        assert process.poll() is None and time.monotonic() < until, process.communicate()
        time.sleep(0.002)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="one backend is enough for three processes")
def test_interrupted_then_killed_then_resumed(tmp_path, tiny, finished):
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(tiny()))
    command, history = ["train", "tiny.yaml", "--output", "run"], tmp_path / "run.partial" / "history.csv"

    interrupted = start(command, tmp_path)
    wait_for_epoch(interrupted, history, 1)
    interrupted.send_signal(signal.SIGINT)
    _, errors = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130 and errors.startswith("interrupted: ") and errors.count("\n") == 1, errors

    killed = start(command, tmp_path)
    wait_for_epoch(killed, history, 3)
    killed.kill()
    killed.communicate()
    assert not (tmp_path / "run").exists()
    with pytest.raises(ZooError, match="is not finished"):
        open_run(str(tmp_path / "run"))

    resumed = start(command, tmp_path)
    said, errors = resumed.communicate(timeout=120)
    assert resumed.returncode == 0 and errors == "" and "Resuming after epoch " in said
    assert_same_end(tmp_path / "run", finished)


def test_the_configuration_tests_what_it_should(finished):
    rates = [float(row["learning_rate"]) for row in outcome(finished)[1]]
    assert rates[-1] < rates[0]
    accuracies = [float(row["val_accuracy"]) for row in outcome(finished)[1]]
    assert np.argmax(accuracies) != len(accuracies) - 1, "the best epoch is the last one, so nothing is restored"


def stop(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("point", ["train", "epoch", "measure", "finish"])
def test_stopped_at(point, tmp_path, tiny, finished, quiet, monkeypatch):
    owner, name = {
        "finish": (RunFolder, "finish"),
        "epoch": (keras.callbacks.ReduceLROnPlateau, "_reduce_optimizer_lr"),
    }.get(point, (run_module, point))
    config, folder = configs.parse(tiny()), tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, stop)
        with pytest.raises(KeyboardInterrupt):
            run(config, folder, console=quiet)
    assert not folder.exists()
    run(config, folder, console=quiet)
    assert ("Resuming" in quiet.file.getvalue()) == (point != "train")
    assert_same_end(folder, finished)


def test_stopped_while_an_older_run_is_replaced(tmp_path, tiny, finished, quiet, monkeypatch):
    config, folder = configs.parse(tiny()), tmp_path / "run"
    shutil.copytree(finished, folder)
    renamed, calls = os.rename, []

    def rename_once(*paths):
        if calls:
            raise KeyboardInterrupt
        calls.append(paths)
        renamed(*paths)

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", rename_once)
        with pytest.raises(KeyboardInterrupt):
            run(config, folder, overwrite=True, console=quiet)
    assert not folder.exists() and (tmp_path / "run.replaced" / "metrics.json").exists()
    run(config, folder, console=quiet)
    assert_same_end(folder, finished)
    assert not (tmp_path / "run.replaced").exists()


def fill_the_disk(monkeypatch, checkpoint):
    """Makes the writing of that checkpoint, counted from 1, fail half-way."""
    saved, calls = np.savez, []

    def full(file, **arrays):
        calls.append(file)
        if len(calls) == checkpoint:
            file.write(b"half")
            raise OSError(28, "No space left on device")
        saved(file, **arrays)

    monkeypatch.setattr(np, "savez", full)


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path, tiny, finished, quiet, monkeypatch):
    config, folder = configs.parse(tiny()), tmp_path / "run"
    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
        fill_the_disk(patched, checkpoint=3)
        run(config, folder, console=quiet)
    run(config, folder, console=quiet)
    assert "Resuming after epoch 2." in quiet.file.getvalue()
    assert_same_end(folder, finished)


def test_a_schedule_goes_on_where_it_was(tmp_path, tiny, quiet, monkeypatch):
    schedule = {"learning_rate": 0.05, "schedule": "cosine"}
    config = configs.parse(tiny(epochs=3, halve_learning_rate_after=None, optimizer=schedule))
    expected, folder = run(config, tmp_path / "expected", console=quiet), tmp_path / "run"
    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
        fill_the_disk(patched, checkpoint=2)
        run(config, folder, console=quiet)
    run(config, folder, console=quiet)
    assert_same_end(folder, expected)


def test_a_damaged_checkpoint_is_named(tmp_path, tiny, quiet, monkeypatch):
    config, folder = configs.parse(tiny()), tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(run_module, "load_model", stop)
        with pytest.raises(KeyboardInterrupt):
            run(config, folder, console=quiet)
    file = tmp_path / "run.partial" / "checkpoint.npz"
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(ZooError, match="checkpoint.npz cannot be read.*: delete .*run.partial to start again"):
        run(config, folder, console=quiet)


def test_a_run_does_not_go_on_with_other_data(tmp_path, tiny, quiet, monkeypatch):
    config, folder = configs.parse(tiny()), tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(run_module, "load_model", stop)
        with pytest.raises(KeyboardInterrupt):
            run(config, folder, console=quiet)
    dataset = run_module.load_dataset(config)
    changed = replace(dataset, train=replace(dataset.train, targets=dataset.train.targets[::-1]))
    monkeypatch.setattr(run_module, "load_dataset", lambda config: changed)
    with pytest.raises(
        ZooError, match="run.partial holds an unfinished run of .* other data than is there now: delete"
    ):
        run(config, folder, console=quiet)


def test_a_run_that_cannot_begin_leaves_nothing(tmp_path, tiny, quiet):
    values = tiny()
    values["model"]["dropout"] = 2.0
    with pytest.raises(ZooError, match="dropout"):
        run(configs.parse(values), tmp_path / "run", console=quiet)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_do_not_share_a_folder(tmp_path):
    with RunFolder(tmp_path / "run") as first:
        first.open("a: 1\n")
        with pytest.raises(ZooError, match="Another process is training in .*run.partial"), RunFolder(first.final) as b:
            b.open("a: 1\n")
        assert first.partial.exists()


def test_files_of_the_users_own_are_not_removed(tmp_path):
    (tmp_path / "run.partial").mkdir()
    (tmp_path / "run.partial" / "notes.txt").write_text("mine")
    with RunFolder(tmp_path / "run") as folder:
        folder.open("a: 1\n")
    assert [path.name for path in folder.partial.iterdir()] == ["notes.txt"]


def test_a_loss_that_is_no_number(tmp_path, tiny, quiet):
    values = tiny(optimizer={"name": "sgd", "learning_rate": 1e38, "global_clipnorm": None})
    values["dataset"]["name"] = "addition"
    with pytest.raises(ZooError, match="The loss is not a finite number"):
        run(configs.parse(values), tmp_path / "run", console=quiet)
    assert not (tmp_path / "run").exists()
