"""Multi30k: the published split, line by line, and files that are not the original."""

import gzip
import unicodedata

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load, multi30k
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import UNKNOWN

SIZES = {"train": 29_000, "validation": 1_014, "test": 1_000}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder in which each split of Multi30k is two short lines of each language."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(multi30k, "SPLITS", {split: (name, 2) for split, (name, _) in multi30k.SPLITS.items()})
    (tmp_path / "multi30k").mkdir()
    for name, _ in multi30k.SPLITS.values():
        for language, lines in (
            ("en", "A dog runs.\nTwo men sit.\n"),
            ("de", "Ein Hund läuft.\nZwei Männer sitzen.\n"),
        ):
            (tmp_path / "multi30k" / f"{name}.{language}").write_text(lines, encoding="utf-8")
    return tmp_path / "multi30k"


@pytest.mark.data
@pytest.mark.parametrize(("source", "target", "unit"), [("en", "de", "subword"), ("fr", "en", "word")])
def test_the_published_split(source, target, unit):
    dataset = load("multi30k", source=source, target=target, unit=unit)
    spec = dataset.spec
    assert (spec.pattern, spec.objective, spec.writes, spec.scores) == (
        "many_to_many_unaligned", "symbols", True, ("bleu", "chrf"),
    )  # fmt: skip
    assert spec.vocabularies["source"].size == spec.vocabularies["targets"].size == 6_004
    for split, size in SIZES.items():
        examples = getattr(dataset, split)
        assert len(examples) == len(examples.texts) == len(examples.groups) == size
        assert examples.texts == [unicodedata.normalize("NFC", text) for text in multi30k.read(split, target)]
    assert (np.concatenate(dataset.test.targets) == UNKNOWN).mean() < (0.001 if unit == "subword" else 0.03)


@pytest.mark.data
@pytest.mark.parametrize("language", multi30k.LANGUAGES)
def test_no_test_sentence_was_trained_on(language):
    train, validation, test = (set(multi30k.read(split, language)) for split in SIZES)
    assert not test & train and not test & validation


@pytest.mark.data
def test_no_sentence_is_unlike_its_line():
    assert multi30k.read("test", "en")[0] == "A man in an orange hat starring at something."
    assert multi30k.read("test", "de")[0] == "Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt."
    dataset, again = load("multi30k"), load("multi30k")
    decoded = [dataset.spec.vocabularies["targets"].decode(row) for row in dataset.test.targets]
    assert np.mean([text == right for text, right in zip(decoded, dataset.test.texts)]) > 0.98
    for row, repeat in zip(dataset.train.targets, again.train.targets):
        np.testing.assert_array_equal(row, repeat)


def test_plain_files(folder):
    dataset = load("multi30k", unit="word", lower=True)
    assert dataset.test.texts == ["ein hund läuft.", "zwei männer sitzen."]
    assert dataset.spec.vocabularies["source"].decode(dataset.test.inputs["source"][1]) == "two men sit."
    assert load("multi30k", unit="character").test.texts[0] == "Ein Hund läuft."


@pytest.mark.parametrize(
    ("content", "received"), [("Ein Hund.\n", "1"), ("Ein Hund.\n\n", "1"), ("a\nb\nc\n", "3"), ("a\n \n", "1")]
)
def test_another_number_of_lines(folder, content, received):
    (folder / "val.de").write_text(content, encoding="utf-8")
    with pytest.raises(
        ZooError, match=f"val.de should hold 2 sentences, one a line, received {received}. Fetch it anew"
    ):
        load("multi30k", unit="word")


def test_an_archive_that_is_not_the_original(folder):
    (folder / "train.de").unlink()
    (folder / "train.de.gz").write_bytes(gzip.compress(b"Ein Hund.\nZwei Hunde.\n")[:-5])
    with pytest.raises(ZooError, match="train.de.gz is not the original file: expected sha256 726e39b2"):
        load("multi30k", unit="word")


def test_a_missing_file_names_its_address(folder, monkeypatch):
    monkeypatch.setattr(multi30k, "ADDRESS", "http://127.0.0.1:9/raw")
    (folder / "train.de").unlink()
    with pytest.raises(ZooError, match=r"train.de.gz could not be downloaded from http://127.0.0.1:9/raw/train.de.gz"):
        load("multi30k", unit="word")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "tr"}, "Unknown `source` 'tr'"),
        ({"target": "en"}, "two different ones"),
        ({"unit": "phrase"}, "Unknown unit of text 'phrase'"),
        ({"max_size": 0}, "`max_size` should be"),
        ({"min_count": 0}, "`min_count` should be"),
        ({"lower": "yes"}, "`lower` should be True or False"),
    ],
)
def test_bad_options(folder, options, message):
    with pytest.raises(ZooError, match=message):
        load("multi30k", **{"unit": "word", **options})
