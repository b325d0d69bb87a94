"""A run's folder holds all that is promised, and its numbers come out again."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.curves import plot_curves
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training import runner as run_module
from keras_rnn_zoo.training.evaluate import baseline, evaluate
from keras_rnn_zoo.training.runner import load_dataset, run
from keras_rnn_zoo.training.trained import open_run

CASES = {
    "class": ("many_to_one", "temporal_order", {"units": 4}),
    "number": ("many_to_one", "addition", {"units": 4}),
    "labels": ("many_to_many_aligned", "noiseless_memorization", {"units": 4}),
    "writes": ("translator", "number_names", {"units": 4, "embedding_dim": 4}),
    "pictures": ("captioner", "number_pictures", {"units": 4, "embedding_dim": 4, "filters": [2], "image_units": 4}),
}
FILES = {"model.keras", "config.yaml", "dataset.json", "metrics.json", "history.csv", "curves.png", "samples.txt"}


def values(case, **training):
    builder, dataset, model = CASES[case]
    small = {} if case in ("writes", "pictures") else {"length": 10, "train": 40, "validation": 20, "test": 20}
    return {
        "builder": builder,
        "dataset": {"name": dataset, "options": small},
        "model": model,
        "training": {"epochs": 1, "batch_size": 16, "limit_examples": 32, **training},
    }


@pytest.mark.parametrize("case", CASES)
def test_the_numbers_come_out_again(case, tmp_path, quiet):
    config = configs.parse(values(case))
    folder = run(config, tmp_path / "run", identity="own/it", console=quiet)
    assert {path.name for path in folder.iterdir()} == FILES
    trained = open_run("run", roots=[tmp_path])
    assert trained.config == config and trained.metrics["identity"] == "own/it"
    dataset, model = load_dataset(trained.config), trained.load_model()
    assert trained.vocabularies == dataset.spec.vocabularies
    for split in ("validation", "test"):
        assert evaluate(model, dataset, getattr(dataset, split), 16) == trained.metrics[split]
    assert baseline(dataset, dataset.test) == trained.metrics["baseline"]
    sizes = {name: len(getattr(dataset, name)) for name in ("train", "validation", "test")}
    assert trained.metrics["examples"] == sizes and sizes["train"] == 32
    assert (folder / "samples.txt").read_text() and (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    headline = trained.metrics["headline"]
    assert headline in trained.metrics["test"] and headline in trained.metrics["baseline"]


@pytest.mark.parametrize(
    ("case", "decoding", "message"),
    [
        ("writes", {"length_penalty": 0.6}, "give a beam_size above 1"),
        ("writes", {"beam_size": 2, "coverage_penalty": 0.5}, "has no attention"),
        ("writes", {"max_length": 2, "min_length": 6}, "min_length=6 is above max_length=2"),
        ("class", {"beam_size": 2}, "answers at once and writes nothing"),
    ],
)
def test_decoding_is_checked_before_training(case, decoding, message, tmp_path, quiet):
    config = configs.parse({**values(case), "decoding": decoding})
    with pytest.raises(ZooError, match=message):
        run(config, tmp_path / "run", console=quiet)
    assert not (tmp_path / "run.partial" / "model.keras").exists()


def test_another_batch_size_measures_the_same(tmp_path, quiet):
    run(configs.parse(values("writes")), tmp_path / "run", console=quiet)
    trained = open_run(str(tmp_path / "run"))
    dataset, model = load_dataset(trained.config), trained.load_model()
    scores = evaluate(model, dataset, dataset.test, 5)
    assert scores == pytest.approx(trained.metrics["test"], rel=1e-5)


@pytest.mark.parametrize(("case", "policy"), [("class", "mixed_float16"), ("writes", "mixed_bfloat16")])
def test_low_precision(case, policy, tmp_path, quiet):
    folder = run(configs.parse(values(case, dtype_policy=policy)).quick(), tmp_path / "run", console=quiet)
    trained = open_run(str(folder))
    assert all(np.isfinite(value) for value in trained.metrics["test"].values())
    model, dataset = trained.load_model(), load_dataset(trained.config)
    dtypes = {layer.dtype_policy.name for layer in model._flatten_layers() if "recurrent" in layer.name}
    assert dtypes == {policy} and keras.config.dtype_policy().name == "float32"
    assert all(weight.dtype == "float32" for weight in model.trainable_weights)
    inputs, _ = SequenceBatcher(dataset.test, 4, dataset.spec.padding)[0]
    outputs = model(inputs, training=False)
    assert keras.backend.standardize_dtype(outputs.dtype) == "float32"
    assert np.isfinite(keras.ops.convert_to_numpy(outputs)).all()


def tiny_dataset(objective):
    """Pieces of two bits a frame, or a text of five symbols."""
    generator = np.random.default_rng(0)
    rows = [generator.integers(0, 2, (length, 2)).astype("float32") for length in (4, 6, 3, 5)]
    inputs, padding = {"inputs": rows}, {"inputs": -1.0, "targets": 0.0}
    about = {"input_shape": (None, 2), "outputs": 2, "mask_value": -1.0, "output_activation": "sigmoid"}
    split = Examples(inputs, rows)
    spec = DatasetSpec("own", "Notes.", "many_to_many_aligned", objective, about, padding)
    return Dataset(split, split, split, spec)


def test_notes(tmp_path, quiet, monkeypatch):
    dataset = tiny_dataset("notes")
    monkeypatch.setattr(run_module, "load_dataset", lambda config: dataset)
    config = {
        "builder": "many_to_many_aligned",
        "dataset": {"name": "temporal_order"},
        "model": {"units": 3},
        "training": {"epochs": 2, "batch_size": 3},
    }
    folder = run(configs.parse(config), tmp_path / "run", console=quiet)
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["test"]["nats_per_frame"] > 0 and metrics["baseline"]["nats_per_frame"] > 0
    assert (folder / "samples.txt").read_text() == "\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": {}}, "model.units: this key is missing; builder many_to_one needs it"),
        (
            {"builder": "one_to_one", "model": {"units": 3}},
            "does not fit dataset temporal_order, .* takes no mask_value",
        ),
        ({"builder": "many_to_many_aligned"}, "does not fit dataset temporal_order, .* has the shape"),
        ({"model": {"units": 3, "cell_options": {"nonsense": 1}}}, "nonsense"),
    ],
)
def test_what_does_not_fit_is_said(change, message, tmp_path, quiet):
    with pytest.raises(ZooError, match=message):
        run(configs.parse(values("class") | change), tmp_path / "run", console=quiet)
    assert list(tmp_path.iterdir()) == []


def test_overwriting_replaces_a_run_only_when_the_new_one_is_done(tmp_path, quiet, monkeypatch):
    config = configs.parse(values("class"))
    folder = run(config, tmp_path / "run", identity="first", console=quiet)
    with pytest.raises(ZooError, match="Add --overwrite"):
        run(config, folder, console=quiet)
    with monkeypatch.context() as patched:
        patched.setattr(run_module, "measure", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(config, folder, identity="second", overwrite=True, console=quiet)
    assert open_run(str(folder)).metrics["identity"] == "first"
    run(config, folder, identity="third", overwrite=True, console=quiet)
    assert open_run(str(folder)).metrics["identity"] == "third"
    assert [path.name for path in Path(tmp_path).iterdir()] == ["run"]


def test_curves(tmp_path):
    history = [{"epoch": 1, "loss": 1.0, "val_loss": 2.0, "nats": 1.0, "val_nats": float("nan")}]
    assert plot_curves(history, tmp_path / "a.png", "nats").read_bytes().startswith(b"\x89PNG")
    assert plot_curves(history * 2, tmp_path / "b.png", "nats", baseline=0.5).stat().st_size > 1000
