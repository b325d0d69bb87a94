"""`bench omega`: what is timed is what it says; how fast is not for a test to say."""

import json
import sys

import keras
import pytest

from keras_rnn_zoo import cli
from keras_rnn_zoo.bench import omega, speed_timing
from keras_rnn_zoo.bench.omega import CELLS, table_of_omega
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import NormPreservingRNN, Recurrent

BACKEND = keras.backend.backend()
pytestmark = pytest.mark.skipif(BACKEND not in ("tensorflow", "jax"), reason="Omega trains on TensorFlow and JAX")


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo bench omega` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "bench", "omega", *arguments])
    monkeypatch.setattr(speed_timing, "SECONDS_A_TIMING", 0.0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def test_what_is_timed():
    layers = omega._layers("simple_rnn", 5)
    assert type(layers["stock"]) is keras.layers.SimpleRNN
    assert type(layers["without"]) is Recurrent and type(layers["omega"]) is NormPreservingRNN
    assert type(omega._layers("lstm", 5)["stock"]) is keras.layers.LSTM


def test_the_command(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, "--shape", "2,3,4,5", "--rounds", "1") == 0
    record = json.loads((tmp_path / f"results/speed/omega_{BACKEND}.json").read_text())
    assert [row["cell"] for row in record["rows"]] == list(CELLS)
    assert all(row["ratio"][way] > 0 for row in record["rows"] for way in ("without", "stock"))
    lines = table_of_omega(tmp_path / f"results/speed/omega_{BACKEND}.json")
    assert len(lines) == 2 + len(CELLS) and lines[2].startswith("| simple_rnn | 2,3,4,5 | ")


def test_bad_input(monkeypatch, capfd, tmp_path):
    assert call(monkeypatch, "--cells", "lstn", "--output", str(tmp_path)) == 2
    assert "Did you mean 'lstm'" in capfd.readouterr().err
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ZooError, match="is no table of keras-rnn-zoo bench omega"):
        table_of_omega(tmp_path / "x.json")
