"""A finished run measured again: the same numbers, the training's own left as they were, and whole files."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console

from keras_rnn_zoo import cli
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training import measure_again as module
from keras_rnn_zoo.training.measure_again import measure_again, read_history
from keras_rnn_zoo.training.runner import run
from keras_rnn_zoo.training.trained import open_run

TRANSLATOR = {
    "builder": "translator",
    "dataset": {"name": "number_names"},
    "model": {"cell": "gru", "units": 4, "embedding_dim": 4},
    "training": {"epochs": 2, "batch_size": 20, "limit_examples": 40},
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output = tmp_path_factory.mktemp("trained") / "run"
    return run(configs.parse(TRANSLATOR), output, identity="own/it", console=Console(quiet=True))


@pytest.fixture
def folder(trained, tmp_path):
    return Path(shutil.copytree(trained, tmp_path / "run"))


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_nothing_changes_where_nothing_has_changed(folder, quiet):
    before = content(folder)
    measure_again(open_run(str(folder)), quiet)
    assert content(folder) == before
    assert "test exact_match" in quiet.file.getvalue()


def test_what_is_of_the_training_stays(folder, quiet):
    path = folder / "metrics.json"
    first = json.loads(path.read_text())
    of_training = {"seconds": 7.5, "seed": 8, "machine": "another", "versions": {"keras": "3.0"}, "identity": "a/b"}
    stale = {**first, **of_training, "test": {"exact_match": 0.9}, "baseline": {}, "parameters": 1}
    path.write_text(json.dumps(stale))
    for name in ("samples.txt", "curves.png"):
        (folder / name).write_text("stale")
    measure_again(open_run(str(folder)), quiet)
    assert json.loads(path.read_text()) == {**first, **of_training}
    assert "stale" not in (folder / "samples.txt").read_text()
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_failure_leaves_everything_as_it_was(folder, quiet, monkeypatch):
    before = content(folder)
    monkeypatch.setattr(module, "write_results", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        measure_again(open_run(str(folder)), quiet)
    assert content(folder) == before


@pytest.mark.parametrize(("more", "code"), [([], 0), (["--split", "validation"], 2)])
def test_the_command(more, code, folder, monkeypatch, capsys):
    (folder / "samples.txt").write_text("stale")
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "evaluate", str(folder), "--write", *more])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert (left.value.code or 0) == code and ((folder / "samples.txt").read_text() == "stale") == bool(code)
    assert not code or "--write measures all" in capsys.readouterr().err


def test_the_history_as_it_was_written(folder):
    history = read_history(folder)
    assert [row["epoch"] for row in history] == [1, 2] and history[0]["loss"] > 0


@pytest.mark.parametrize("text", [None, "", "epoch,loss\n", "epoch,loss\n1,much\n", "epoch,loss\n1\n"])
def test_a_damaged_history(folder, text):
    (folder / "history.csv").unlink()
    if text is not None:
        (folder / "history.csv").write_text(text)
    with pytest.raises(ZooError, match="history.csv is (needed|damaged)"):
        read_history(folder)
