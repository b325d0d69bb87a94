"""`bench training`: both ways are the same model on the same examples, and what is written of it; not how fast they are."""

import json
import sys
from statistics import median

import keras
import numpy as np
import pytest

from keras_rnn_zoo import builders, cli
from keras_rnn_zoo.bench import training, training_row
from keras_rnn_zoo.bench.training_clock import Clock, Traces
from keras_rnn_zoo.bench.training_stock import plain_batches, stock_model
from keras_rnn_zoo.bench.training_table import table_of_training
from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.training import plot_training

BACKEND = keras.backend.backend()
on_tensorflow = pytest.mark.skipif(BACKEND != "tensorflow", reason="the plain pipeline is TensorFlow's")
SMALL = ("model.units=4", "training.batch_size=8", "dataset.options.length=10", "model.dropout=0")
COMMAND = ["bench", "training", "gru_temporal_order", "--steps", "2", "--rounds", "3"]
CHANGES = [word for change in SMALL for word in ("--set", change)]


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    """The folder of a table, and what was printed."""
    folder = tmp_path_factory.mktemp("training")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with cli.bench.console.capture() as said:
            assert call(patch, *COMMAND, *CHANGES) == 0
    return folder / "results/speed", said.get().splitlines()


@on_tensorflow
def test_the_record(benched):
    record = json.loads((benched[0] / "training.json").read_text())
    command = f"keras-rnn-zoo {' '.join(COMMAND)} --output results/speed --name training {' '.join(CHANGES)}"
    assert list(record)[0] == "command" and record["command"] == command
    assert record["rounds"] == 3 and "cores" in record["machine"]
    (row,) = record["rows"]
    assert row["config"] == "many_to_one/gru_temporal_order"
    assert (row["batch_size"], row["steps"], row["tokens"]) == (8, 2, 2 * 8 * 10)
    for way in (row["stock"], row["zoo"]):
        assert len(way["tokens_per_second"]) == 3 and all(speed > 0 for speed in way["tokens_per_second"])
        assert way["first_step_s"] > 0 and way["pipeline_share"] > 0 and way["padding_share"] == 0
        assert np.isfinite(way["loss"])
    assert (row["zoo"]["traces"], row["stock"]["traces"]) == (1, 2)
    pairs = zip(row["stock"]["tokens_per_second"], row["zoo"]["tokens_per_second"], strict=True)
    assert row["ratios"] == pytest.approx([of_zoo / of_stock for of_stock, of_zoo in pairs], rel=1e-3, abs=1e-4)
    assert row["ratio"] == pytest.approx(median(row["ratios"]))


@on_tensorflow
def test_the_table_and_the_picture(benched):
    folder, said = benched
    table = table_of_training(folder / "training.json")
    assert said[0].startswith("many_to_one/gru_temporal_order: ") and said[0].endswith("; 1 of 1")
    assert said[1:] == table and (folder / "training.md").read_text().splitlines()[2:] == table
    ratio = json.loads((folder / "training.json").read_text())["rows"][0]["ratio"]
    assert f"| {ratio:.2f} |" in table[2]
    assert (folder / "training.png").read_bytes().startswith(b"\x89PNG")


@on_tensorflow
def test_both_learn_the_same_of_the_same_batch():
    """One batch an epoch holds all examples, so that the order of a shuffle changes no update."""
    from keras_rnn_zoo.training import config as configs
    from keras_rnn_zoo.training.catalogue import find_config

    identity, path = find_config("gru_temporal_order")
    row = training_row.training_row(identity, configs.read(path, [*SMALL]), steps=1, rounds=3)
    assert row["steps"] == 1 and row["zoo"]["loss"] == pytest.approx(row["stock"]["loss"], abs=1e-4)
    assert row["zoo"]["loss"] != pytest.approx(np.log(4), abs=1e-4)


MODELS = {
    "gru": lambda: builders.build_many_to_one((None, 3), 4, (5, 6), cell="gru", dropout=0.2),
    "both directions": lambda: builders.build_many_to_one((None, 3), 4, (5, 6), bidirectional=True),
    "own cell": lambda: builders.build_many_to_many_aligned((None, 3), 4, 5, cell="deep_transition"),
    "simple": lambda: builders.build_many_to_many_aligned((None, 3), 4, (5, 6), cell="simple_rnn", input_units=7),
}


@pytest.mark.parametrize("name", MODELS)
def test_stock_keras_answers_the_same(name):
    model = MODELS[name]()
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    stock, inputs = stock_model(model), rng.normal(size=(2, 6, 3)).astype("float32")
    inputs[1, 4:] = 0
    expected, found = (keras.ops.convert_to_numpy(one(inputs)) for one in (model, stock))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not any(type(layer).__module__.startswith("keras_rnn_zoo") for layer in stock.layers)


