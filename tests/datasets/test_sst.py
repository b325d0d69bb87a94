"""SST: the published split, readable sentences, and files that are not the original."""

import gzip
import hashlib

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load, sst
from keras_rnn_zoo.errors import ZooError

LINES = {
    "train": "1 a fine film .\n0 it is n't a good film .\n1 fine , fine !\n",
    "dev": "0 no good .\n",
    "test": "1 good\n0 a bore -lrb- truly -rrb- .\n",
}


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with a few sentences in packed files, taken for the originals."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sst, "ADDRESS", "http://127.0.0.1:9/data")
    (tmp_path / "sst").mkdir()
    for name, text in LINES.items():
        (tmp_path / "sst" / f"stsa.binary.{name}.gz").write_bytes(gzip.compress(text.encode()))
    take_for_original(monkeypatch, LINES)
    return tmp_path / "sst"


def take_for_original(monkeypatch, texts):
    for name, text in texts.items():
        monkeypatch.setitem(sst.SHA256, f"binary.{name}", hashlib.sha256(text.encode()).hexdigest())
        monkeypatch.setitem(sst.SIZES["binary"], name, text.count("\n"))


@pytest.mark.data
@pytest.mark.parametrize(
    ("kind", "sizes", "test_labels"),
    [("binary", [6_920, 872, 1_821], [912, 909]), ("fine", [8_544, 1_101, 2_210], [279, 633, 389, 510, 399])],
)
def test_the_published_split(kind, sizes, test_labels):
    dataset, again = load("sst", kind=kind), load("sst", kind=kind)
    splits = (dataset.train, dataset.validation, dataset.test)
    assert [len(split) for split in splits] == sizes
    assert np.bincount(dataset.test.targets).tolist() == test_labels
    assert len(dataset.spec.labels) == dataset.spec.builder_arguments["outputs"] == len(test_labels)
    for row, repeat in zip(dataset.train.inputs["inputs"], again.train.inputs["inputs"], strict=True):
        np.testing.assert_array_equal(row, repeat)


@pytest.mark.data
def test_what_the_published_splits_share():
    texts = {name: [text for text, _ in sst.read("binary", name)] for name in ("train", "dev", "test")}
    assert [text for text in texts["test"] if text in set(texts["train"])] == ["no..", "what's next?"]
    assert not set(texts["dev"]) & {*texts["train"], *texts["test"]}
    fine = {name: [text for text, _ in sst.read("fine", name)] for name in ("train", "dev", "test")}
    assert [text for text in fine["dev"] if text in set(fine["train"])] == ["hey arnold!"] * 2


@pytest.mark.data
def test_binary_sentences_are_the_fine_ones_without_neutral():
    for name in ("train", "dev", "test"):
        fine = [(text, int(label > 2)) for text, label in sst.read("fine", name) if label != 2]
        assert fine == sst.read("binary", name)


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("it 's 90 minutes long , is n't it ?", "it's 90 minutes long, isn't it?"),
        ("they ca n't and wo n't .", "they can't and won't."),
        ("`` so good '' -lrb- 4\\/5 -rrb- ...", '"so good" (4/5) ...'),
        ("rock 'n' roll", "rock 'n' roll"),
    ],
)
def test_sentences_as_a_person_writes_them(sentence, written):
    assert sst.readable(sentence) == written


def test_packed_and_plain_files(folder):
    packed = load("sst", min_count=1)
    for name, text in LINES.items():
        (folder / f"stsa.binary.{name}.gz").unlink()
        (folder / f"stsa.binary.{name}").write_text(text, encoding="utf-8")
    plain = load("sst", min_count=1)
    vocabulary = plain.spec.vocabularies["inputs"]
    assert vocabulary == packed.spec.vocabularies["inputs"] and "isn't" in vocabulary.symbols
    assert plain.test.targets.tolist() == [1, 0]
    assert vocabulary.decode(plain.train.inputs["inputs"][1]) == "it isn't a good film."
    assert vocabulary.decode(vocabulary.encode("It ISN'T a good film.")) == "it isn't a good film."


@pytest.mark.parametrize("line", ["2 fine .", "fine", "1 ", "1", "-1 fine ."])
def test_a_line_of_another_form(folder, monkeypatch, line):
    text = f"1 fine .\n{line}\n"
    (folder / "stsa.binary.dev.gz").write_bytes(gzip.compress(text.encode()))
    take_for_original(monkeypatch, {"dev": text})
    with pytest.raises(
        ZooError, match="stsa.binary.dev.gz, line 2 should be a number from 0 to 1, a space and a sente"
    ):
        load("sst")


@pytest.mark.parametrize("damage", [lambda packed: packed[:-9], lambda packed: gzip.compress(b"1 other .\n")])
def test_a_file_that_is_not_the_original(folder, damage):
    path = folder / "stsa.binary.test.gz"
    path.write_bytes(damage(path.read_bytes()))
    before = contents(folder.parent)
    with pytest.raises(ZooError, match="not the original file") as caught:
        load("sst")
    for named in (str(path), "http://127.0.0.1:9/data/stsa.binary.test", "KERAS_RNN_ZOO_DATA"):
        assert named in str(caught.value)
    assert contents(folder.parent) == before


def test_a_missing_file(folder):
    (folder / "stsa.binary.test.gz").unlink()
    with pytest.raises(ZooError, match="sst/stsa.binary.test could not be downloaded") as caught:
        load("sst")
    assert "http://127.0.0.1:9/data/stsa.binary.test" in str(caught.value) and "KERAS_RNN_ZOO_DATA" in str(caught.value)
    assert not (folder.parent / "cache").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "coarse"}, "Unknown `kind` 'coarse'"),
        ({"unit": "phrase"}, "Unknown unit of text 'phrase'"),
        ({"min_count": 0}, "`min_count` should be"),
        ({"min_count": 99}, "at least one symbol"),
    ],
)
def test_bad_options(folder, options, message):
    with pytest.raises(ZooError, match=message):
        load("sst", **options)
