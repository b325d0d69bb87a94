"""`bench speed`: every cell against its plain equation, and what is written of it; how fast is not for a test to say."""

import json
import re
import sys
from statistics import median

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import cli
from keras_rnn_zoo.bench import compiled_steps, speed_row, speed_timing
from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.bench.speed_table import table_of_speed
from keras_rnn_zoo.equations import EQUATIONS
from keras_rnn_zoo.errors import ZooError

BACKEND = keras.backend.backend()
COMMAND = ["bench", "speed", "--shape", "2,3,4,8", "--rounds", "1"]
pytestmark = pytest.mark.skipif(BACKEND not in ("tensorflow", "jax"), reason="bench speed is for TensorFlow and JAX")


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    monkeypatch.setattr(speed_timing, "SECONDS_A_TIMING", 0.0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    """The folder of a table of all cells, and what was printed."""
    folder = tmp_path_factory.mktemp("speed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with cli.bench.console.capture() as said:
            assert call(patch, *COMMAND) == 0
    return folder / "results/speed", said.get().splitlines()


def test_the_record_holds_every_cell(benched):
    record = json.loads((benched[0] / f"{BACKEND}.json").read_text())
    command = f"KERAS_BACKEND={BACKEND} keras-rnn-zoo bench speed --cells cho_gru --cells "
    assert list(record)[0] == "command" and record["command"].startswith(command)
    assert record["command"].endswith(f" --shape 2,3,4,8 --rounds 1 --output results/speed --name {BACKEND}")
    assert (record["backend"], record["rounds"]) == (BACKEND, 1)
    assert set(record["versions"]) == {"python", "keras", BACKEND}
    assert "cores" in record["machine"] and record["load_average"] >= 0
    assert [(row["cell"], row["shape"]) for row in record["rows"]] == [
        (name, [2, 3, 4, 8]) for name in sorted(EQUATIONS)
    ]
    for row in record["rows"]:
        for times in (row["training"], row["inference"]):
            assert times["ratio"] > 0 and len(times["ratios"]) == 1
            for way in ("stock", "zoo"):
                assert times[f"{way}_sequences_per_second"] == pytest.approx(2000 / times[f"{way}_ms"], rel=0.02)


def test_each_row_is_told_once_and_the_table_ends_it(benched):
    folder, said = benched
    table = table_of_speed(folder / f"{BACKEND}.json")
    assert said[-len(table) :] == table and len(said) == len(EQUATIONS) + len(table)
    assert said[0].startswith("cho_gru 2,3,4,8: training ") and said[0].endswith(f"; 1 of {len(EQUATIONS)}")
    command, empty, *rest = (folder / f"{BACKEND}.md").read_text().splitlines()
    assert command.startswith(f"<!-- Made by KERAS_BACKEND={BACKEND} keras-rnn-zoo bench speed ")
    assert not empty and rest == table
    assert {path.name for path in folder.iterdir()} == {f"{BACKEND}.json", f"{BACKEND}.md"}


def test_the_table_keeps_the_order(tmp_path):
    times = {"ratio": 1.234, "zoo_ms": 5.678}
    rows = [
        {"cell": cell, "shape": shape, "training": times, "inference": times | {"ratio": 0.5}}
        for cell, shape in (("b", [3, 2, 2, 2]), ("b", [1, 2, 2, 2]), ("a", [3, 2, 2, 2]))
    ]
    (tmp_path / "a.json").write_text(json.dumps({"rows": rows}))
    assert table_of_speed(tmp_path / "a.json")[2:] == [
        "| b | 3,2,2,2 | 1.23 | 0.50 | 5.68 | 5.68 |",
        "| b | 1,2,2,2 | 1.23 | 0.50 | 5.68 | 5.68 |",
        "| a | 3,2,2,2 | 1.23 | 0.50 | 5.68 | 5.68 |",
    ]
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(ZooError, match="no table of keras-rnn-zoo bench speed, or damaged"):
        table_of_speed(tmp_path / "a.json")


@pytest.mark.parametrize("name", EQUATIONS)
def test_a_plain_cell_is_the_zoo_s_cell(name):
    stock, zoo = speed_row.models(name, SpeedShape(2, 5, 4, 8))
    rng = np.random.default_rng(1)
    weights = [rng.normal(scale=0.4, size=weight.shape).astype("float32") for weight in zoo.get_weights()]
    stock.set_weights(weights)
    zoo.set_weights(weights)
    inputs = rng.normal(size=(2, 5, 4)).astype("float32")
    expected = ops.convert_to_numpy(zoo(inputs))
    np.testing.assert_allclose(ops.convert_to_numpy(stock(inputs)), expected, atol=1e-5)


def test_a_training_step_is_gradient_descent():
    sequences = keras.Input((None, 1))
    model = keras.Model(sequences, keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")(sequences))
    inputs, targets = np.full((1, 1, 1), 2.0, "float32"), np.full((1, 1, 1), 5.0, "float32")
    train, infer = compiled_steps.compiled_steps(model, inputs, targets)
    assert train(0.0) == train(0.125) == pytest.approx(9.0)
    assert float(infer()[0, 0, 0]) == pytest.approx(5.0)  # w = 1 + 0.125 * 2 * 3 * 2


def test_both_are_timed_in_turn_and_compared_round_by_round(monkeypatch):
    clock, called = iter(range(1000)), []
    monkeypatch.setattr(speed_timing.time, "perf_counter", lambda: next(clock))
    found = speed_timing.time_in_turn(lambda: called.append("A"), lambda: called.append("B"), rounds=3, batch=6)
    assert "".join(called) == "AAA" + "BBB" + "AB" * 3
    assert (found["stock_ms"], found["zoo_sequences_per_second"], found["ratios"]) == (1000, 6, [1, 1, 1])
    seconds = iter([1.0, 1.0, 1.0, 1.0, 4.0, 2.0, 9.0, 3.0, 1.0, 1.0])
    monkeypatch.setattr(speed_timing, "_seconds", lambda step, repeats: next(seconds))
    found = speed_timing.time_in_turn(lambda: None, lambda: None, rounds=3, batch=1)
    assert found["ratios"] == [2, 3, 1] and found["ratio"] == median(found["ratios"])
    assert (found["stock_ms"], found["zoo_ms"]) == (4000, 2000)


@pytest.mark.parametrize(
    "equation, expected",
    [
        (EQUATIONS["irnn"], "simple_rnn 2,3,4,8: outputs"),
        (
            lambda m, cell, w, x, states: EQUATIONS["irnn"](
                m, cell, w | {"bias": (w["bias"] + ops.stop_gradient(w["bias"])) / 2}, x, states
            ),
            r"irnn 2,3,4,8: update of a weight \(8,\)",
        ),
    ],
    ids=["outputs", "gradients"],
)
def test_what_computes_something_else_is_not_timed(equation, expected, tmp_path, monkeypatch, capsys):
    name = re.match(r"\w+", expected)[0]
    monkeypatch.setattr("keras_rnn_zoo.bench.plain_cell.EQUATIONS", EQUATIONS | {name: equation})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/speed").mkdir(parents=True)
    (tmp_path / f"results/speed/{BACKEND}.json").write_text("earlier")
    assert call(monkeypatch, *COMMAND, "--cells", name) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("error: ") and errors.count("\n") == 1 and re.search(expected, errors), errors
    assert (tmp_path / f"results/speed/{BACKEND}.json").read_text() == "earlier"


def test_other_backends_are_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(ZooError, match="set KERAS_BACKEND to tensorflow or jax, received 'torch'"):
        compiled_steps.check_backend()