@pytest.mark.parametrize(
    "model, says",
    [
        (lambda: builders.build_one_to_one((3,), 2, 4), "one input and a recurrence are expected"),
        (lambda: builders.build_translator((None,), 9, 4, vocabulary_size=8), "one input and a recurrence"),
        (
            lambda: builders.build_many_to_one((None, 3), 2, (4, 4), skip_connections="input"),
            "skip_connections='input'",
        ),
        (lambda: builders.build_many_to_one((None, 3), 2, 4, pooling="max"), "pooling='max'"),
        (lambda: builders.build_many_to_one((None, 3), 2, 4, cell_options={"weight_drop": 0.5}), "weight_drop=0.5"),
        (lambda: builders.build_many_to_one((None, 3), 2, 4, norm_preserving=2.0), "omega_weight=2.0"),
        (lambda: builders.build_many_to_many_aligned((None, 3), 2, 4, output_units=3), "DeepOutput"),
    ],
)
def test_what_stock_keras_has_not(model, says):
    with pytest.raises(ZooError, match=says):
        stock_model(model())


@on_tensorflow
def test_plain_batches_hold_every_row_once():
    lengths = (2, 5, 1, 3, 4)
    rows = [np.full((length, 1), length, "float32") for length in lengths]
    ragged = Examples({"inputs": rows}, np.arange(5))
    batches = list(plain_batches(ragged, {"inputs": -1.0}, 2, seed=1))
    assert [len(targets) for _, targets in batches] == [2, 2, 1]
    for inputs, targets in batches:
        for row, number in zip(inputs.numpy()[:, :, 0], targets.numpy(), strict=True):
            assert row.tolist() == [lengths[number]] * lengths[number] + [-1] * (len(row) - lengths[number])
    assert sorted(number for _, targets in batches for number in targets.numpy()) == list(range(5))
    windows = Examples({"inputs": np.arange(6).reshape(3, 2)}, np.arange(6).reshape(3, 2))
    assert sorted(row for _, targets in plain_batches(windows, {}, 2, 1) for row in targets.numpy().tolist()) == [
        [0, 1],
        [2, 3],
        [4, 5],
    ]


def test_a_clock_leaves_validation_out(monkeypatch):
    now = iter(range(100))
    monkeypatch.setattr("keras_rnn_zoo.bench.training_clock.time.perf_counter", lambda: next(now))
    clock = Clock()  # 0
    for epoch in range(2):
        clock.on_epoch_begin(epoch)
        for batch in range(3):
            clock.on_train_batch_end(batch)
        next(now)
        clock.on_epoch_end(epoch)
    assert clock.first_step == 2 and clock.epochs == [3, 3]


@on_tensorflow
def test_a_second_trace_is_counted():
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    traces = Traces(model)
    model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)
    before = traces.count
    model.make_train_function(force=True)
    model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)
    assert traces.count == before + 1


@on_tensorflow
def test_what_answers_otherwise_is_not_timed(tmp_path, monkeypatch, capsys):
    def other(model):
        stock = stock_model(model)
        stock.set_weights([weight + 0.5 for weight in stock.get_weights()])
        return stock

    monkeypatch.setattr(training_row, "stock_model", other)
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, *COMMAND, *CHANGES) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1 and "timing them would mean nothing" in said
    assert not (tmp_path / "results").exists()


@on_tensorflow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gru_temporal_ordr"], "Did you mean 'many_to_one/gru_temporal_order'"),
        (["gru_temporal_order", "gru_temporal_order"], "gru_temporal_order is given 2 times"),
        (["gru_temporal_order", "--name", "a/b"], "without a folder"),
        (["gru_temporal_order", "--steps", "0"], "--steps"),
        (["gru_temporal_order", "--set", "training.epoch=3"], "Did you mean epochs?"),
        (["gru_temporal_order", "--set", "training.distribution.devices=2"], "without finetuning"),
        (["mlp_number_pictures", "--steps", "1"], "one input and a recurrence are expected"),
    ],
)
def test_bad_input_costs_one_line(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, "bench", "training", *arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1 and says in said


@on_tensorflow
def test_missing_data(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    assert call(monkeypatch, "bench", "training") == 2
    assert "tinyshakespeare/input.txt" in capsys.readouterr().err


def test_other_backends_are_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ZooError, match="set KERAS_BACKEND to tensorflow, received 'jax'"):
        training._check_backend()


def test_a_picture_of_several_configurations(tmp_path):
    speeds = {"tokens_per_second": [3.0, 4.0]}
    rows = [{"config": f"a/{name}", "ratio": 1.5, "stock": speeds, "zoo": speeds} for name in "bc"]
    assert plot_training({"rows": rows}, tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("text", ["", "{}", '{"rows": [{}], "rounds": 1, "machine": "a"}'])
def test_a_damaged_table(text, tmp_path):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(ZooError, match="no table of keras-rnn-zoo bench training"):
        table_of_training(tmp_path / "t.json")
