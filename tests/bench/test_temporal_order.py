"""`bench temporal-order`: fresh data, runs that go on where they were left, one row as soon as it is known."""

import json
import sys

import keras
import numpy as np
import pytest

from keras_rnn_zoo import cli
from keras_rnn_zoo.bench import temporal_order_run
from keras_rnn_zoo.bench.fresh_batches import FreshBatches
from keras_rnn_zoo.bench.temporal_order_model import (
    recurrent_kernel,
    share_wrong,
    spectral_radius,
    temporal_order_model,
)
from keras_rnn_zoo.bench.temporal_order_run import Stop, TemporalOrderRun
from keras_rnn_zoo.bench.temporal_order_setting import Setting, bounds
from keras_rnn_zoo.bench.temporal_order_table import table_of_temporal_order
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import NormPreservingRNN

pytestmark = pytest.mark.skipif(keras.backend.backend() == "torch", reason="Omega trains on TensorFlow and JAX")
SETTING = Setting("basic_tanh", "sgd_cr", (10, 13), 1, 4.0)


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo bench temporal-order` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "bench", "temporal-order", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(temporal_order_run, "_UPDATES_BETWEEN_CHECKS", 3)
    monkeypatch.setattr(temporal_order_run, "_GLANCE", 200)
    monkeypatch.setattr(temporal_order_run, "_TEST", 400)


def test_batches_are_fresh_and_the_same_again():
    first, again = (FreshBatches((1, 0), 5, 40, 20, (10, 14)) for _ in range(2))
    lengths = set()
    for number in range(len(first)):
        (x, y), (same, targets) = first[number], again[number]
        np.testing.assert_array_equal(x, same)
        np.testing.assert_array_equal(y, targets)
        lengths.add(x.shape[1])
    assert lengths == {10, 11, 12, 13}
    np.testing.assert_array_equal(first[1][0], FreshBatches((1, 0), 6, 1, 20, (10, 14))[0][0])
    assert not any(np.array_equal(first[0][0], first[n][0]) for n in range(1, 40))


@pytest.mark.parametrize(
    "init, std, radius", [("sigmoid", 0.01, 0.08), ("basic_tanh", 0.1, 0.8), ("smart_tanh", 0.01, 0.95)]
)
def test_starts(init, std, radius):
    model = temporal_order_model(Setting(init, "sgd", (10, 11), 1, 0.0))
    kernel, _, bias, output, _ = model.get_weights()
    assert kernel.std() == pytest.approx(std, rel=0.15) and output.std() == pytest.approx(std, rel=0.15)
    assert not bias.any()
    assert spectral_radius(recurrent_kernel(model)) == pytest.approx(radius, rel=0.2)


@pytest.mark.parametrize("method, clip, weight", [("sgd", None, 0.0), ("sgd_c", 1.0, 0.0), ("sgd_cr", 1.0, 4.0)])
def test_methods(method, clip, weight):
    model = temporal_order_model(Setting("basic_tanh", method, (10, 11), 1, weight))
    layer = model.get_layer("recurrence").layers[0]
    assert model.optimizer.global_clipnorm == clip
    assert isinstance(layer, NormPreservingRNN) == (method == "sgd_cr")
    assert getattr(layer, "omega_weight", 0.0) == weight


def test_share_wrong_of_a_model_that_guesses():
    model = temporal_order_model(SETTING)
    assert share_wrong(model, (1, 2), (10, 13), 2_000) == pytest.approx(0.75, abs=0.06)


def test_an_interrupted_run_goes_on(quick, tmp_path):
    lines = []
    whole, parts = TemporalOrderRun(SETTING, tmp_path / "whole"), TemporalOrderRun(SETTING, tmp_path / "parts")
    expected = whole.train(Stop(9, -1.0, ()), lines.append)
    parts.train(Stop(6, -1.0, ()), lines.append)
    received = parts.train(Stop(9, -1.0, (15,)), lines.append)
    assert received["updates"] == 9 and received["ended"] == "budget" and len(lines) == 6
    assert received["last"] == expected["last"] and parts.curve() == whole.curve()
    assert 0 < received["share_wrong_at"]["15"] <= 1
    for one, other in zip(*(np.load(run.folder / "checkpoint.npz").items() for run in (whole, parts))):
        assert one[0] == "about" or np.array_equal(one[1], other[1])


def test_what_has_ended_is_not_run_again(quick, tmp_path):
    run = TemporalOrderRun(SETTING, tmp_path)
    assert run.result(Stop(3, 0.01, ())) is None
    run.train(Stop(3, 0.01, ()), print)
    assert run.result(Stop(3, 0.01, ()))["updates"] == 3
    assert run.result(Stop(4, 0.01, ())) is None and run.result(Stop(3, 0.01, (15,))) is None
    assert run.result(Stop(1_000, 1.0, ())) is None  # at a glance it was too bad for the whole test


def test_it_ends_when_it_is_good_enough(quick, monkeypatch, tmp_path):
    monkeypatch.setattr(temporal_order_run, "_CLOSE", 1.1)
    result = TemporalOrderRun(SETTING, tmp_path).train(Stop(9, 1.0, ()), print)
    assert result["ended"] == "good enough" and result["updates"] == 3 and result["best"]["sequences"] == 400
    assert result["solved_at"] is None


def test_it_ends_when_it_explodes(quick, monkeypatch, tmp_path):
    run = TemporalOrderRun(Setting("basic_tanh", "sgd", (10, 11), 1, 0.0), tmp_path)
    fit = keras.Model.fit

    def spoilt(model, *args, **options):
        history = fit(model, *args, **options)
        model.set_weights([weight + np.nan for weight in model.get_weights()])
        history.history["loss"] = [float("nan")]
        return history

    monkeypatch.setattr(keras.Model, "fit", spoilt)
    result = run.train(Stop(9, 0.01, ()), print)
    assert result["ended"] == "exploded" and result["updates"] == 3 and result["best"] is None


def test_other_settings_are_not_mixed_up(quick, tmp_path):
    run = TemporalOrderRun(SETTING, tmp_path)
    run.train(Stop(3, 0.01, ()), print)
    path = run.folder / "result.json"
    found = json.loads(path.read_text())
    found["setting"]["weight"] = 2.0
    path.write_text(json.dumps(found))
    with pytest.raises(ZooError, match="holds a run of other settings"):
        run.result(Stop(3, 0.01, ()))
    path.write_text("{")
    with pytest.raises(ZooError, match="is damaged"):
        run.result(Stop(3, 0.01, ()))
    (run.folder / "checkpoint.npz").write_bytes(b"PK")
    with pytest.raises(ZooError, match="cannot be read"):
        run.train(Stop(9, 0.01, ()), print)


def test_the_command(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    arguments = ["--method", "sgd_c", "--length", "10", "--updates", "2", "--test-length", "12"]
    assert call(monkeypatch, *arguments) == 0
    folder = tmp_path / "results/temporal_order"
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".json", ".md", ".png"]
    (row,) = json.loads((folder / "temporal_order.json").read_text())["rows"]
    assert row["updates"] == 2 and row["ended"] == "budget" and set(row["share_wrong_at"]) == {"12"}
    said = (folder / "temporal_order.md").read_text()
    assert "bench temporal-order --init basic_tanh --method sgd_c --length 10" in said and "| 0 of 1 |" in said
    (folder / "temporal_order.json").unlink()
    monkeypatch.setattr("keras_rnn_zoo.bench.temporal_order.run_side_by_side", lambda commands, *_: iter(commands[:0]))
    assert call(monkeypatch, *arguments) == 0  # the run is found, nothing is trained
    assert (folder / "temporal_order.json").exists()


BAD = {
    "init": (["--init", "basic_than"], "Did you mean 'basic_tanh'"),
    "method": (["--method", "sgdc"], "Did you mean 'sgd_c'"),
    "length": (["--length", "9"], "--length must be a number from 10"),
    "lengths": (["--length", "50:50"], "--length must be a number from 10"),
    "no number": (["--length", "x"], "--length must be a number from 10"),
    "weight": (["--weight", "inf"], "--weight must be a number"),
    "twice": (["--seed", "1", "--seed", "1"], "--seed 1 is given 2 times"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name, monkeypatch, capfd, tmp_path):
    monkeypatch.chdir(tmp_path)
    arguments, expected = BAD[name]
    assert call(monkeypatch, *arguments) == 2
    assert expected in capfd.readouterr().err and not list(tmp_path.iterdir())


def test_the_table_stands_beside_the_paper(tmp_path):
    def row(method, lengths, solved_at, wrong):
        best = {"share_wrong": wrong, "updates": 5}
        setting = {"init": "basic_tanh", "method": method, "weight": 0.0, "lengths": lengths, "seed": 1}
        result = {"setting": setting, "ended": "budget", "updates": 10, "solved_at": solved_at, "best": best}
        return {"folder": f"x/{method}", **result, "share_wrong_at": {"250": 0.5} if solved_at else {}}

    rows = [row("sgd", [50, 51], None, 0.7), row("sgd", [50, 51], 8, 0.001), row("sgd_cr", [50, 200], 9, 0.0)]
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"budget": 10, "rows": rows}))
    lines = table_of_temporal_order(path)
    assert lines[2] == "| basic_tanh | sgd | 50 | 1 of 2 | 8 | 0.10% | 10, 10 | 0% |"
    assert lines[3] == "| basic_tanh | sgd_cr, weight 0 | 50-199 | 1 of 1 | 9 | 0.00% | 10 | 100% |"
    assert "`x/sgd`: wrong 50.00% at 250" in lines[4]
    path.write_text("[]")
    with pytest.raises(ZooError, match="is no table of keras-rnn-zoo bench temporal-order"):
        table_of_temporal_order(path)


def test_bounds():
    assert bounds("10") == (10, 11)
