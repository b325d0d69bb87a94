"""The commands `explain` and `plot unfold`: what they open, what they print and write, and that bad input costs one line."""

import io
import sys

import keras
import pytest
from rich.console import Console

import keras_rnn_zoo as zoo
from keras_rnn_zoo import cli
from keras_rnn_zoo.explanation.finding import Finding
from keras_rnn_zoo.explanation.report import print_findings
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.named_model import find_model
from keras_rnn_zoo.training.runner import run

NAMES = {
    "builder": "translator",
    "dataset": {"name": "number_names"},
    "model": {"units": 4, "embedding_dim": 4},
    "training": {"epochs": 1, "batch_size": 20, "limit_examples": 40},
}


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    """A finished run, a YAML file and a `.keras` file."""
    folder = tmp_path_factory.mktemp("things")
    run(configs.parse(NAMES), folder / "run", console=Console(file=io.StringIO()))
    (folder / "own.yaml").write_text(configs.parse(NAMES).to_yaml(), encoding="utf-8")
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4, recurrent_dropout=0.1, name="rnn")])
    model.compile("adam", "mse")
    model.save(folder / "own.keras")
    zoo.build_one_to_one((20,), 3, 4).save(folder / "mlp.keras")
    (folder / "broken.keras").write_text("nothing")
    return folder


@pytest.fixture(autouse=True)
def at_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def lines(capsys):
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("name", ["gru_temporal_order", "many_to_one/gru_temporal_order"])
def test_a_configuration_is_explained(name, monkeypatch, capsys):
    assert call(monkeypatch, "explain", name) == 0
    ((layer, subject, level, _),) = lines(capsys)
    assert (layer, subject, level) == ("recurrence/recurrent_1", "kernel", "note")


def test_a_key_of_a_configuration_is_changed(things, monkeypatch, capsys):
    changes = [
        "training.optimizer.global_clipnorm=null",
        "model.cell=simple_rnn",
        "training.dtype_policy=mixed_bfloat16",
    ]
    assert call(monkeypatch, "explain", things / "own.yaml", *(w for c in changes for w in ("--set", c))) == 0
    found = lines(capsys)
    assert [(subject, level) for _, subject, level, _ in found] == [("kernel", "note")] * 2 + [("clipping", "warning")]
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("name", ["run", "own.keras"])
def test_a_trained_model_is_explained(name, things, monkeypatch, capsys):
    assert call(monkeypatch, "explain", things / name) == 0
    subjects = {(layer, subject, level) for layer, subject, level, _ in lines(capsys)}
    encoder, decoder = (f"{part}/recurrence/recurrent_1" for part in ("encoder", "decoder"))
    assert (
        subjects
        == {
            "run": {(encoder, "kernel", "note"), (decoder, "kernel", "note")},
            "own.keras": {
                ("rnn", "kernel", "note"),
                ("rnn", "mask", "note"),
                ("model", "clipping", "warning"),
                ("rnn", "recurrent_dropout", "warning"),
            },
        }[name]
    )


def test_a_model_without_recurrence(things, monkeypatch, capsys):
    assert call(monkeypatch, "explain", things / "mlp.keras") == 0
    assert capsys.readouterr().out.startswith("There is nothing recurrent")


def test_a_terminal_shows_a_table():
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    print_findings([Finding("encoder/[b]", "mask", "warning", "A long text. " * 20)], console)
    shown = console.file.getvalue()
    assert "layer" in shown and "encoder/[b]" in shown and "\t" not in shown


def test_a_batch_of_the_data_comes_with_a_configuration(things):
    model, x = find_model(str(things / "own.yaml"))()
    assert set(x) == {"source", "previous"} and len(x["source"]) == NAMES["training"]["batch_size"]
    assert model.optimizer.global_clipnorm == 1.0
    model, x = find_model(str(things / "run"))()
    assert x is None and model.optimizer.global_clipnorm == 1.0


@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("name", ["run", "own.yaml", "own.keras", "gru_temporal_order"])
def test_a_model_is_unfolded(name, suffix, things, monkeypatch, capsys, tmp_path):
    model = things / name if (things / name).exists() else name
    assert call(monkeypatch, "plot", "unfold", model, "--output", f"a{suffix}") == 0
    assert capsys.readouterr().out == f"saved: a{suffix}\n"
    assert (tmp_path / f"a{suffix}").read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")
    assert call(monkeypatch, "plot", "unfold", model, "--output", f"a{suffix}") == 2
    assert f"a{suffix} is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain", "gru_temporl_order"], "No finished run 'gru_temporl_order'"),
        (["explain", "absent.keras"], "There is no file absent.keras"),
        (["explain", "absent.yaml"], "absent.yaml"),
        (["explain", "broken.keras"], "is damaged"),
        (["explain", "own.keras", "--set", "model.units=3"], "--set changes a configuration"),
        (["explain", "own.yaml", "--set", "model.unit=3"], "model.unit"),
        (["explain", "own.yaml", "--set", "dataset.name=nonsense"], "Unknown dataset 'nonsense'"),
        (["explain"], "Missing argument"),
        (["plot", "unfold", "mlp.keras", "--output", "a.png"], "has no recurrent layer"),
        (["plot", "unfold", "own.keras", "--output", "a.pdf"], "--output must end in .png or .svg"),
        (["plot", "unfold", "own.keras", "--output", "no/a.svg"], "there is no folder no"),
        (["plot", "unfold", "own.keras"], "Missing option '--output'"),
    ],
)
def test_bad_input_costs_one_line(arguments, says, things, monkeypatch, capsys, tmp_path):
    arguments = [things / word if (things / word).is_file() else word for word in arguments]
    assert call(monkeypatch, *arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1 and says in said.err
    assert list(tmp_path.iterdir()) == []
