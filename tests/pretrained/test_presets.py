"""A preset is opened by its name in a fresh process, answers as it did, and a damaged one is refused."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.pretrained import folders, golden, state_spread
from keras_rnn_zoo.training import catalogue, config


@pytest.fixture(scope="module")
def presets(tmp_path_factory):
    """Two small ones: one that reads arrays, one that writes text."""
    root = tmp_path_factory.mktemp("presets")
    for name, sets in (
        ("gru_temporal_order", ["dataset.options.length=20", "dataset.options.train=64", "training.epochs=1"]),
        ("gru_number_names", ["dataset.options.limit=300", "model.units=8", "training.epochs=1"]),
    ):
        identity, path = catalogue.find_config(name)
        settings = config.read(path, [*sets, "training.limit_examples=64"])
        run = zoo.run(settings, root / "runs" / identity, identity=identity)
        zoo.save_to_preset(run, root / "models" / identity)
    return root


@pytest.fixture
def here(presets, monkeypatch):
    monkeypatch.setenv("KERAS_RNN_ZOO_MODELS", str(presets / "models"))
    return presets / "models"


def test_they_are_listed_and_open_by_any_of_their_names(here):
    assert {"many_to_one/gru_temporal_order", "many_to_many_unaligned/gru_number_names"} <= set(zoo.list_presets())
    for name in ("gru_temporal_order", "many_to_one/gru_temporal_order", here / "many_to_one" / "gru_temporal_order"):
        task = zoo.from_preset(name)
        assert task(np.eye(6, dtype="float32")[np.zeros(20, int)]) in task.labels
    assert isinstance(zoo.from_preset("gru_number_names", decoding={"beam_size": 2})("seven"), str)


@pytest.mark.parametrize("identity", ["many_to_one/gru_temporal_order", "many_to_many_unaligned/gru_number_names"])
def test_golden_answers_come_out_again_and_a_changed_model_gives_others(here, identity):
    task = zoo.from_preset(identity)
    assert golden.changed_answers(here / identity, task) == []
    assert len(json.loads((here / identity / "golden.json").read_text())["answers"]) == golden.COUNT
    task.model.set_weights([np.roll(one, 1, axis=-1) for one in task.model.get_weights()])
    assert golden.changed_answers(here / identity, task)


def test_it_is_small_and_compiled_and_the_metrics_are_of_what_is_stored(here, presets):
    folder, run = (root / "many_to_many_unaligned" / "gru_number_names" for root in (here, presets / "runs"))
    assert (folder / "model.keras").stat().st_size < (run / "model.keras").stat().st_size / 3
    task = zoo.from_preset(folder)
    assert task.model.compiled and {variable.dtype for variable in task.model.weights} == {"float32"}
    task.fit([("seven", "yedi")], verbose=0)
    stored, trained = (json.loads((one / "metrics.json").read_text())["test"] for one in (folder, run))
    assert stored == pytest.approx(trained, abs=2e-2) and stored != trained


def test_the_card_says_what_a_user_needs(here):
    card = (here / "many_to_many_unaligned" / "gru_number_names" / "README.md").read_text(encoding="utf-8")
    for part in ("zoo.from_preset(\"gru_number_names\")", "keras-rnn-zoo train gru_number_names", "exact_match", "licence:",
                 "seed 1", "parameters", "## Limits"):  # fmt: skip
        assert part in card, part


@pytest.fixture
def copied(here, tmp_path):
    return shutil.copytree(here / "many_to_one" / "gru_temporal_order", tmp_path / "copy")


def table(path, metric="accuracy", **changes):
    row = {"identity": "many_to_one/gru_temporal_order", "seeds": [1, 2], "test": [0.5, 0.75], "mean": 0.625}
    row |= {"standard_deviation": 0.1768} | changes
    path.write_text(json.dumps({"metric": {"name": metric}, "rows": [row | {"identity": "x/y"}, row]}))
    return path


def test_the_spread_over_seeds_stands_on_the_card(copied, tmp_path):
    before = zoo.from_preset(copied).model.get_weights()
    assert "; one run." in (copied / "README.md").read_text(encoding="utf-8")
    assert state_spread(copied, table(tmp_path / "quality.json")) == copied
    card = (copied / "README.md").read_text(encoding="utf-8")
    assert "; trained with seeds 1, 2: accuracy 0.6250 ± 0.1768." in card
    assert json.loads((copied / "metrics.json").read_text())["spread"]["test"] == [0.5, 0.75]
    for one, other in zip(before, zoo.from_preset(copied).model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "changes, message",
    [
        (
            {"identity": "many_to_one/lstm_uci_sentiment"},
            "has no accuracy of many_to_one/gru_temporal_order with several",
        ),
        ({"metric": "nats_per_symbol"}, "has no accuracy of .*bench quality gru_temporal_order --seeds 1"),
        ({"seeds": [1]}, "has no accuracy of"),
        ({"seeds": None}, "is no table of keras-rnn-zoo bench quality, or damaged"),
    ],
)
def test_a_spread_of_something_else_is_refused(copied, tmp_path, changes, message):
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    with pytest.raises(ZooError, match=message):
        state_spread(copied, table(tmp_path / "quality.json", **changes))
    with pytest.raises(ZooError, match="is no table of"):
        state_spread(copied, tmp_path / "absent.json")
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before


def test_a_fresh_process_opens_it(here):
    code = "import keras_rnn_zoo as zoo; print(zoo.from_preset('gru_number_names')('seven'))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0 and "Skipping" not in result.stderr, result.stderr
    assert result.stdout.rstrip("\n") == zoo.from_preset("gru_number_names")("seven")


@pytest.mark.parametrize("name", ["model.keras", "dataset.json", "metrics.json", "golden.json"])
def test_a_damaged_one_is_refused(here, tmp_path, name):
    folder = shutil.copytree(here / "many_to_one" / "gru_temporal_order", tmp_path / "copy")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-9])
    with pytest.raises(ZooError, match=f"is damaged: {name} missing or not what was saved"):
        zoo.from_preset(folder)
    with pytest.raises(ZooError, match="is damaged"):
        zoo.load_task(folder)
    (folder / name).unlink()
    with pytest.raises(ZooError, match=f"is damaged: {name} missing"):
        zoo.from_preset(folder)
    (folder / "checksums.json").write_text("{")
    with pytest.raises(ZooError, match="its checksums.json cannot be read"):
        zoo.from_preset(folder)


def test_what_is_not_there_or_in_the_way(here, presets, tmp_path, monkeypatch):
    with pytest.raises(ZooError, match="Did you mean 'gru_number_names'"):
        zoo.from_preset("gru_number_name")
    run, taken = presets / "runs" / "many_to_one" / "gru_temporal_order", here / "many_to_one" / "gru_temporal_order"
    with pytest.raises(ZooError, match="holds a preset: choose another folder, or give overwrite=True"):
        zoo.save_to_preset(run, taken)
    (tmp_path / "mine").mkdir()
    with pytest.raises(ZooError, match="is no preset, so it is not replaced"):
        zoo.save_to_preset(run, tmp_path / "mine", overwrite=True)
    with pytest.raises(ZooError, match="No finished run"):
        zoo.save_to_preset(tmp_path / "absent", tmp_path / "new")
    assert not list(tmp_path.glob(".*"))
    monkeypatch.setenv("KERAS_RNN_ZOO_MODELS", str(tmp_path / "nowhere"))
    with pytest.raises(ZooError, match="KERAS_RNN_ZOO_MODELS should name a folder"):
        zoo.list_presets()


def test_what_is_no_preset(here, presets, tmp_path, monkeypatch):
    for given in (None, 5, ""):
        with pytest.raises(ZooError, match=f"A preset is called by its name or its folder, .* received {given!r}"):
            zoo.from_preset(given)
    run = presets / "runs" / "many_to_one" / "gru_temporal_order"
    with pytest.raises(ZooError, match="holds a model, but no preset, .*: open it with zoo.load_task"):
        zoo.from_preset(run)
    task = zoo.load_task(run)
    for given in (task, task.model, None):
        with pytest.raises(ZooError, match="A run is called by its folder or its name") as caught:
            zoo.save_to_preset(given, tmp_path / "new")
        assert len(str(caught.value)) < 250 and not (tmp_path / "new").exists()
    monkeypatch.setattr(folders, "preset_folders", lambda: [tmp_path])
    with pytest.raises(ZooError, match=f"There is no preset 'x', nor any other; looked in {tmp_path}. Set KERAS"):
        zoo.from_preset("x")
