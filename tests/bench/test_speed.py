"""`bench speed`: all ways compute the same, and what is written of them; how fast is not for a test to say."""

import json
import re
import sys
from importlib.metadata import version
from importlib.util import find_spec
from statistics import median

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import cli
from keras_rnn_zoo.bench import compiled_steps, product_limit, speed_anchor, speed_device, speed_memory, speed_timing
from keras_rnn_zoo.bench.speed_case import TIMED, SpeedCase
from keras_rnn_zoo.bench.speed_models import inputs_and_targets, zoo_model
from keras_rnn_zoo.bench.speed_row import same_models, speed_row
from keras_rnn_zoo.bench.speed_table import table_of_speed
from keras_rnn_zoo.bench.torch_steps import torch_step
from keras_rnn_zoo.equations import EQUATIONS
from keras_rnn_zoo.errors import ZooError

BACKEND = keras.backend.backend()
CELLS = ["simple_rnn", "deep_transition", "lstm", "min_gru"]
COMMAND = ["bench", "speed", "--shape", "2,12,4,8", "--rounds", "1"]
TORCH = ["simple_rnn", "deep_transition", "gru", "lstm"]
pytestmark = pytest.mark.skipif(BACKEND not in ("tensorflow", "jax"), reason="bench speed is for TensorFlow and JAX")


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    monkeypatch.setattr(speed_timing, "SECONDS_A_TIMING", 0.0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def named(names):
    return [word for name in names for word in ("--cells", name)]


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    """The folder of a table of some cells, with masks and without, and what was printed."""
    folder = tmp_path_factory.mktemp("speed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with cli.bench.console.capture() as said:
            assert call(patch, *COMMAND, "--masked", *named(CELLS)) == 0
    return folder / "results/speed", said.get().splitlines()


def test_the_record_holds_every_case(benched):
    record = json.loads((benched[0] / f"{BACKEND}.json").read_text())
    command = f"KERAS_BACKEND={BACKEND} keras-rnn-zoo bench speed --cells simple_rnn --cells "
    assert list(record)[0] == "command" and record["command"].startswith(command)
    options = f"--rounds 1 --masked --device cpu --output results/speed --name {BACKEND}"
    assert record["command"].endswith(f" --shape 2,12,4,8 {options}")
    assert (record["backend"], record["rounds"], record["device"]) == (BACKEND, 1, "cpu")
    torch = {"torch": version("torch")} if find_spec("torch") else {}
    assert record["versions"].items() >= torch.items() and set(record["versions"]) == {
        "python",
        "keras",
        BACKEND,
        *torch,
    }
    assert "cores" in record["machine"] and record["load_average"] >= 0
    cases = [(name, [2, 12, 4, 8], masked) for name in CELLS for masked in (False, True)]
    assert [(row["cell"], row["shape"], row["masked"]) for row in record["rows"]] == cases
    for row in record["rows"]:
        with_torch = torch and row["cell"] in TORCH
        expected = {"zoo"} if row["masked"] else {"zoo", "limit", *(["torch.nn"] if with_torch else [])}
        check_times(row["training"], expected, {"zoo", "torch.nn", "limit"})
        check_times(row["inference"], {"zoo"}, {"zoo"})
    assert [row["cell_options"] for row in record["rows"][2:4]] == [{"shortcut": True}] * 2


def check_times(times, expected, known):
    """All of `known` are in the record, those of `expected` with figures that agree."""
    assert set(times["ratio"]) == known
    assert {way for way, ratio in times["ratio"].items() if ratio is not None} == expected
    assert all(times["ratio"][way] > 0 and len(times["ratios"][way]) == 1 for way in expected)
    assert all(times["ms"][way] > 0 for way in ("stock", *expected))


def test_each_row_is_told_once_and_the_table_ends_it(benched):
    folder, said = benched
    table = table_of_speed(folder / f"{BACKEND}.json")
    assert said[-len(table) :] == table and len(said) == 2 * len(CELLS) + len(table)
    assert said[0].startswith("simple_rnn 2,12,4,8: training zoo ") and said[0].endswith("; 1 of 8")
    assert said[3].startswith("deep_transition(shortcut=True) 2,12,4,8, masked: training zoo ")
    command, empty, *rest = (folder / f"{BACKEND}.md").read_text().splitlines()
    assert command.startswith(f"<!-- Made by KERAS_BACKEND={BACKEND} keras-rnn-zoo bench speed ")
    assert not empty and rest == table
    assert {path.name for path in folder.iterdir()} == {f"{BACKEND}.{kind}" for kind in ("json", "md", "png")}
    assert (folder / f"{BACKEND}.png").read_bytes().startswith(b"\x89PNG")


def record_of(*rows):
    known = {"rounds": 3, "machine": "a machine", "versions": {"keras": "1"}, "load_average": 0.5}
    return json.dumps({**known, "rows": rows})


def row_of(cell, shape, torch=None, anchor=None, **more):
    ms = {"stock": 8.0, "zoo": 5.678, "torch.nn": torch, "limit": 1.0}
    ratio = {"zoo": 1.234, "torch.nn": torch, "limit": 8.0}
    anchors = [{**ms, "cuDNN LSTM": anchor}, {**ratio, "cuDNN LSTM": 9.0}] if anchor else [ms, ratio]
    training, inference = dict(zip(("ms", "ratio"), anchors)), {"ms": {"zoo": 2.0}, "ratio": {"zoo": 0.5}}
    return {"cell": cell, "shape": shape, "masked": False, "training": training, "inference": inference, **more}


def test_the_table_keeps_the_order_and_leaves_out_what_nobody_has(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(
        record_of(row_of("b", [3, 2, 2, 2]), row_of("b", [1, 2, 2, 2], masked=True), row_of("a", [3, 2, 2, 2]))
    )
    assert table_of_speed(path)[2:5] == [
        "| b | 3,2,2,2 | 1.23 | 8.00 | 5.68 | 0.50 | 2.00 |",
        "| b, masked | 1,2,2,2 | 1.23 | 8.00 | 5.68 | 0.50 | 2.00 |",
        "| a | 3,2,2,2 | 1.23 | 8.00 | 5.68 | 0.50 | 2.00 |",
    ]
    assert "Medians of 3 rounds in turn; a machine; keras 1; load average 0.5." in table_of_speed(path)[-1]
    path.write_text(
        record_of(row_of("b", [3, 2, 2, 2], torch=2.0, anchor=2.0, memory={"ratio": 0.9, "process_ratio": 1.1}))
    )
    head, _, row = table_of_speed(path)[:3]
    assert "torch.nn" in head and "times cuDNN's LSTM" in head and "memory" in head
    assert row == "| b | 3,2,2,2 | 1.23 | 2.00 | 8.00 | 5.68 | 2.84 | 0.50 | 2.00 | 0.90 | 1.10 |"
    path.write_text("{}")
    with pytest.raises(ZooError, match="no table of keras-rnn-zoo bench speed, or damaged"):
        table_of_speed(path)


@pytest.mark.parametrize("masked", [False, True], ids=["full", "masked"])
@pytest.mark.parametrize("name", TIMED)
def test_stock_computes_what_the_zoo_does(name, masked):
    case = SpeedCase.read(name, "3,8,4,8", masked)
    stock, zoo = same_models(case)
    rng = np.random.default_rng(1)
    weights = [rng.normal(scale=0.4, size=weight.shape).astype("float32") for weight in zoo.get_weights()]
    stock.set_weights(weights)
    zoo.set_weights(weights)
    inputs, _ = inputs_and_targets(case, 8)
    outputs = ops.convert_to_numpy(zoo(inputs))
    np.testing.assert_allclose(ops.convert_to_numpy(stock(inputs)), outputs, atol=1e-5)
    assert (outputs[~inputs.any(axis=-1)] == 0).all() and outputs[inputs.any(axis=-1)].any(axis=-1).all()


def test_masked_sequences_are_at_least_a_quarter_long():
    case = SpeedCase.read("lstm", "500,11,2,3", masked=True)
    inputs, targets = inputs_and_targets(case, 3)
    steps = inputs.any(axis=-1)
    lengths = steps.sum(axis=1)
    assert set(lengths) == set(range(3, 12)) and targets.shape == (500, 11, 3)
    assert (steps == (np.arange(11) < lengths[:, None])).all()
    full, _ = inputs_and_targets(case._replace(masked=False), 3)
    assert full.any(axis=-1).all() and (full[steps] == inputs[steps]).all()


@pytest.mark.parametrize("name", TORCH)
def test_torch_computes_what_keras_does(name):
    pytest.importorskip("torch")
    case = SpeedCase.read(name, "3,6,4,8")
    stock, _ = same_models(case)
    stock.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in stock.get_weights()])
    inputs, targets = inputs_and_targets(case, 8)
    train, _ = compiled_steps.compiled_steps(stock, inputs, targets)
    step = torch_step(name, stock.layers[-1], inputs, targets)
    assert step() == step() == pytest.approx(train(0.0), rel=1e-5)


def test_torch_has_no_other_cells():
    stock, _ = same_models(SpeedCase.read("min_gru", "3,6,4,8"))
    assert torch_step("min_gru", stock.layers[-1], None, None) is None


@pytest.mark.parametrize(
    "name, multiplications",
    [
        ("simple_rnn", 2 * 4 * 8 + 3 * 8 * 8),
        ("gru", 3 * (2 * 4 * 8 + 3 * 8 * 8)),
        ("deep_transition", 2 * 4 * 16 + 3 * 8 * 16 + 3 * 8 * 8),
        ("min_gru", 2 * 4 * 16),
    ],
)
def test_the_limit_has_the_multiplications_of_a_step(name, multiplications):
    pairs = list(product_limit.products(zoo_model(SpeedCase.read(name, "3,6,4,8")), rows=18))
    assert sum(left[0] * left[1] * right[1] for left, right in pairs) == 18 * multiplications
    assert all(left[1] == right[0] for left, right in pairs)


def test_the_limit_forms_every_product(monkeypatch):
    formed, matmul = [], ops.matmul
    monkeypatch.setattr(product_limit.ops, "matmul", lambda *pair: formed.append(pair) or matmul(*pair))
    model = zoo_model(SpeedCase.read("simple_rnn", "3,6,4,8"))
    formed.clear()
    product_limit.limit_step(model, rows=18)()
    assert [tuple(tuple(one.shape) for one in pair) for pair in formed] == list(product_limit.products(model, 18))


def test_memory_is_measured_in_fresh_processes():
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is read from /proc")
    found = speed_memory.memory_of(SpeedCase.read("simple_rnn", "64,50,64,256", masked=True))
    inputs_mib = 64 * 50 * 256 * 4 / 2**20
    for way in ("stock", "zoo"):
        assert inputs_mib < found["added_mib"][way] < found["peak_mib"][way]
    for ratio, mib in (("ratio", found["added_mib"]), ("process_ratio", found["peak_mib"])):
        assert found[ratio] == pytest.approx(mib["zoo"] / mib["stock"], rel=0.01)


def test_a_process_that_fails_is_told(monkeypatch):
    monkeypatch.setattr(speed_memory, "run_side_by_side", failing)
    with pytest.raises(ZooError, match="simple_rnn 2,3,4,8: the memory of stock could not be measured: no memory"):
        speed_memory.memory_of(SpeedCase.read("simple_rnn", "2,3,4,8"))


def failing(commands, logs, jobs):
    assert commands == [["bench", "speed-memory", "simple_rnn", "2,3,4,8", "stock"]]
    logs[0].write_text("error: no memory\n")
    yield 0, 2


def test_memory_stands_in_the_row(monkeypatch, tmp_path):
    monkeypatch.setattr("keras_rnn_zoo.bench.speed.memory_of", lambda case: {"ratio": 0.75, "process_ratio": 0.9})
    assert call(monkeypatch, *COMMAND, "--cells", "lstm", "--memory", "--output", str(tmp_path), "--name", "m") == 0
    record = json.loads((tmp_path / "m.json").read_text())
    assert record["rows"][0]["memory"]["ratio"] == 0.75 and " --memory --device cpu " in record["command"]
    assert table_of_speed(tmp_path / "m.json")[2].endswith(" 0.75 | 0.90 |")


def test_a_gpu_is_asked_for(monkeypatch, capsys, tmp_path):
    if speed_device.has_gpu():
        pytest.skip("there is a GPU")
    assert call(monkeypatch, *COMMAND, "--device", "gpu", "--output", str(tmp_path)) == 2
    error = capsys.readouterr().err
    assert "--device gpu needs JAX and a GPU that JAX sees" in error and f"KERAS_BACKEND={BACKEND}" in error
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(speed_device, "has_gpu", lambda: True)
    with pytest.raises(ZooError, match=f"--device cpu: {BACKEND} computes on gpu. Set [A-Z_]+=(cpu|-1), or give"):
        speed_device.check_device("cpu")


def test_cudnn_stands_beside_every_cell_on_a_gpu(monkeypatch, tmp_path):
    monkeypatch.setattr("keras_rnn_zoo.bench.speed.check_device", lambda device: None)
    monkeypatch.setattr("keras_rnn_zoo.bench.speed_row.torch_step", lambda *step: None)
    monkeypatch.setattr(
        speed_anchor, "cudnn_lstm", lambda units: keras.layers.LSTM(units, return_sequences=True, use_cudnn=False)
    )
    assert call(monkeypatch, *COMMAND, "--cells", "irnn", "--masked", "--device", "gpu", "--output", str(tmp_path)) == 0
    full, masked = json.loads((tmp_path / f"{BACKEND}_gpu.json").read_text())["rows"]
    assert full["training"]["ratio"]["cuDNN LSTM"] > 0 and masked["training"]["ratio"]["cuDNN LSTM"] is None
    head, _, row = table_of_speed(tmp_path / f"{BACKEND}_gpu.json")[:3]
    place = head.split(" | ").index("training: zoo, times cuDNN's LSTM")
    ms = full["training"]["ms"]
    assert row.split(" | ")[place] == f"{ms['zoo'] / ms['cuDNN LSTM']:.2f}"


def test_an_anchor_that_does_not_run_is_told():
    if speed_device.has_gpu():
        pytest.skip("there is a GPU")
    with pytest.raises(ZooError, match="does not run cuDNN's LSTM here, which is the anchor of --device gpu"):
        speed_anchor.anchor_step(SpeedCase.read("irnn", "2,3,4,8"))


@pytest.mark.parametrize(
    "options, what",
    [
        (["--device", "gpus"], "Unknown device 'gpus'. Did you mean 'gpu'"),
        (["--device", "gpu", "--memory"], "give it with --device cpu, received gpu"),
        (["--cells", "lstn"], "Unknown cell that is timed 'lstn'. Did you mean 'lstm'"),
    ],
    ids=["device", "memory", "cell"],
)
def test_bad_input(options, what, monkeypatch, capsys, tmp_path):
    assert call(monkeypatch, *COMMAND, *options, "--output", str(tmp_path / "new")) == 2
    assert what in capsys.readouterr().err and not (tmp_path / "new").exists()


def test_a_training_step_is_gradient_descent():
    sequences = keras.Input((None, 1))
    model = keras.Model(sequences, keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")(sequences))
    inputs, targets = np.full((1, 1, 1), 2.0, "float32"), np.full((1, 1, 1), 5.0, "float32")
    train, infer = compiled_steps.compiled_steps(model, inputs, targets)
    assert train(0.0) == train(0.125) == pytest.approx(9.0)
    assert float(infer()[0, 0, 0]) == pytest.approx(5.0)  # w = 1 + 0.125 * 2 * 3 * 2


def test_all_are_timed_in_turn_and_compared_round_by_round(monkeypatch):
    clock, called = iter(range(1000)), []
    monkeypatch.setattr(speed_timing.time, "perf_counter", lambda: next(clock))
    found = speed_timing.times_in_turn({"a": lambda: called.append("A"), "b": lambda: called.append("B")}, rounds=3)
    assert "".join(called) == "AAA" + "BBB" + "AB" * 3
    assert (found["ms"], found["ratios"]) == ({"a": 1000, "b": 1000}, {"b": [1, 1, 1]})
    seconds = iter([1.0, 1.0, 1.0, 1.0, 4.0, 2.0, 9.0, 3.0, 1.0, 1.0])
    monkeypatch.setattr(speed_timing, "_seconds", lambda step, repeats: next(seconds))
    found = speed_timing.times_in_turn({"a": lambda: None, "b": lambda: None}, rounds=3)
    assert found["ratios"]["b"] == [2, 3, 1] and found["ratio"]["b"] == median(found["ratios"]["b"])
    assert found["ms"] == {"a": 4000, "b": 2000}


def test_a_way_that_is_not_there_has_no_figures():
    found = speed_timing.times_in_turn({"stock": sum_up, "zoo": sum_up, "torch.nn": None}, rounds=2)
    assert [found[kind]["torch.nn"] for kind in ("ms", "ratio", "ratios")] == [None] * 3
    assert len(found["ratios"]["zoo"]) == 2 and set(found["ratio"]) == {"zoo", "torch.nn"} and found["ms"]["stock"] > 0


def sum_up():
    return sum(range(1000))


@pytest.mark.parametrize(
    "equation, expected",
    [
        (EQUATIONS["simple_rnn"], "irnn 2,12,4,8: outputs"),
        (
            lambda m, cell, w, x, states: EQUATIONS["irnn"](
                m, cell, w | {"bias": (w["bias"] + ops.stop_gradient(w["bias"])) / 2}, x, states
            ),
            r"irnn 2,12,4,8: update of a weight \(8,\)",
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


def test_a_loss_of_torch_that_differs_is_no_measurement(monkeypatch):
    monkeypatch.setattr("keras_rnn_zoo.bench.speed_row.torch_step", lambda *step: lambda: 100.0)
    with pytest.raises(ZooError, match="lstm 2,3,4,8: loss of torch.nn: it differs from Keras's by "):
        speed_row(SpeedCase.read("lstm", "2,3,4,8"), 1)


def test_other_backends_are_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(ZooError, match="set KERAS_BACKEND to tensorflow or jax, received 'torch'"):
        compiled_steps.check_backend()
