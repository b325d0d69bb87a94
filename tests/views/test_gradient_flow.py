"""The command `plot gradient-flow`."""

import io
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from keras_rnn_zoo import cli
from keras_rnn_zoo.gradients import gradients_through_time
from keras_rnn_zoo.plots.gradient_flow import plot_gradient_flow
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.runner import load_dataset, run
from keras_rnn_zoo.training.trained import open_run

SIZES = {"length": 12, "train": 40, "validation": 20, "test": 20}
TRAINING = {"epochs": 1, "batch_size": 10, "optimizer": {"name": "sgd", "learning_rate": 0.5}}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name, model in (("plain", {"units": 4}), ("both", {"units": 3, "cell": "lstm", "bidirectional": True})):
        values = {"builder": "many_to_one", "dataset": {"name": "temporal_order", "options": SIZES}, "model": model}
        run(configs.parse({**values, "training": TRAINING}), folder / name, console=Console(file=io.StringIO()))
    last_digit = {"name": "number_pictures", "options": {"target": "last_digit"}}
    values = {"builder": "one_to_one", "dataset": last_digit, "model": {"units": 3}}
    small = {"epochs": 1, "limit_examples": 40}
    run(configs.parse({**values, "training": small}), folder / "no_time", console=Console(file=io.StringIO()))
    return folder


@pytest.fixture
def drawn(monkeypatch):
    figures, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **o: (figures.append(figure), save(figure, *a, **o))[1])
    return figures


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "plot", "gradient-flow", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def test_untrained_beside_trained(runs, monkeypatch, drawn, tmp_path, capsys):
    assert call(monkeypatch, runs / "plain", runs / "both", "--output", tmp_path / "flow.png") == 0
    plain, both = drawn[0].axes
    assert (plain.get_title(), both.get_title()) == ("plain", "both") and len(both.lines) == 4
    trained = open_run(str(runs / "plain"))
    dataset = load_dataset(trained.config)
    probe = SequenceBatcher(dataset.test, 10, dataset.spec.padding, shuffle=False)[0]
    (record,) = gradients_through_time(trained.load_model(), *probe)
    untrained, after = (line.get_ydata() for line in plain.lines)
    np.testing.assert_allclose(after, record.error_norms.mean(axis=1), rtol=1e-4)
    assert np.abs(untrained / after - 1).max() > 1e-3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("plain: recurrence/recurrent_1: untrained ") and lines[0].endswith("at t=11")
    assert len(lines) == 4 and (tmp_path / "flow.png").stat().st_size > 1000


def test_bad_input_costs_one_line(runs, monkeypatch, tmp_path, capsys):
    for arguments, says in (
        ([runs / "no_time"], "has no recurrent layer"),
        ([runs / "plain", runs / "plain"], "a name of its own"),
        ([runs / "absent"], "No finished run"),
    ):
        assert call(monkeypatch, *arguments, "--output", tmp_path / "f.png") == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ") and error.count("\n") == 1 and says in error
    assert list(tmp_path.iterdir()) == []


def test_what_vanished_or_is_no_number_is_left_out(drawn, tmp_path):
    norms = {epoch: {"a": np.array([0.0, 1e-40, 1e-3, np.inf, 1.0, np.nan])} for epoch in range(9)}
    updates = {1: np.array([[2.0, 1.0], [0.5, 0.5]]), 2: np.zeros((0, 2))}
    plot_gradient_flow(norms, updates, tmp_path / "a.png")
    layer, norm, share = drawn[0].axes
    assert np.isnan(layer.lines[0].get_ydata()).tolist() == [True, True, False, True, False, True]
    assert [line.get_label() for line in layer.lines][::5] == ["before training", "after epoch 8"] and len(
        layer.lines
    ) == 6
    assert norm.lines[0].get_ydata()[0] == 1.25 and share.lines[0].get_ydata()[0] == 0.5
