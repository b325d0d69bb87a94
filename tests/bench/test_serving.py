"""`bench serving`: all ways answer the same, and what is written of them; how fast is not for a test to say."""

import json
import sys

import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo import cli
from keras_rnn_zoo.bench import serving_row, speed_timing
from keras_rnn_zoo.bench.serving_by_predict import by_predict
from keras_rnn_zoo.bench.serving_table import table_of_serving
from keras_rnn_zoo.errors import ZooError
from tests.serving.small_tasks import TEXTS, captioner, classifier, tagger, translator

COMMAND = ["bench", "serving", "--preset", "lstm_uci_sentiment", "--rounds", "3", "--quick"]


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    monkeypatch.setattr(speed_timing, "SECONDS_A_TIMING", 0.0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def test_record_table_and_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, *COMMAND) == 0
    record = json.loads((tmp_path / "results/serving/quick.json").read_text())
    command = f"keras-rnn-zoo {' '.join(COMMAND)} --output results/serving --name quick"
    assert list(record)[0] == "command" and record["command"] == command and record["rounds"] == 1
    (row,) = record["rows"]
    assert row["preset"] == "lstm_uci_sentiment" and row["parameters"] > 1000 and all(row["ms"].values())
    assert row["ratio"] == pytest.approx(row["ms"]["model.predict"] / row["ms"]["C API"], rel=0.01)
    lines = (tmp_path / "results/serving/quick.md").read_text().splitlines()
    assert lines[0] == f"<!-- Made by {command} -->"
    assert lines[2:] == table_of_serving(tmp_path / "results/serving/quick.json")
    assert f"{row['ratio']:.1f}" in lines[4] and "load average" in lines[-1]
    assert (tmp_path / "results/serving/quick.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("make", [classifier, tagger, translator], ids=lambda make: make.__name__)
def test_predict_answers_as_the_task(make):
    task, _ = make()
    for text in TEXTS:
        signature, _, answer = by_predict(task, text)
        found = answer(task.model.predict_on_batch)
        if make is tagger:
            assert found == [tag for _, tag in task(text)]
        else:
            assert found == (task(text) if make is classifier else task(text, beam_size=1, temperature=0))
        assert signature == ("greedy" if make is translator else "serving_default")


def test_what_reads_no_text_is_refused():
    with pytest.raises(
        ZooError, match="A Captioner is not timed here: a classifier, a tagger or a translator of texts"
    ):
        by_predict(captioner()[0], "text")


def test_ways_that_answer_otherwise_are_no_measurement(monkeypatch):
    def otherwise(task, text):
        return "serving_default", "label", lambda predict: "neither"

    monkeypatch.setattr(serving_row, "by_predict", otherwise)
    with pytest.raises(ZooError, match="lstm_uci_sentiment: the ways do not answer the same. model.predict: 'neither'"):
        serving_row.serving_row("lstm_uci_sentiment", 1)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--preset", "nothing"], "nothing"),
        (["--preset", "lstm_uci_sentiment", "--preset", "lstm_uci_sentiment"], "is given 2 times"),
        (["--name", "a/b"], "must be a file's name"),
        (["--rounds", "0"], "greater than or equal to 1"),
    ],
)
def test_bad_input_is_one_line(arguments, message, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, "bench", "serving", *arguments) == 2
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_damaged_table_is_refused(tmp_path):
    (tmp_path / "latency.json").write_text('{"rows": [{}]}')
    with pytest.raises(ZooError, match="is no table of keras-rnn-zoo bench serving, or damaged: KeyError"):
        table_of_serving(tmp_path / "latency.json")


def test_limits_end_a_loop_that_finds_no_end():
    task, _ = translator()
    never = np.zeros((1, 1, task.vocabulary.size), "float32")
    never[..., 5] = 1
    answer = by_predict(task, TEXTS[0])[2](lambda inputs: never.copy())
    assert len(task.vocabulary.encode(answer)) <= task.limit(task.source.encode(TEXTS[0]))


def test_the_presets_of_the_default_are_there():
    names = {name.split("/")[1] for name in zoo.list_presets()}
    assert {"lstm_uci_sentiment", "lstm_ud_tr_atis", "attention_gru_tatoeba_tr_en"} <= names
