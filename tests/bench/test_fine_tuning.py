"""`bench fine-tuning`: what is drawn, which arm begins where, and a table that goes on where it was left."""

import json
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import yaml
from rich.console import Console

from keras_rnn_zoo import cli, datasets
from keras_rnn_zoo.bench import fine_tuning_run, fine_tuning_transfer
from keras_rnn_zoo.bench.fine_tuning_record import Figure, planned_figures, record_of
from keras_rnn_zoo.bench.fine_tuning_run import accuracy_of, trained_before
from keras_rnn_zoo.bench.fine_tuning_table import table_of_fine_tuning
from keras_rnn_zoo.bench.fine_tuning_transfer import Recipe, draw, following_words
from keras_rnn_zoo.datasets import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.fine_tuning import plot_fine_tuning
from keras_rnn_zoo.preprocessing import learn_vocabulary
from keras_rnn_zoo.preprocessing.base import END

WORDS = "good bad film story actor scene long short bright dull".split()
SEEDS = ("--seed", "1", "--seed", "2")
CONFIG = {
    "builder": "many_to_one",
    "dataset": {"name": "fsdd", "options": {"held_out": "theo"}},
    "model": {"cell": "gru", "units": 8},
    "training": {"epochs": 12, "batch_size": 20, "optimizer": {"learning_rate": 0.02}},
}


def sounds(count, shift, seed):
    """Which of ten bands is loud, moved by `shift`: two speakers say the same otherwise."""
    chance, labels = np.random.default_rng(seed), np.arange(count) % 10
    rows = [chance.normal(0, 0.3, (chance.integers(3, 6), 10)) + 2 * np.eye(10)[(one + shift) % 10] for one in labels]
    return Examples({"inputs": [row.astype(np.float32) for row in rows]}, labels.astype(np.int32))


def load_sounds(held_out=None):
    spec = DatasetSpec(
        name="fsdd",
        description="Which band is loud.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None, 10), "outputs": 10},
        padding={"inputs": 0.0},
        labels=tuple("0123456789"),
    )
    return Dataset(sounds(200, 0, 1), sounds(40, 0, 2), sounds(300, 0, 3), spec)


def load_sentences(max_size=None):
    chance = np.random.default_rng(4)
    texts = [" ".join(chance.choice(WORDS, chance.integers(2, 7))) for _ in range(160)]
    vocabulary = learn_vocabulary(texts)
    ids = [vocabulary.encode(text) for text in texts]
    labels = np.arange(160, dtype=np.int32) % 2
    spec = DatasetSpec(
        name="sst",
        description="Sentences.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None,), "vocabulary_size": vocabulary.size, "outputs": 2},
        padding={"inputs": 0},
        vocabularies={"inputs": vocabulary},
        labels=("bad", "good"),
    )
    parts = [slice(0, 100), slice(100, 120), slice(120, 160)]
    return Dataset(*(Examples({"inputs": ids[part]}, labels[part]) for part in parts), spec)


def make_up_data(monkeypatch, folder):
    """Data of our own in place of both datasets, small models, and `folder` to work in."""
    monkeypatch.setitem(datasets.catalogue.DATASETS, "fsdd", load_sounds)
    monkeypatch.setitem(datasets.catalogue.DATASETS, "sst", load_sentences)
    (folder / "small.yaml").write_text(yaml.safe_dump(CONFIG))
    monkeypatch.setattr(fine_tuning_transfer, "find_config", lambda name: (name, folder / "small.yaml"))
    small = fine_tuning_transfer._LANGUAGE_MODEL | {"model": {"units": 6, "embedding_dim": 5}}
    monkeypatch.setattr(fine_tuning_transfer, "_LANGUAGE_MODEL", small)
    monkeypatch.chdir(folder)


