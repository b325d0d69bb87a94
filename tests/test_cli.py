"""The commands: what they print, and one line and exit code 2 for whatever a user may get wrong."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError

import keras
import numpy as np
import pytest
import yaml
from rich.console import Console

import keras_rnn_zoo
from keras_rnn_zoo import builders, cli
from keras_rnn_zoo.datasets import files
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.runner import run

CLASSIFIER = {
    "builder": "many_to_one",
    "dataset": {"name": "temporal_order", "options": {"length": 10, "train": 40, "validation": 20, "test": 20}},
    "model": {"cell": "gru", "units": 4},
    "training": {"epochs": 1, "batch_size": 20},
}
TRANSLATOR = {
    "builder": "translator",
    "dataset": {"name": "number_names"},
    "model": {"cell": "gru", "units": 4, "embedding_dim": 4},
    "training": {"epochs": 1, "batch_size": 20, "limit_examples": 40},
}


def trained(values, folder):
    return run(configs.parse(values), folder, console=Console(file=io.StringIO()))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with the finished runs `classifier` and `translator`."""
    folder = tmp_path_factory.mktemp("runs")
    trained(CLASSIFIER, folder / "classifier")
    trained(TRANSLATOR, folder / "translator")
    return folder


@pytest.fixture
def at_work(runs, tmp_path, monkeypatch):
    """A working folder with those runs, a configuration of each kind, and no data to be had."""
    for name in ("classifier", "translator"):
        shutil.copytree(runs / name, tmp_path / "runs" / "own" / name)
    (tmp_path / "my.yaml").write_text(yaml.safe_dump(CLASSIFIER))
    (tmp_path / "translate.yaml").write_text(yaml.safe_dump(TRANSLATOR))
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "urlopen", offline)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offline(*_, **__):
    raise URLError("no route to host")


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def nothing():
    pass


def file_with(name, text):
    def make():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


def damage(name):
    def cut():
        path = Path("runs/own/classifier", name)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return cut


def overwritten_in_part():
    path = Path("runs/own/classifier/model.keras")
    path.write_bytes(path.read_bytes()[:1000] + b"x" * 2000 + path.read_bytes()[3000:])


def unfinished(name="runs/own/my"):
    def make():
        file_with(f"{name}.partial/config.yaml", "builder: another\n")()
        file_with(f"{name}.partial/checkpoint.npz", b"")()

    return make


