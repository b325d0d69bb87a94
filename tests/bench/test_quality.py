"""`bench quality`: what it trains, what it leaves alone, and the numbers in its table."""

import json
import shutil
import statistics
import sys

import pytest
import yaml
from matplotlib.axes import Axes

from keras_rnn_zoo import cli
from keras_rnn_zoo.bench.processes import reason, run_side_by_side
from keras_rnn_zoo.bench.quality_table import table_of_quality
from keras_rnn_zoo.plots.quality import plot_quality

GRU = {
    "builder": "many_to_one",
    "dataset": {"name": "temporal_order", "options": {"length": 10, "train": 40, "validation": 20, "test": 20}},
    "model": {"cell": "gru", "units": 4},
    "training": {"epochs": 1, "batch_size": 20},
}
LSTM = GRU | {"model": {"units": 3}}  # The cell is the builder's default.
COMMAND = ["bench", "quality", "small_gru.yaml", "small_lstm.yaml", "--seeds", "1", "--seeds", "2", "--jobs", "2"]
RUNS = "runs/bench/quality/own"


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def written(folder):
    return {path.name: path.read_bytes() for path in (folder / "results/quality").iterdir()}


def write_configurations(folder):
    (folder / "small_gru.yaml").write_text("# A test's.\n# Published: 0.9 (nobody)\n" + yaml.safe_dump(GRU))
    (folder / "small_lstm.yaml").write_text(yaml.safe_dump(LSTM))


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    """A working folder in which the bench has run, and what it printed."""
    folder = tmp_path_factory.mktemp("bench")
    write_configurations(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with cli.bench.console.capture() as said:
            assert call(patch, *COMMAND) == 0
    return folder, said.get()


@pytest.fixture
def at_work(benched, tmp_path, monkeypatch):
    """A copy of that folder to change."""
    shutil.copytree(benched[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def metrics_of(folder, name, seed):
    return json.loads((folder / RUNS / name / f"seed_{seed}/metrics.json").read_text())


def test_the_record_is_what_the_runs_measured(benched):
    folder, _ = benched
    record = json.loads((folder / "results/quality/temporal_order.json").read_text())
    assert list(record)[0] == "command" and record["command"].startswith("keras-rnn-zoo bench quality small_gru.yaml ")
    first = metrics_of(folder, "small_gru", 1)
    assert (record["machine"], record["versions"]) == (first["machine"], first["versions"])
    assert record["metric"]["name"] == "accuracy" and record["metric"]["larger_is_better"]
    assert record["baseline"] == {"name": "the commonest class", "value": first["baseline"]["accuracy"]}
    assert [(row["identity"], row["cell"], row["units"], row["published"]) for row in record["rows"]] == [
        ("own/small_gru", "gru", 4, "0.9 (nobody)"),
        ("own/small_lstm", "lstm", 3, None),
    ]
    for row in record["rows"]:
        metrics = [metrics_of(folder, row["identity"].removeprefix("own/"), seed) for seed in (1, 2)]
        test = [each["test"]["accuracy"] for each in metrics]
        assert [each["seed"] for each in metrics] == row["seeds"] == [1, 2]
        assert row["test"] == test and row["epochs"] == [1, 1] and row["complete"]
        assert row["parameters"] == metrics[0]["parameters"]
        assert row["mean"] == pytest.approx(sum(test) / 2)
        assert row["standard_deviation"] == pytest.approx(abs(test[0] - test[1]) / 2**0.5)
        assert row["validation_mean"] == pytest.approx(sum(each["validation"]["accuracy"] for each in metrics) / 2)


def test_each_run_is_told_once_and_the_table_ends_it(benched):
    folder, said = benched
    lines = said.splitlines()
    told = [line for line in lines if " seed " in line and not line.startswith("|")]
    assert sorted(line.partition(":")[0] for line in told) == [
        f"own/small_{cell} seed {seed}" for cell in ("gru", "lstm") for seed in (1, 2)
    ]
    assert "3 left, under a minute" in told[0] and told[-1].endswith("none left")
    table = table_of_quality(folder / "results/quality/temporal_order.json")
    assert lines[-len(table) :] == table
    command, empty, *rest = (folder / "results/quality/temporal_order.md").read_text().splitlines()
    assert command.startswith("<!-- Made by keras-rnn-zoo bench quality ") and not empty and rest == table
    assert set(written(folder)) == {f"temporal_order.{suffix}" for suffix in ("json", "md", "png")}


def test_the_same_again_trains_nothing_and_what_is_missing_is_made_up_for(at_work, monkeypatch, capsys):
    before = written(at_work)
    kept = (at_work / RUNS / "small_gru/seed_1/model.keras").stat().st_mtime_ns
    monkeypatch.setattr("keras_rnn_zoo.bench.processes._start", None)
    assert call(monkeypatch, *COMMAND) == 0
    assert capsys.readouterr().out.count("(found)") == 4 and written(at_work) == before
    monkeypatch.undo()

    monkeypatch.chdir(at_work)
    shutil.rmtree(at_work / RUNS / "small_lstm/seed_2")
    (at_work / "results/quality/temporal_order.json").write_text("{}")
    assert call(monkeypatch, *COMMAND) == 0
    found = json.loads((at_work / "results/quality/temporal_order.json").read_text())
    earlier = json.loads(before["temporal_order.json"])
    assert [row["test"] for row in found["rows"]] == [row["test"] for row in earlier["rows"]]
    assert capsys.readouterr().out.count("(found)") == 3
    assert (at_work / RUNS / "small_gru/seed_1/model.keras").stat().st_mtime_ns == kept


def test_a_run_that_fails_is_named_and_the_others_are_in_the_table(at_work, monkeypatch, capsys):
    shutil.rmtree(at_work / RUNS / "small_gru/seed_2")
    (at_work / RUNS / "small_gru/seed_2.partial").write_text("in the way")
    assert call(monkeypatch, *COMMAND) == 2
    said = capsys.readouterr()
    assert "own/small_gru seed 2 failed: " in said.out and "File exists" in said.out
    assert said.err == f"error: 1 of 4 runs failed; their logs: {RUNS}/small_gru/seed_2.log.\n"
    record = json.loads((at_work / "results/quality/temporal_order.json").read_text())
    assert [(row["complete"], row["seeds"]) for row in record["rows"]] == [(False, [1]), (True, [1, 2])]
    assert record["rows"][0]["standard_deviation"] is None
    assert any("| 1 (unfinished) |" in line for line in table_of_quality("results/quality/temporal_order.json"))


def edited(name, **changes):
    def edit():
        path = f"{RUNS}/small_lstm/seed_1/{name}"
        with open(path) as file:
            values = json.load(file)
        with open(path, "w") as file:
            json.dump({key: value for key, value in (values | changes).items() if value is not None}, file)

    return edit


def nothing():
    pass


BAD = {
    "a run of other settings": (nothing, ["--set", "model.units=5"], "seed_1 holds a run of other settings (model.un"),
    "damaged metrics": (edited("metrics.json", seconds=None), [], "metrics.json is damaged: it has no seconds"),
    "data that have changed": (
        edited("metrics.json", baseline={"name": "the commonest class", "accuracy": 0.1}),
        [],
        "were measured on different data",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_runs_that_do_not_fit_are_one_line(name, at_work, monkeypatch, capsys):
    prepare, more, expected = BAD[name]
    prepare()
    before = written(at_work)
    assert call(monkeypatch, *COMMAND, *more) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("error: ") and errors.count("\n") == 1 and expected in errors, errors
    assert written(at_work) == before


def record(tmp_path, larger_is_better):
    rows = [
        {"identity": name, "cell": cell, "parameters": 12345, "published": published, "seeds": seeds, "test": test}
        for name, cell, published, seeds, test in (
            ("own/a", "lstm", "8.45 LSTM", [1, 2, 3], [8.4, 8.43, 8.41]),
            ("own/b", "gru", None, [1, 2], [8.2, 8.3]),
            ("own/c", None, None, [4], [9.0]),
        )
    ]
    for row in rows:
        spread = statistics.stdev(row["test"]) if len(row["test"]) > 1 else None
        row |= {"mean": statistics.mean(row["test"]), "standard_deviation": spread, "complete": True}
    metric = {"name": "nats_per_frame", "larger_is_better": larger_is_better}
    path = tmp_path / "table.json"
    path.write_text(json.dumps({"metric": metric, "baseline": {"name": "each note", "value": 11.06}, "rows": rows}))
    return path


def test_the_table_is_sorted_and_shows_the_spread(tmp_path):
    head, _, *rows, baseline = table_of_quality(record(tmp_path, larger_is_better=False))
    assert "| test nats per frame, mean ± std |" in head
    assert rows == [
        "| `own/b` | gru | 12,345 | 8.250 ± 0.071 | 8.200 (seed 1) | 2 |  |",
        "| `own/a` | lstm | 12,345 | 8.413 ± 0.015 | 8.400 (seed 1) | 3 | 8.45 LSTM |",
        "| `own/c` |  | 12,345 | 9.000 | 9.000 (seed 4) | 1 |  |",
    ]
    assert baseline == "| each note (trivial baseline) |  |  | 11.060 |  |  |  |"


def test_the_other_direction(tmp_path):
    _, _, *rows, _ = table_of_quality(record(tmp_path, larger_is_better=True))
    assert [row.split("`")[1] for row in rows] == ["own/c", "own/a", "own/b"]
    assert "| 8.430 (seed 2) |" in rows[1]


@pytest.mark.parametrize("baseline, drawn", [(2.5, True), (50.0, False)])
def test_the_baseline_is_drawn_only_where_it_lies_among_the_scores(baseline, drawn, tmp_path, monkeypatch):
    lines = []
    monkeypatch.setattr(Axes, "axvline", lambda axes, x, **_: lines.append(x))
    picture = plot_quality({"a": [1.0, 2.0], "b": [3.0]}, tmp_path / "a.png", "accuracy", baseline)
    assert picture.read_bytes().startswith(b"\x89PNG") and lines == [baseline] * drawn


def test_processes_end_with_whoever_waits_for_them(tmp_path, monkeypatch):
    write_configurations(tmp_path)
    monkeypatch.chdir(tmp_path)
    endless = ["train", "small_gru.yaml", "--set", "training.epochs=1000000"]
    logs = [tmp_path / "logs/a.log", tmp_path / "logs/b.log"]
    ends = run_side_by_side([["list", "no such kind"], endless], logs, jobs=2)
    assert next(ends) == (0, 2)
    assert reason(logs[0], 2).startswith("Invalid value for 'kind'")
    ends.close()  # Waits for the endless one.


def test_a_process_that_was_killed_is_told_by_its_signal(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("epoch 1/9\n\n")
    assert reason(log, -9) == "ended by signal 9, last words: epoch 1/9"
