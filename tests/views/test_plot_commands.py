"""The commands `plot`: what they draw is what the runs write, and bad input costs one line."""

import io
import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import sacrebleu
from matplotlib.figure import Figure
from rich.console import Console

from keras_rnn_zoo import cli
from keras_rnn_zoo.datasets import catalogue, number_names
from keras_rnn_zoo.datasets.captions import caption_dataset
from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.decoded import questions
from keras_rnn_zoo.training.runner import load_dataset, run
from keras_rnn_zoo.training.trained import open_run
from keras_rnn_zoo.views.attention import middle
from keras_rnn_zoo.views.by_length import ranges_of

SMALL = {"epochs": 1, "batch_size": 20, "limit_examples": 40}
UNITS = {"units": 4, "embedding_dim": 4}
CAPTIONER = {"builder": "captioner", "training": SMALL}
RUNS = {
    "plain": {"builder": "translator", "dataset": {"name": "number_names"}, "model": UNITS, "training": SMALL},
    "attentive": {
        "builder": "translator",
        "dataset": {"name": "number_names"},
        "model": {**UNITS, "attention": "bahdanau"},
        "training": SMALL,
        "decoding": {"beam_size": 2, "max_length": 7},
    },
    "captioner": {
        **CAPTIONER,
        "dataset": {"name": "number_pictures"},
        "model": {**UNITS, "filters": [2], "image_units": 4},
    },
    "photos": {**CAPTIONER, "dataset": {"name": "flickr8k"}, "model": UNITS},
    "classifier": {
        "builder": "many_to_one",
        "dataset": {"name": "temporal_order", "options": {"length": 10, "train": 40, "validation": 20, "test": 20}},
        "model": {"units": 4},
        "training": SMALL,
    },
}
TEXTS, PHOTOS = ["a dog", "a cat", "two dogs", "a tall tree"], np.linspace(0, 1, 4 * 6 * 6 * 3).reshape(4, 6, 6, 3)


def photos(features: bool = True):
    """Four photos, each in two rows, or as features."""
    pictures = [x for x in (PHOTOS.mean(axis=(1, 2)) if features else PHOTOS).astype("float32") for _ in range(2)]
    split = pictures, [text for text in TEXTS for _ in range(2)], [number for number in range(4) for _ in range(2)]
    splits = dict.fromkeys(("train", "validation", "test"), split)
    return caption_dataset(splits, learn_vocabulary(TEXTS), name="flickr8k", description="Photos.", scores=("bleu",))


def names_with_bleu():
    """The data of number_names, scored by BLEU."""
    dataset = number_names.load()
    return replace(dataset, spec=replace(dataset.spec, scores=("bleu",)))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with a finished run of each kind."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(catalogue.DATASETS, "flickr8k", photos)
        for name, values in RUNS.items():
            run(configs.parse(values), folder / name, console=Console(file=io.StringIO()))
    return folder