@pytest.fixture
def made_up(monkeypatch, tmp_path):
    """An empty folder to work in."""
    make_up_data(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    """A folder in which the bench has run, and what it printed."""
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        make_up_data(patch, folder)
        with cli.bench.console.capture() as said:
            assert call(patch, *SEEDS) == 0
    return folder, said.get().splitlines()


@pytest.fixture
def at_work(benched, made_up):
    """A copy of it to change."""
    shutil.copytree(benched[0], made_up, dirs_exist_ok=True)
    return made_up


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo bench fine-tuning --quick` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "bench", "fine-tuning", "--quick", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def test_what_is_drawn_is_balanced_nested_and_another_with_another_seed():
    examples = Examples({"inputs": np.arange(60)}, np.repeat(np.arange(3), 20))
    small, large, other = draw(examples, 6, 1), draw(examples, 30, 1), draw(examples, 30, 2)
    assert np.bincount(small.targets).tolist() == [2, 2, 2] and np.bincount(large.targets).tolist() == [10, 10, 10]
    rows = [set(one.inputs["inputs"].tolist()) for one in (small, large, other)]
    assert rows[0] < rows[1] and len(rows[1]) == 30 and rows[1] != rows[2]


@pytest.mark.parametrize("count, share", [(6, "2 are of class 1"), (5, "5 labels, as many of each of 2 classes")])
def test_what_cannot_be_drawn_is_an_error(count, share):
    examples = Examples({"inputs": np.arange(6)}, np.array([0, 0, 0, 0, 1, 1]))
    with pytest.raises(ZooError, match=share):
        draw(examples, count, seed=1)


def test_the_language_model_sees_no_label_and_every_word_has_the_next_one_as_its_target(made_up):
    before = following_words(load_sentences())
    assert before.spec.objective == "symbols"
    for split in (before.train, before.validation, before.test):
        for row, targets in zip(split.inputs["inputs"], split.targets, strict=True):
            assert targets.tolist() == [*row[1:].tolist(), END]


def test_the_held_out_speaker_is_parted_into_three(made_up):
    transfer = fine_tuning_transfer.speaker()
    whole = transfer.before.test.inputs["inputs"]
    parts = transfer.labelled.train, transfer.labelled.validation, transfer.labelled.test
    assert list(map(len, parts)) == [120, 30, 150]
    for row, again in zip(whole, [row for part in parts for row in part.inputs["inputs"]], strict=True):
        assert row is again


def test_the_arms_begin_where_they_should(made_up):
    transfer = fine_tuning_transfer.speaker()
    weights = trained_before(transfer, made_up / "model", Console(quiet=True))
    as_it_was, started = fine_tuning_run._model(transfer, weights, 3), fine_tuning_run._model(transfer, None, 3)
    for mine, its in zip(as_it_was.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(mine, its)
    assert any((mine != its).any() for mine, its in zip(started.get_weights(), weights))
    assert accuracy_of(transfer, weights, 0, 1, "test") > 0.9
    few = replace(transfer, recipes=dict.fromkeys(transfer.recipes, Recipe(0.003, 12, 10)))
    first, again = (accuracy_of(few, weights, 10, 1, "test") for _ in range(2))
    assert first == again > 0.9 > accuracy_of(few, None, 10, 1, "test")
    with pytest.raises(ZooError, match="model holds a model of other settings: remove it, or choose another --root"):
        trained_before(transfer.quick(), made_up / "model", Console(quiet=True))


def test_a_new_head_keeps_what_the_language_model_has_learnt(at_work):
    transfer = fine_tuning_transfer.sentiment().quick()
    weights = trained_before(transfer, at_work / "runs/bench/fine_tuning/quick/sentiment", Console(quiet=True))
    model = fine_tuning_run._model(transfer, weights, 1)
    assert model.output_shape == (None, 2)
    for mine, its in zip(model.get_weights()[:-2], weights):
        np.testing.assert_array_equal(mine, its)


def test_layers_are_thawed_one_by_one_or_all_at_once(at_work, monkeypatch):
    turns = []
    monkeypatch.setattr(fine_tuning_run, "gradual_unfreezing", lambda model: turns.append(model) or iter(()))
    root = at_work / "runs/bench/fine_tuning/quick"
    for name, expected in (("speaker", 1), ("sentiment", 0)):
        transfer = fine_tuning_transfer.get(name)().quick()
        weights = trained_before(transfer, root / name, Console(quiet=True))
        accuracy_of(transfer, weights, 10, 1, "test")
        assert len(turns) == expected and transfer.settings().get("gradual", True) == bool(expected)
        turns.clear()


def test_the_command(benched):
    folder, said = benched[0] / "results/fine_tuning", benched[1]
    assert {path.name for path in folder.iterdir()} == {"quick.json", "quick.md", "quick.png"}
    record = json.loads((folder / "quick.json").read_text())
    assert list(record)[0] == "command" and "--seed 1 --seed 2 --split test --quick" in record["command"]
    rows = {(row["transfer"], row["arm"], row["labels"]): row for row in record["rows"]}
    assert list(rows) == [
        ("speaker", "fine-tuned", 0),
        ("speaker", "fine-tuned", 10),
        ("speaker", "from scratch", 10),
        ("sentiment", "fine-tuned", 50),
        ("sentiment", "from scratch", 50),
    ]
    for row in list(rows.values())[1:]:
        assert row["seeds"] == [1, 2] and row["mean"] == pytest.approx(sum(row["accuracy"]) / 2)
    assert [about["scored"] for about in record["transfers"]] == [150, 40]
    assert [about["baseline"]["accuracy"] for about in record["transfers"]] == [0.1, 0.5]
    table = table_of_fine_tuning(folder / "quick.json")
    assert said[-len(table) :] == table
    assert (folder / "quick.md").read_text().splitlines() == [f"<!-- Made by {record['command']} -->", "", *table]


def test_what_is_known_is_not_measured_again_and_what_is_missing_comes_out_the_same(at_work, monkeypatch, capsys):
    path, model = (
        at_work / "results/fine_tuning/quick.json",
        at_work / "runs/bench/fine_tuning/quick/speaker/model.keras",
    )
    whole, trained = path.read_text(), model.stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setattr(fine_tuning_run, "accuracy_of", None)
        assert call(patch, *SEEDS) == 0 and path.read_text() == whole

    record = json.loads(whole)
    del record["rows"][2:3], record["transfers"][0]["config"]["decoding"]  # As before a configuration had this key.
    path.write_text(json.dumps(record))
    capsys.readouterr()
    assert call(monkeypatch, *SEEDS) == 0
    said = capsys.readouterr().out
    assert "speaker, from scratch, 10 labels, seed 1: " in said and " s; 0 left\n" in said
    assert said.count(" left\n") == 2 and path.read_text() == whole and model.stat().st_mtime_ns == trained


BAD = {
    "another split": ([*SEEDS, "--split", "validation"], "quick.json was measured otherwise (split, transfers)"),
    "fewer seeds": (
        ["--seed", "2"],
        "quick.json holds more than is asked for (speaker, fine-tuned, 10 labels, seed 1)",
    ),
    "no such transfer": (["--transfer", "accent"], "Unknown --transfer 'accent'"),
    "no such split": (["--split", "train"], "--split should be one of test, validation; received 'train'."),
    "a seed twice": (["--seed", "3", "--seed", "3"], "--seed 3 is given 2 times"),
    "a name with a folder": (["--name", "a/b"], "must be a file's name"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_one_line_and_leaves_the_file(name, at_work, monkeypatch, capsys):
    options, expected = BAD[name]
    before = (at_work / "results/fine_tuning/quick.json").read_bytes()
    assert call(monkeypatch, *options) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1 and expected in said, said
    assert (at_work / "results/fine_tuning/quick.json").read_bytes() == before


@pytest.mark.parametrize("content", ["no JSON", "{}", '{"rows": [{"seeds": [1]}]}'])
def test_a_damaged_file_is_not_replaced(content, made_up, monkeypatch, capsys):
    path = made_up / "results/fine_tuning/quick.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert call(monkeypatch, "--transfer", "speaker") == 2
    assert "quick.json is no file of keras-rnn-zoo bench fine-tuning, or damaged" in capsys.readouterr().err
    assert path.read_text() == content


FIGURES = {
    Figure("speaker", "fine-tuned", 0, 1): 0.7,
    **{Figure("speaker", "fine-tuned", 10, seed): value for seed, value in ((1, 0.8), (2, 0.9), (3, 0.85))},
    **{Figure("speaker", "from scratch", 10, seed): value for seed, value in ((1, 0.5), (2, 0.95))},
}
ABOUT = {
    "split": "test",
    "transfers": [
        {
            "name": "speaker",
            "title": "digits",
            "unit": "recordings",
            "scored": 250,
            "labels": [10, 50],
            "baseline": {"name": "the commonest class", "accuracy": 0.1},
        }
    ],
}


def test_the_table_compares_what_was_measured_with_the_same_seed(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(record_of("a command", ABOUT, FIGURES)))
    assert table_of_fine_tuning(path)[2:] == [
        "| digits (250 test recordings) | 0 recordings | 0.700 |  |  |  |",
        "| digits (250 test recordings) | 10 recordings | 0.850 ± 0.050 (0.800, 0.900, 0.850) | "
        "0.725 ± 0.318 (0.500, 0.950) | +0.125 | 1 of 2 seeds |",
        "| digits (250 test recordings) | the commonest class (trivial baseline) | 0.100 |  |  |  |",
    ]


def test_the_picture_shows_means_spreads_and_the_model_as_it_was(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    bars, lines = [], []
    plain = Axes.errorbar
    monkeypatch.setattr(Axes, "errorbar", lambda axes, *a, **k: (bars.append((a, k["label"])), plain(axes, *a, **k))[1])
    monkeypatch.setattr(Axes, "axhline", lambda axes, y, **options: lines.append(y))
    picture = plot_fine_tuning(record_of("a command", ABOUT, FIGURES), tmp_path / "a.png")
    assert picture.read_bytes().startswith(b"\x89PNG") and lines == [0.7, 0.1]
    (tuned, name), (scratch, other) = bars
    assert (name, other) == ("fine-tuned", "from scratch")
    assert tuned[1] == pytest.approx([0.85]) and tuned[2] == pytest.approx([0.05])
    assert scratch[1] == pytest.approx([0.725])


def test_all_figures_are_planned_once(made_up):
    transfers = {name: fine_tuning_transfer.get(name)() for name in fine_tuning_transfer.TRANSFERS}
    planned = planned_figures(transfers, [1, 2, 3, 4, 5])
    assert len(planned) == len(set(planned)) == 1 + 2 * 3 * 2 * 5