def full_disk(monkeypatch):
    def savez(file, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", savez)


def yaml_case(key, value, what):
    """A configuration file with one key changed, or left out where `value` is `None`."""

    def make():
        values = json.loads(json.dumps(CLASSIFIER))
        *sections, last = key.split(".")
        section = values
        for name in sections:
            section = section[name]
        section[last] = value
        if value is None:
            del section[last]
        Path("bad.yaml").write_text(yaml.safe_dump(values))

    return make, ["train", "bad.yaml"], what


def set_case(change, what, config="my.yaml"):
    return nothing, ["train", config, "--set", change], what


def bench_case(*more, what):
    return nothing, ["bench", "quality", "my.yaml", "--seeds", "1", *more], what


def speed_case(*arguments, what):
    return nothing, ["bench", "speed", *arguments], what


def unfinished_bench():
    values = CLASSIFIER | {"training": {"epochs": 7, "batch_size": 20, "seed": 1}}
    file_with("runs/bench/quality/own/my/seed_1.partial/config.yaml", yaml.safe_dump(values))()
    file_with("runs/bench/quality/own/my/seed_1.partial/checkpoint.npz", b"")()


RUN = "runs/own/classifier"
TRANSLATE = "runs/own/translator"
BAD = {
    "unknown command": (nothing, ["trian"], "No such command 'trian'"),
    "missing argument": (nothing, ["train"], "Missing argument 'config'"),
    "unknown option": (nothing, ["train", "my.yaml", "--epochs", "3"], "No such option: --epochs"),
    "unknown kind": (nothing, ["list", "models"], "'models' is not one of"),
    "unknown configuration": (nothing, ["train", "gru_temporal_ordr"], "Did you mean 'many_to_one/gru_temporal_order'"),
    "picture of another kind": (
        nothing,
        ["describe", "lstm", "--picture", "step.pdf"],
        "must end in .png or .svg, received 'step.pdf'",
    ),
    "picture without a kind": (nothing, ["describe", "lstm", "--picture", "step"], "must end in .png or .svg"),
    "picture in no folder": (nothing, ["describe", "lstm", "--picture", "none/step.png"], "there is no folder none"),
    "picture over a folder": (
        file_with("step.png/mine", "mine"),
        ["describe", "lstm", "--picture", "step.png", "--overwrite"],
        "step.png is a folder",
    ),
    "picture over a file": (
        file_with("step.svg", "mine"),
        ["describe", "lstm", "--picture", "step.svg"],
        "step.svg is there already: choose another file, or give --overwrite",
    ),
    "picture of a builder": (
        nothing,
        ["describe", "many_to_one", "--picture", "step.png"],
        "--picture draws one step of a cell or examples of a dataset, received 'many_to_one'",
    ),
    "picture of text": (
        nothing,
        ["describe", "number_names", "--picture", "step.png"],
        "--picture draws pictures, frames, notes and other numbers; number_names with these options is text",
    ),
    "options of a cell": (
        nothing,
        ["describe", "lstm", "--set", "units=3"],
        "--set gives a dataset its options, and lstm is none",
    ),
    "options of a drawn cell": (
        nothing,
        ["describe", "lstm", "--set", "units=3", "--picture", "step.png"],
        "--set gives a dataset its options, and lstm is none",
    ),
    "unknown option of a dataset": (nothing, ["describe", "addition", "--set", "lenght=3"], "has no option 'lenght'"),
    "option without a value": (nothing, ["describe", "addition", "--set", "length"], "--set expects key=value"),
    "dataset without its path": (nothing, ["describe", "table"], "Dataset 'table' needs the option 'path'"),
    "training without its path": (
        nothing,
        ["train", "lstm_uci_sentiment", "--set", "dataset.name=table"],
        "needs the option 'path'",
    ),
    "picture of an unknown cell": (
        nothing,
        ["describe", "lstn", "--picture", "step.png"],
        "Did you mean 'lstm'?",
    ),
    "overwriting no picture": (nothing, ["describe", "lstm", "--overwrite"], "give its file with --picture"),
    "nothing to describe": (nothing, ["describe", "many_to_oen"], "Did you mean 'many_to_one"),
    "missing file": (nothing, ["train", "absent.yaml"], "Cannot read the configuration absent.yaml"),
    "empty YAML": (file_with("bad.yaml", ""), ["train", "bad.yaml"], "must hold the keys builder, dataset, model"),
    "broken YAML": (file_with("bad.yaml", "a: [1\nb: }"), ["train", "bad.yaml"], "bad.yaml is not valid YAML"),
    "YAML list": (file_with("bad.yaml", "- 1\n- 2\n"), ["train", "bad.yaml"], "must hold the keys"),
    "YAML of numbers": (file_with("bad.yaml", "1: 2\n"), ["train", "bad.yaml"], "keys should be strings"),
    "Python in YAML": (
        file_with("bad.yaml", "builder: !!python/object/apply:os.system ['true']\n"),
        ["train", "bad.yaml"],
        "bad.yaml is not valid YAML",
    ),
    "binary file": (file_with("bad.yaml", b"\x89PNG\r\n\x1a\n\x00"), ["train", "bad.yaml"], "Cannot read the config"),
    "control characters": (file_with("bad.yaml", "a: \x00"), ["train", "bad.yaml"], "bad.yaml is not valid YAML"),
    "a folder": (lambda: Path("bad.yaml").mkdir(), ["train", "bad.yaml"], "Cannot read the configuration bad.yaml"),
    "unknown key": yaml_case("trainning", {}, "bad.yaml: trainning: unknown key. Did you mean training?"),
    "unknown training key": yaml_case("training.epoch", 3, "training.epoch: unknown key. Did you mean epochs?"),
    "missing key": yaml_case("training.epochs", None, "bad.yaml: training.epochs: this key is missing"),
    "missing builder": yaml_case("builder", None, "bad.yaml: builder: this key is missing"),
    "wrong type": yaml_case("training.epochs", "many", "training.epochs: input should be a valid integer"),
    "wrong section": yaml_case("training.optimizer", "adam", "training.optimizer: input should be a valid dictionary"),
    "out of range": yaml_case("training.epochs", 0, "training.epochs: input should be greater than or equal to 1"),
    "infinite rate": yaml_case("training.optimizer", {"learning_rate": float("inf")}, "should be a finite number"),
    "seed too large": yaml_case("training.seed", 2**32, "training.seed: input should be less than"),
    "unknown precision": yaml_case("training.dtype_policy", "float8", "training.dtype_policy: input should be"),
    "unknown builder": yaml_case("builder", "many_to_oen", "Unknown builder 'many_to_oen'. Did you mean 'many_to_one"),
    "unknown model key": yaml_case("model.unit", 3, "model.unit: unknown key. Did you mean units?"),
    "missing model key": yaml_case("model.units", None, "model.units: this key is missing; builder many_to_one needs"),
    "unknown cell": yaml_case("model.cell", "gruu", "Did you mean 'gru'"),
    "unknown cell option": yaml_case("model.cell_options", {"depth": 2}, "depth"),
    "units of no number": yaml_case("model.units", "many", "units must be a positive integer"),
    "dropout of no number": yaml_case("model.dropout", "much", "dropout must be at least 0 and below 1"),
    "dropout too high": yaml_case("model.dropout", 1.5, "dropout must be at least 0 and below 1, received 1.5"),
    "copied states of a bidirectional encoder": set_case(
        "model.bidirectional=true", "Use bridge='dense', or equal units", "translate.yaml"
    ),
    "another pattern's builder": set_case("builder=many_to_many_aligned", "does not fit dataset temporal_order"),
    "outputs that the data fixes": set_case("model.outputs=2", "the data fixes this at 4"),
    "outputs that the loss does not fit": set_case("model.output_activation=linear", "is learnt with"),
    "a builder that reads other inputs": set_case("builder=captioner", "does not fit dataset temporal_order"),
    "no layer for the skip": set_case("model.skip_connections=residual", "give two"),
    "arguments of another pattern": set_case("builder=one_to_one", "model.cell: unknown key. Known: input_shape"),
    "unknown dataset": yaml_case("dataset.name", "temporal_ordre", "Did you mean 'temporal_order'?"),
    "unknown dataset option": yaml_case("dataset.options", {"size": 3}, "has no option 'size'"),
    "bad dataset option": yaml_case("dataset.options", {"length": 2}, "`length` should be a whole number of at least"),
    "unknown optimizer": set_case("training.optimizer.name=adm", "Unknown optimizer 'adm'. Did you mean 'adam'?"),
    "bad optimizer option": set_case("training.optimizer.options.foo=1", "training.optimizer: Argument(s) not recog"),
    "odd batch": set_case("training.distribution.devices=3", "batch_size=20 cannot be shared among 3 devices"),
    "set without =": set_case("training.epochs", "--set expects key=value such as training.epochs=3"),
    "set of broken YAML": set_case("training.epochs=[", "the value is not valid YAML"),
    "set below a number": set_case("training.epochs.x=3", "epochs has no keys below it"),
    "set of an unknown key": set_case("training.epoch=3", "training.epoch: unknown key. Did you mean epochs?"),
    "finished run there": (nothing, ["train", "my.yaml", "--output", RUN], "holds a finished run. Add --overwrite"),
    "another unfinished run": (unfinished(), ["train", "my.yaml"], "an unfinished run with another configuration"),
    "output is a file": (
        file_with("taken", "mine"),
        ["train", "my.yaml", "--output", "taken", "--overwrite"],
        "taken is no run's folder, so it is not replaced",
    ),
    "output below a file": (file_with("taken", "mine"), ["train", "my.yaml", "--output", "taken/run"], "taken"),
    "output is another folder": (
        file_with("mine/config.yaml", "a: 1"),
        ["train", "my.yaml", "--output", "mine"],
        "mine is no run's folder, so it is not replaced",
    ),
    "output is another folder, overwriting": (
        file_with("mine/config.yaml", "a: 1"),
        ["train", "my.yaml", "--output", "mine", "--overwrite"],
        "mine is no run's folder, so it is not replaced",
    ),
    "no data and offline": (nothing, ["train", "gru_tinyshakespeare"], "no route to host"),
    "data folder missing": (
        lambda: os.rmdir("data"),
        ["train", "gru_tinyshakespeare"],
        "KERAS_RNN_ZOO_DATA should name a folder of data",
    ),
    "full disk": (full_disk, ["train", "my.yaml"], "No space left on device"),
    "missing run": (nothing, ["evaluate", "absent"], "No finished run 'absent' found"),
    "missing run to generate": (nothing, ["generate", "absent"], "No finished run 'absent' found"),
    "unfinished run": (unfinished(), ["evaluate", "own/my"], "runs/own/my.partial is not finished"),
    "unfinished run to generate": (unfinished(), ["generate", "my"], "my.partial is not finished"),
    "unknown split": (nothing, ["evaluate", RUN, "--split", "tset"], "--split must be train, validation or test"),
    "truncated model": (damage("model.keras"), ["evaluate", RUN], f"{RUN}/model.keras is damaged: it is no whole"),
    "damaged model": (overwritten_in_part, ["evaluate", RUN], f"Cannot load a model from {RUN}/model.keras"),
    "damaged metrics": (damage("metrics.json"), ["evaluate", RUN], "metrics.json is damaged"),
    "damaged dataset": (damage("dataset.json"), ["evaluate", RUN], "dataset.json is damaged"),
    "damaged configuration": (
        file_with(f"{RUN}/config.yaml", "epochs: 3"),
        ["evaluate", RUN],
        "config.yaml: dataset: this key is missing",
    ),
    "dataset.json of another kind": (file_with(f"{RUN}/dataset.json", "[1]"), ["generate", RUN], "is damaged"),
    "dataset.json without keys": (file_with(f"{RUN}/dataset.json", "{}"), ["generate", RUN], "is damaged"),
    "a model of arrays": (nothing, ["generate", RUN], "This model reads arrays, not text: call it from Python"),
    "a picture for a translator": (
        nothing,
        ["generate", TRANSLATE, "--image", "a.png"],
        "This model reads a text: give it with --text or --file, received --image",
    ),
    "two inputs": (nothing, ["generate", TRANSLATE, "--text", "one", "--file", "my.yaml"], "not both"),
    "a picture as a file": (
        file_with("a.PNG", b"\x89PNG"),
        ["generate", TRANSLATE, "--file", "a.PNG"],
        "received a.PNG: give it with --image",
    ),
    "a recording as a file": (
        file_with("a.wav", b"RIFF"),
        ["generate", TRANSLATE, "--file", "a.wav"],
        "received a.wav: give it with --audio",
    ),
    "an array as a file": (file_with("a.npy", b""), ["generate", TRANSLATE, "--file", "a.npy"], "--image or --audio"),
    "a missing file of lines": (nothing, ["generate", TRANSLATE, "--file", "no.txt"], "--file must be a file"),
    "a file of bytes": (
        file_with("lines.txt", b"\xff\xfe\x00"),
        ["generate", TRANSLATE, "--file", "lines.txt"],
        "lines.txt should be UTF-8 text",
    ),
    "an empty file of lines": (
        file_with("lines.txt", "\n \n"),
        ["generate", TRANSLATE, "--file", "lines.txt"],
        "lines.txt holds no line",
    ),
    "a beam and a temperature": (
        nothing,
        ["generate", TRANSLATE, "--text", "one", "--beam-size", "3", "--temperature", "1"],
        "give --beam-size or --temperature, not both",
    ),
    "several answers without a beam": (
        nothing,
        ["generate", TRANSLATE, "--text", "one", "--n-best", "3"],
        "--n-best goes with a beam search",
    ),
    "a length penalty without a beam": (
        nothing,
        ["generate", TRANSLATE, "--text", "one", "--length-penalty", "1"],
        "--length-penalty goes with a beam search",
    ),
    "top-k without a temperature": (
        nothing,
        ["generate", TRANSLATE, "--text", "one", "--top-k", "3"],
        "--top-k draws by chance: give --temperature",
    ),
    "top-p above 1": (nothing, ["generate", TRANSLATE, "--text", "one", "--top-p", "2"], "--top-p"),
    "a least length above the greatest": (
        nothing,
        ["generate", TRANSLATE, "--text", "one", "--min-length", "9", "--length", "3"],
        "min_length=9 is above max_length=3",
    ),
    "no text": (nothing, ["generate", TRANSLATE], "give one with --text"),
    "empty text": (nothing, ["generate", TRANSLATE, "--text", " "], "--text is empty"),
    "negative temperature": (nothing, ["generate", TRANSLATE, "--text", "one", "--temperature", "-1"], "temperature"),
    "no temperature": (nothing, ["generate", TRANSLATE, "--text", "one", "--temperature", "nan"], "--temperature"),
    "length 0": (nothing, ["generate", TRANSLATE, "--text", "one", "--length", "0"], "--length"),
    "bench of nothing": (nothing, ["bench", "quality", "--seeds", "1"], "Missing argument 'config'"),
    "bench without seeds": (nothing, ["bench", "quality", "my.yaml"], "Missing option '--seeds'"),
    "bench of an unknown configuration": bench_case("gru_temporal_ordr", what="Did you mean 'many_to_one/gru_temporal"),
    "bench of one configuration twice": bench_case("my.yaml", what="Configuration own/my is given 2 times"),
    "bench of other data": bench_case("gru_temporal_order", what="dataset.options.length: 10 and 50"),
    "bench of another dataset": bench_case("translate.yaml", what="dataset.name: 'temporal_order' and 'number_names'"),
    "bench of one seed twice": bench_case("--seeds", "1", what="Seed 1 is given 2 times"),
    "bench of a negative seed": bench_case("--seeds", "-1", what="--seeds"),
    "bench of a set seed": bench_case("--set", "training.seed=3", what="give the seeds with --seeds"),
    "bench of an unknown key": bench_case("--set", "training.epoch=3", what="unknown key. Did you mean epochs?"),
    "bench of an unknown model key": bench_case("--set", "model.unit=3", what="own/my: model.unit: unknown key"),
    "bench of no jobs": bench_case("--jobs", "0", what="--jobs"),
    "bench with a folder in its name": bench_case("--name", "a/b", what="must be a file's name, without a folder"),
    "bench over another folder": (
        file_with("runs/bench/quality/own/my/seed_1/mine", "mine"),
        ["bench", "quality", "my.yaml", "--seeds", "1"],
        "runs/bench/quality/own/my/seed_1 is no finished run: remove it, or choose another --root",
    ),
    "bench over an unfinished run of other settings": (
        unfinished_bench,
        ["bench", "quality", "my.yaml", "--seeds", "1"],
        "seed_1.partial holds a run of other settings (training.epochs: 7 there, 1 asked for)",
    ),
    "speed of an unknown cell": speed_case("--cells", "simple_rn", what="Did you mean 'simple_rnn'"),
    "speed of one cell twice": speed_case("--cells", "irnn", "--cells", "irnn", what="Cell irnn is given 2 times"),
    "speed of three sizes": speed_case("--shape", "2,3,4", what="--shape must be batch,timesteps,features,units"),
    "speed of a negative size": speed_case("--shape", "2,-3,4,8", what="four positive whole numbers"),
    "speed of no size": speed_case("--shape", "2,3,4,0", what="received '2,3,4,0'"),
    "speed of a size with a point": speed_case("--shape", "2,3,4,8.0", what="received '2,3,4,8.0'"),
    "speed of one shape twice": speed_case(
        "--shape", "2,3,4,8", "--shape", "2, 3,4,8", what="Shape 2,3,4,8 is given 2"
    ),
    "speed of units that do not fit": speed_case(
        "--cells", "irnn", "--cells", "clockwork_rnn", "--shape", "2,3,4,7", what="units must be a multiple"
    ),
    "speed of no rounds": speed_case("--rounds", "0", what="--rounds"),
    "speed with a folder in its name": speed_case("--name", "a/b", what="must be a file's name, without a folder"),
    "negative seed": (nothing, ["generate", TRANSLATE, "--text", "one", "--seed", "-1"], "--seed"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name, at_work, monkeypatch, capfd):
    prepare, arguments, expected = BAD[name]
    prepare(monkeypatch) if prepare is full_disk else prepare()
    before = content(at_work)
    capfd.readouterr()
    assert call(monkeypatch, *arguments) == 2
    errors = capfd.readouterr().err
    assert errors.startswith("error: ") and errors.count("\n") == 1 and expected in errors, errors
    assert content(at_work) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder(at_work, monkeypatch, capsys):
    (at_work / "locked").mkdir(mode=0o500)
    assert call(monkeypatch, "train", "my.yaml", "--output", "locked/run") == 2
    assert "Permission denied" in capsys.readouterr().err


def test_help_and_no_arguments(monkeypatch, capsys):
    assert call(monkeypatch, "--help") == 0 and call(monkeypatch, "train", "--help") == 0
    assert call(monkeypatch) == 2
    said = capsys.readouterr()
    assert "evaluate" in said.out and said.err == ""


@pytest.mark.parametrize("kind", ["configs", "builders", "cells", "datasets"])
def test_list(kind, monkeypatch, capsys):
    assert call(monkeypatch, "list", kind) == 0
    listed = capsys.readouterr().out
    for name in getattr(keras_rnn_zoo, f"list_{kind}")():
        assert name in listed


def test_list_of_cells_in_a_pipe(monkeypatch, capsys):
    assert call(monkeypatch, "list", "cells") == 0
    fields = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in fields] == keras_rnn_zoo.list_cells()
    assert all(len(row) == 6 and all(row) for row in fields)


def test_list_of_cells_in_a_terminal(monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(cli, "console", terminal)
    assert call(monkeypatch, "list", "cells") == 0
    lines = terminal.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert [
        line.split()[0] for line in lines if line.split()[:1] and line.split()[0] in keras_rnn_zoo.list_cells()
    ] == (keras_rnn_zoo.list_cells())


@pytest.mark.parametrize("name", ["simple_rnn", "lstm"])
def test_describe_a_cell(name, monkeypatch, capsys):
    assert call(monkeypatch, "describe", name) == 0
    said = capsys.readouterr().out
    assert f"cell={name!r}" in said and "Also known as:" in said and "●" in said and "h_t = " in said


def test_describe_in_ascii(monkeypatch):
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(cli, "console", Console(file=output))
    assert call(monkeypatch, "describe", "peephole_lstm") == 0
    output.seek(0)
    assert "sigma(" in output.read()


def test_describe_with_a_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, start in (("step.png", b"\x89PNG"), ("step.svg", b"<?xml")):
        assert call(monkeypatch, "describe", "lstm", "--picture", name) == 0
        said = capsys.readouterr()
        assert name in said.out and "●" not in said.out and said.err == ""
        assert (tmp_path / name).read_bytes().startswith(start)
    (tmp_path / "step.png").write_bytes(b"")
    assert call(monkeypatch, "describe", "gru", "--picture", "step.png", "--overwrite") == 0
    assert (tmp_path / "step.png").stat().st_size > 1000


GENERATED = (
    *("addition", "multiplication", "noiseless_memorization", "number_names", "number_pictures", "random_permutation"),
    *("temporal_order", "temporal_order_3bit"),
)


@pytest.mark.parametrize("name", [*keras_rnn_zoo.list_configs(), *builders.BUILDERS, *GENERATED])
def test_describe(name, at_work, monkeypatch, capsys):
    assert call(monkeypatch, "describe", name) == 0
    said = capsys.readouterr()
    assert name in said.out and len(said.out) > 200 and said.err == ""


def test_a_reader_that_stops_reading_is_no_error():
    environment = os.environ | {"PYTHONPATH": str(Path(keras_rnn_zoo.__file__).parents[1])}
    listing = subprocess.Popen(
        [sys.executable, "-m", "keras_rnn_zoo.cli", "describe", "gru_temporal_order"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    listing.stdout.close()
    assert listing.stderr.read() == b""
    listing.stderr.close()
    listing.wait()


def test_train_evaluate_generate(at_work, monkeypatch, capsys):
    assert call(monkeypatch, "train", "my.yaml", "--quick", "--set", "model.units=3") == 0
    assert "epoch 1/1  " in capsys.readouterr().out
    metrics = json.loads((at_work / "runs/quick/own/my/metrics.json").read_text())
    for name in ("own/classifier", "classifier", str(at_work / "runs/own/classifier")):
        assert call(monkeypatch, "evaluate", name) == 0
    metrics = json.loads((at_work / "runs/own/classifier/metrics.json").read_text())
    said = capsys.readouterr().out
    assert said.count(f"test accuracy: {metrics['test']['accuracy']:.4f}   the commonest class: ") == 3
    assert call(monkeypatch, "generate", "translator", "--text", "twenty one", "--length", "7") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("split", ["validation", "test"])
def test_evaluate_gives_the_same_numbers_again(split, at_work, monkeypatch, capsys):
    assert call(monkeypatch, "evaluate", "translator", "--split", split) == 0
    metrics = json.loads((at_work / "runs/own/translator/metrics.json").read_text())
    said = capsys.readouterr().out
    for name, value in metrics[split].items():
        assert f"{split} {name}: {value:.4f}" in said


def test_interrupt(at_work, monkeypatch, capsys):
    monkeypatch.setattr(keras.Model, "fit", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    assert call(monkeypatch, "train", "my.yaml") == 130
    errors = capsys.readouterr().err
    assert errors.startswith("interrupted: ") and errors.count("\n") == 1
