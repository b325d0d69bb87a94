"""A dataset's card tells its sizes, lengths, classes, vocabularies, licence and source, and shows an example."""

import re

import numpy as np
import pytest

from keras_rnn_zoo.cards import dataset_cards, description
from keras_rnn_zoo.cards.dataset_example import example_text, shades
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.examples import plot_examples
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

SMALL = {"train": 40, "validation": 20, "test": 20}


def test_sizes_lengths_and_classes(tmp_path):
    path = tmp_path / "my.csv"
    rows = [f"{'word ' * (1 + i % 5)}{i},{'yes' if i % 4 else 'no'}" for i in range(80)]
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    text = description.describe("table", options={"path": str(path), "min_count": 1})
    sizes = dict(
        re.findall(r"^(train|validation|test): (\d+) examples; inputs \d to \d, median \d; targets one$", text, re.M)
    )
    assert sizes == {"train": "64", "validation": "8", "test": "8"}
    assert re.search(r"^yes +75\.0% +75\.0% +75\.0%\nno  +25\.0% +25\.0% +25\.0%$", text, re.M)
    assert f"options: path={str(path)!r}, text='text'" in text and "min_count=1, seed=0" in text
    assert re.search(r"vocabulary of inputs: 69 words, .*\(en\); unknown in test \d+\.\d%", text)
    assert "licence: your own\nsource: my.csv" in text
    assert re.search(r"an example:\ninputs: 'word .*'\nclass: '(yes|no)'$", text)


def test_the_share_of_unknown_words_is_that_of_the_test_split():
    words = Vocabulary(["a"])
    rows = [np.array([4, 4]), np.array([4, 1])]
    split = Examples({"inputs": rows}, np.array([0, 1]))
    spec = DatasetSpec("mine", "", "many_to_one", "class", {}, vocabularies={"inputs": words}, labels=("x", "y"))
    assert "unknown in test 25.0%" in dataset_cards._vocabulary(Dataset(split, split, split, spec), "inputs")


@pytest.mark.parametrize(
    ("name", "options", "parts"),
    [
        ("temporal_order", SMALL, ["inputs 50 x 6; targets one", "4 classes, their shares", "class: '"]),
        ("addition", SMALL, [" x 2, median 5", "targets 1\n", "targets: '0."]),
        ("noiseless_memorization", SMALL, ["6 classes", "labels: 5 x 60, "]),
        ("number_pictures", {"limit": 300}, ["context 20 x 64 x 1", "targets: '"]),
        ("number_names", {"limit": 300}, ["source: '", "targets: '", "pattern: many_to_many_unaligned"]),
        ("python_source", {"characters": 20_000}, ["vocabulary of inputs", "inputs: '"]),
    ],
)
def test_generated_datasets(name, options, parts):
    text = description.describe(name, options=options)
    assert text.startswith(f"{name}: ") and all(part in text for part in parts), text
    assert "vocabulary of previous" not in text and text.count("inputs: '") + text.count("source: '") <= 1
    if name not in ("number_names", "python_source"):
        assert "█" in text and description.describe(name, unicode=False, options=options).isascii()


def test_tags_stand_in_columns(tmp_path):
    path = tmp_path / "my.conllu"
    lines = "".join(f"{i}\tkelime{i}\t_\tNOUN\t_\t_\t0\t_\t_\t_\n" for i in range(1, 23))
    path.write_text((lines + "23\tne\t_\tPRON\t_\t_\t0\t_\t_\t_\n\n") * 40, encoding="utf-8")
    with pytest.raises(ZooError, match="received 1 in all"):
        description.describe("tagged_text", options={"path": str(path)})
    sentences = (lines + f"23\tne{i}\t_\tPRON\t_\t_\t0\t_\t_\t_\n\n" for i in range(40))
    path.write_text("".join(sentences), encoding="utf-8")
    text = description.describe("tagged_text", options={"path": str(path)})
    assert "\n  kelime1   NOUN\n  kelime2   NOUN\n" in text and text.endswith("  kelime20  NOUN\nand 3 more")


def test_shades():
    ramp = np.linspace(0, 1, 500)[:, None]
    assert len(shades(ramp)) == 72 and shades(ramp).startswith(" ") and shades(ramp).endswith("█")
    assert shades(ramp, unicode=False).endswith("@") and shades(ramp, unicode=False).isascii()
    sequence = np.zeros((4, 2))
    sequence[1, 1] = 1
    assert shades(sequence).split("\n") == [" █", ""]
    picture = np.zeros((8, 4, 3))
    picture[:4] = 1
    assert shades(picture).split("\n") == ["████", "████", "", ""]
    assert len(shades(np.zeros((300, 100, 1))).split("\n")) == 24 and shades(np.full((2, 2, 1), 7.0)) == ""
    video = np.zeros((5, 2, 2, 1))
    video[2] = np.array([[1.0, 0.0], [1.0, 0.0]])[..., None]
    assert shades(video) == "█"


def test_labels_of_a_video_in_turn():
    target = np.array([0, 0, 1, 0], np.int32)
    split = Examples({"inputs": np.zeros((1, 4, 3, 3, 1), np.float32)}, target[None])
    spec = DatasetSpec("mine", "", "many_to_many_aligned", "labels", {}, labels=("mute", "loud"))
    dataset = Dataset(split, split, split, spec)
    assert dataset_cards.field_to_draw(dataset) == "inputs"
    assert dataset_cards.answer_of(dataset, split, 0) == "mute, loud, mute"
    assert example_text(dataset, "inputs", "", drawn=False) == "labels: mute x 2, loud, mute"


@pytest.mark.parametrize("shape", [(5, 6, 3), (5, 6, 1), (7, 5, 6, 1), (9, 4), (30,)])
@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_pictures_of_examples(tmp_path, shape, suffix):
    rng = np.random.default_rng(1)
    path = plot_examples(
        [rng.random(shape) for _ in range(3)], ["$5 🐕", "a " * 200, ""], tmp_path / f"x{suffix}", "mine"
    )
    start = path.read_bytes()[:100]
    assert start.startswith(b"\x89PNG") if suffix == ".png" else b"<?xml" in start


def test_a_card_with_a_picture(tmp_path):
    text = description.describe_with_picture("number_pictures", tmp_path / "n.png", {"limit": 300})
    assert text.endswith(f"Examples: {tmp_path / 'n.png'}") and "█" not in text
    image = pytest.importorskip("PIL.Image")
    pixels = np.asarray(image.open(tmp_path / "n.png").convert("L"))
    assert pixels.shape[1] > 1000 and pixels.std() > 20
    with pytest.raises(ZooError, match="number_names with these options is text"):
        description.describe_with_picture("number_names", tmp_path / "t.png", {"limit": 300})
    assert not (tmp_path / "t.png").exists()


def test_missing_data_is_the_loaders_error(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ZooError, match="grid_s1_logmel40.npz should be in"):
        description.describe("grid_speech")
    with pytest.raises(ZooError, match="Dataset 'table' needs the option 'path'"):
        description.describe("table")
    with pytest.raises(ZooError, match="many_to_one is none"):
        description.describe("many_to_one", options={"length": 3})
