"""`bench decoding`: both ways write the same, and what is written of it; how fast is not for a test to say."""

import json
import sys

import keras
import numpy as np
import pytest

from keras_rnn_zoo import cli
from keras_rnn_zoo.bench import decoding_row, speed_timing
from keras_rnn_zoo.bench.decoding import MODELS
from keras_rnn_zoo.bench.decoding_models import CASES, decoding_case
from keras_rnn_zoo.bench.decoding_table import table_of_decoding
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter

BACKEND = keras.backend.backend()
COMMAND = ["bench", "decoding", "--models", "captioner", "--batch", "2", "--rounds", "1"]


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    monkeypatch.setattr(speed_timing, "SECONDS_A_TIMING", 0.0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def test_record_and_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, *COMMAND) == 0
    record = json.loads((tmp_path / "results/speed/decoding.json").read_text())
    command = f"KERAS_BACKEND={BACKEND} keras-rnn-zoo {' '.join(COMMAND)} --output results/speed --name decoding"
    assert list(record)[0] == "command" and record["command"] == command
    assert "cores" in record["machine"] and record["rounds"] == 1
    (row,) = record["rows"]
    assert (row["model"], row["batch"], row["symbols"]) == ("captioner", 2, 16)
    assert row["ratio"] == pytest.approx(row["loop"]["ms"] / row["greedy"]["ms"], rel=0.01)
    for way in ("loop", "greedy", "beam_5"):
        assert row[way]["symbols_per_second"] == pytest.approx(2 * 16 * 1000 / row[way]["ms"], rel=0.02)
    lines = (tmp_path / "results/speed/decoding.md").read_text().splitlines()
    assert lines[0] == f"<!-- Made by {command} -->" and lines[2:] == table_of_decoding(
        tmp_path / "results/speed/decoding.json"
    )
    assert "2 x 16" in lines[4] and f"{row['ratio']:.1f}" in lines[4]


@pytest.mark.parametrize("name", CASES)
def test_both_ways_write_all_symbols(name):
    case = decoding_case(name, 2)
    loop = decoding_row.write_by_predict(case)
    graph = SequenceWriter(case.model, case.length, min_length=case.length)(case.inputs)
    np.testing.assert_array_equal(loop, graph.ids[:, 0])
    assert (graph.lengths == case.length).all() and (loop > 3).all()


def test_no_case_is_missing():
    assert tuple(CASES) == MODELS


def test_different_answers_are_not_timed(monkeypatch):
    monkeypatch.setattr(decoding_row, "write_by_predict", lambda case: np.zeros((2, case.length), "int32"))
    with pytest.raises(ZooError, match="only 0% of the rows are the same"):
        decoding_row.decoding_row("captioner", 2, 1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--models", "captionr"], "Did you mean 'captioner'"),
        (["--models", "captioner", "--models", "captioner"], "captioner is given 2 times"),
        (["--name", "a/b"], "without a folder"),
        (["--batch", "0"], "--batch"),
    ],
)
def test_bad_input_costs_one_line(arguments, says, monkeypatch, capsys):
    assert call(monkeypatch, "bench", "decoding", *arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1 and says in said


@pytest.mark.parametrize("text", ["", "{}", '{"rows": [{}], "rounds": 1, "machine": "a", "backend": "b"}'])
def test_a_damaged_table(text, tmp_path):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(ZooError, match="no table of keras-rnn-zoo bench decoding"):
        table_of_decoding(tmp_path / "t.json")