@pytest.fixture(autouse=True)
def at_work(runs, tmp_path, monkeypatch):
    """A working folder, and data that needs no file."""
    monkeypatch.setitem(catalogue.DATASETS, "flickr8k", photos)
    monkeypatch.setitem(catalogue.DATASETS, "number_names", names_with_bleu)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were saved."""
    figures, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **o: (figures.append(figure), save(figure, *a, **o))[1])
    return figures


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def labels(texts):
    return [label.get_text() for label in texts]


def test_attention_to_the_texts_given(runs, monkeypatch, drawn, capsys):
    texts = ["nine thousand and seven", "twelve"]
    given = [word for text in texts for word in ("--text", text)]
    assert call(monkeypatch, "plot", "attention", runs / "attentive", *given, "--output", "a.png") == 0
    panels = [axes for axes in drawn[0].axes if axes.images]
    assert [labels(axes.get_xticklabels()) for axes in panels] == [text.split() for text in texts]
    trained = open_run(str(runs / "attentive"))
    writer = SequenceWriter(trained.load_model(), 7, beam_size=2, return_attention=True)
    for text, axes, line in zip(texts, panels, capsys.readouterr().out.splitlines()):
        written = writer(trained.vocabularies["source"].encode(text)[None])
        weights = axes.images[0].get_array()
        np.testing.assert_allclose(weights, written.attention[0, 0, : written.lengths[0, 0]], atol=1e-6)
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
        ended = 3 in written.ids[0, 0]
        assert ended == (labels(axes.get_yticklabels())[-1] == "</s>")
        assert line == trained.vocabularies["targets"].decode(written.ids[0, 0])


def test_attention_to_four_test_sentences_of_middle_length(runs, monkeypatch, drawn):
    assert call(monkeypatch, "plot", "attention", runs / "attentive", "--output", "a.png") == 0
    lengths = [len(axes.get_xticks()) for axes in drawn[0].axes if axes.images]
    dataset = load_dataset(open_run(str(runs / "attentive")).config)
    all_lengths = sorted(map(len, questions(dataset.spec, dataset.test).examples.inputs["source"]))
    assert lengths == all_lengths[len(all_lengths) // 2 - 2 : len(all_lengths) // 2 + 2]


def test_the_middle_of_few():
    rows = [np.zeros(n) for n in (5, 1, 3, 9, 7)]
    examples = Examples({"previous": rows[::-1], "source": rows}, range(5))
    assert [len(row) for row in middle(examples, 3)] == [3, 5, 7]
    assert [len(row) for row in middle(examples, 8)] == [1, 3, 5, 7, 9]


def test_captions_of_pictures(runs, monkeypatch, drawn, capsys):
    assert call(monkeypatch, "plot", "captions", runs / "captioner", "--count", 5, "--output", "c.png") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(drawn[0].axes) == 5 and lines[-1] == "saved: c.png"
    titles = [title.replace("\n", " ").removeprefix("✓ ") for title in (axes.get_title() for axes in drawn[0].axes)]
    assert titles == [" ".join(line.split()) for line in lines[:-1]]
    dataset = load_dataset(open_run(str(runs / "captioner")).config)
    shown = {axes.images[0].get_array().tobytes() for axes in drawn[0].axes}
    assert len(shown) == 5 and shown < {picture.tobytes() for picture in dataset.test.inputs["context"]}


def test_captions_of_photos_that_were_read_as_features(runs, monkeypatch, drawn):
    assert call(monkeypatch, "plot", "captions", runs / "photos", "--output", "c.png") == 0
    assert len(drawn[0].axes) == 4
    for axes in drawn[0].axes:
        number = TEXTS.index((axes.get_xlabel().removeprefix("right: ") or axes.get_title()[2:]).replace("\n", " "))
        np.testing.assert_allclose(axes.images[0].get_array(), PHOTOS[number], atol=1e-6)


def test_bleu_by_length(runs, monkeypatch, drawn, capsys):
    command = ["plot", "by-length", runs / "plain", runs / "attentive", "--output", "l.png"]
    assert call(monkeypatch, *command) == 0
    record = json.loads(open("l.json", encoding="utf-8").read())
    assert list(record["runs"]) == ["plain", "attentive"] and record["command"].startswith(
        "keras-rnn-zoo plot by-length"
    )
    trained = open_run(str(runs / "attentive"))
    dataset = load_dataset(trained.config)
    asked, vocabularies = questions(dataset.spec, dataset.test), dataset.spec.vocabularies
    writer, scored = SequenceWriter(trained.load_model(), 7, beam_size=2), {}
    for ids, right in zip(asked.examples.inputs["source"], asked.references):
        written = vocabularies["targets"].decode(writer(ids[None]).ids[0, 0])
        scored.setdefault(len(ids), []).append((written, right[0]))
    points = {point["words"]: point for point in record["runs"]["attentive"]}
    assert sum(point["examples"] for point in points.values()) == len(asked.references)
    exact = [name for name in points if name.isdigit()]
    assert exact  # Lengths that are a range of their own.
    for name in exact:
        written, right = zip(*scored[int(name)])
        assert points[name]["examples"] == len(written)
        assert points[name]["bleu"] == pytest.approx(sacrebleu.corpus_bleu(written, [right]).score, abs=0.01)
    assert [list(line.get_ydata()) for line in drawn[0].axes[0].lines] == [
        [point["bleu"] for point in points] for points in record["runs"].values()
    ]
    assert call(monkeypatch, *command) == 2
    assert "l.png is there already" in capsys.readouterr().err
    assert call(monkeypatch, *command, "--overwrite") == 0


def test_ranges_hold_every_example_once():
    lengths = np.random.default_rng(0).integers(1, 60, 2_000)
    lengths[7] = 300
    ranges = ranges_of(lengths)
    assert sorted(np.concatenate(list(ranges.values()))) == list(range(2_000))
    assert list(ranges)[0] == "1-8" and list(ranges)[-1] == "57+" and len(ranges) == 8
    assert set(lengths[ranges["9-16"]]) == set(range(9, 17))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["attention", "plain", "--output", "a.png"], "has no attention"),
        (["attention", "classifier", "--output", "a.png"], "does not write"),
        (["attention", "captioner", "--text", "one", "--output", "a.png"], "reads none: leave it out"),
        (["attention", "attentive", "--text", " ", "--output", "a.png"], "nothing to read in --text ' '"),
        (["attention", "attentive", "--output", "a.svg"], "--output must end in .png, received 'a.svg'"),
        (["attention", "attentive", "--output", "no/a.png"], "there is no folder no"),
        (["attention", "attentive"], "Missing option '--output'"),
        (["captions", "plain", "--output", "a.png"], "a captioner's run is expected"),
        (["captions", "captioner", "--output", "a.png", "--count", "0"], "--count"),
        (["captions", "absent", "--output", "a.png"], "No finished run"),
        (["by-length", "captioner", "--output", "a.png"], "runs of translators are expected"),
        (["by-length", "plain", "plain", "--output", "a.png"], "a name of its own"),
        (["by-length", "--output", "a.png"], "Missing argument"),
    ],
)
def test_bad_input_costs_one_line(arguments, says, runs, monkeypatch, capsys, tmp_path):
    arguments = [runs / word if word in RUNS or word == "absent" else word for word in arguments]
    assert call(monkeypatch, "plot", *arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1 and says in said.err
    assert list(tmp_path.iterdir()) == []


def test_runs_on_other_data_are_refused(runs, monkeypatch, capsys):
    data = iter([names_with_bleu(), replace(names_with_bleu(), test=names_with_bleu().validation)])
    monkeypatch.setitem(catalogue.DATASETS, "number_names", lambda: next(data))
    assert call(monkeypatch, "plot", "by-length", runs / "plain", runs / "attentive", "--output", "l.png") == 2
    assert "was tested on other data than" in capsys.readouterr().err


def test_data_without_bleu_is_refused(runs, monkeypatch, capsys):
    monkeypatch.setitem(catalogue.DATASETS, "number_names", number_names.load)
    assert call(monkeypatch, "plot", "by-length", runs / "plain", "--output", "l.png") == 2
    assert "number_names is not scored by BLEU" in capsys.readouterr().err
