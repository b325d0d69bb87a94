"""The Penn Treebank: symbols counted as published, windows that follow each other, files that are not the original."""

import gzip
import hashlib

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load, ptb
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import RESERVED, UNKNOWN

SENTENCES = {
    "train": b" the <unk> 's u.s. unit did n't fall N points \n the bank rose \n",
    "valid": b" the u.s. bank did n't fall \n",
    "test": b" the <unk> unit rose N points \n",
}
SYMBOLS = {"word": (929_589, 73_760, 82_430), "character": (5_059_550, 396_412, 446_184)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with one or two sentences in each split."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(ptb, "ADDRESS", "http://127.0.0.1:9/data")
    monkeypatch.setattr(ptb, "SHA256", {part: hashlib.sha256(text).hexdigest() for part, text in SENTENCES.items()})
    (tmp_path / "ptb").mkdir()
    for part, text in SENTENCES.items():
        (tmp_path / "ptb" / f"ptb.{part}.txt.gz").write_bytes(gzip.compress(text))
    return tmp_path / "ptb"


@pytest.mark.data
@pytest.mark.parametrize("unit", ptb.UNITS)
def test_the_published_counts(unit):
    texts = [ptb.read(ptb._locate(part), unit) for part in ptb.SHA256]
    vocabulary = ptb.vocabulary_of(texts[0], unit)
    assert tuple(len(vocabulary.encode(text)) for text in texts) == SYMBOLS[unit]
    # The unknown word is one of the 10,000; no symbol of the other splits is new.
    assert len(vocabulary.symbols) == (9_999 if unit == "word" else 50)
    marks = [sum(token == ptb.RARE for token in vocabulary.tokens(text)) for text in texts]
    assert [(vocabulary.encode(text) == UNKNOWN).sum() for text in texts] == marks
    assert bool(marks[0]) == (unit == "word")


@pytest.mark.data
def test_sentences_that_the_published_split_repeats():
    train, valid, test = (ptb.read(ptb._locate(part), "character").split(" \n")[:-1] for part in ptb.SHA256)
    assert [len(part) for part in (train, valid, test)] == [42_068, 3_370, 3_761]
    assert sum(s in set(train) for s in valid) == 85 and sum(s in set(train) for s in test) == 64
    assert sum(s in set(valid) for s in test) == 24


@pytest.mark.data
@pytest.mark.parametrize("unit", ptb.UNITS)
def test_windows_follow_each_other(unit):
    dataset, again = (load("ptb", unit=unit, window=50) for _ in range(2))
    for split, symbols in zip((dataset.train, dataset.validation, dataset.test), SYMBOLS[unit]):
        assert split.targets.shape == ((symbols - 1) // 50, 50) and split.targets.dtype == np.int32
        np.testing.assert_array_equal(split.inputs["inputs"].ravel()[1:], split.targets.ravel()[:-1])
    np.testing.assert_array_equal(dataset.train.targets, again.train.targets)


def test_words(folder):
    dataset = load("ptb", window=2)
    vocabulary = dataset.spec.vocabularies["inputs"]
    assert vocabulary.decode(dataset.validation.inputs["inputs"].ravel()) == "the u.s. bank did n't fall"
    assert vocabulary.encode("the <unk> points <eos> zebra").tolist()[1::3] == [UNKNOWN, UNKNOWN]
    assert sorted(vocabulary.symbols) == sorted("the 's u.s. unit did n't fall N points bank rose <eos>".split())
    assert dataset.spec.builder_arguments["outputs"] == RESERVED + 12


def test_characters(folder):
    assert ptb.read(folder / "ptb.test.txt.gz", "character") == "the <unk> unit rose N points \n"
    dataset = load("ptb", unit="character", window=5)
    vocabulary = dataset.spec.vocabularies["inputs"]
    text = "".join(vocabulary.decode(row) for row in dataset.validation.inputs["inputs"])
    assert "the u.s. bank did n't fall \n".startswith(text) and len(text) == 25


def test_plain_files(folder):
    for part, text in SENTENCES.items():
        (folder / f"ptb.{part}.txt.gz").unlink()
        (folder / f"ptb.{part}.txt").write_bytes(text)
    assert len(load("ptb", window=2).train) == 7


@pytest.mark.parametrize(
    "content",
    [gzip.compress(SENTENCES["valid"])[:-6], gzip.compress(b"other\n"), b"", b"sorry"],
    ids=["cut off", "other", "empty", "no gzip"],
)
def test_a_file_that_is_not_the_original(folder, content):
    (folder / "ptb.valid.txt.gz").write_bytes(content)
    with pytest.raises(ZooError, match="ptb.valid.txt.gz is not the original file: expected sha256") as caught:
        load("ptb")
    for named in ("http://127.0.0.1:9/data/ptb.valid.txt", "KERAS_RNN_ZOO_DATA"):
        assert named in str(caught.value)


def test_a_missing_file(folder, tmp_path):
    (folder / "ptb.test.txt.gz").unlink()
    with pytest.raises(
        ZooError, match="ptb.test.txt could not be downloaded from http://127.0.0.1:9/data/ptb.test.txt"
    ):
        load("ptb")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("content", "message"), [(b"a\n\nb\n", "sentence on every line"), (b"", "on every line"), (b"\xff", "ASCII")]
)
def test_malformed_text(tmp_path, content, message):
    (tmp_path / "ptb.txt").write_bytes(content)
    with pytest.raises(ZooError, match=f"ptb.txt should .*{message}"):
        ptb.read(tmp_path / "ptb.txt", "word")


@pytest.mark.parametrize(
    ("options", "message"), [({"unit": "words"}, "Did you mean 'word'"), ({"window": 0}, "`window` should be")]
)
def test_bad_options(folder, options, message):
    with pytest.raises(ZooError, match=message):
        load("ptb", **options)
