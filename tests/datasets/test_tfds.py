"""Datasets of TensorFlow Datasets: with its own mock, from its own files, and what is said where there are none."""

import sys
from urllib.error import HTTPError, URLError

import numpy as np
import pytest

from keras_rnn_zoo import datasets
from keras_rnn_zoo.datasets import imdb_reviews, tfds_rows, tfds_universal_dependencies
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import END, START
from tests.datasets.tfds_mock import mocked_tfds, rows_of

tfds = pytest.importorskip("tensorflow_datasets")

LOADERS = {
    "imdb_reviews": ("imdb_reviews", {}, (72, 8, 20), "many_to_one"),
    "glue_sst2": ("glue/sst2", {}, (76, 4, 20), "many_to_one"),
    "ted_tr_en": ("ted_hrlr_translate/tr_to_en", {}, (80, 20, 20), "many_to_many_unaligned"),
    "coco_captions": ("coco_captions/2014", {"download": True, "size": 16}, (400, 100, 100), "one_to_many"),
    "tfds_universal_dependencies": ("universal_dependencies/tr_atis", {}, (80, 20, 20), "many_to_many_aligned"),
}
every_loader = pytest.mark.parametrize("name", LOADERS)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    return tmp_path / "tfds"


def offline(monkeypatch, error=None):
    def refuse(*_, **__):
        raise error or URLError("no network")

    monkeypatch.setattr(tfds_rows, "urlopen", refuse)


def splits_of(dataset):
    return dataset.train, dataset.validation, dataset.test


@every_loader
def test_mocked(name):
    _, options, sizes, pattern = LOADERS[name]
    with mocked_tfds():
        dataset, again = datasets.load(name, **options), datasets.load(name, **options)
    assert tuple(map(len, splits_of(dataset))) == sizes
    spec = dataset.spec
    assert spec.name == name and spec.pattern == pattern and spec.licence and "TensorFlow Datasets" in spec.citation
    for part, repeat in zip(splits_of(dataset), splits_of(again)):
        for field, values in {**part.inputs, "targets": part.targets}.items():
            for a, b in zip(values, {**repeat.inputs, "targets": repeat.targets}[field]):
                np.testing.assert_array_equal(a, b)
        for previous, targets in zip(part.inputs.get("previous", ()), part.targets):
            assert previous[0] == START and targets[-1] == END


@every_loader
def test_not_there_and_no_network(name, folder, monkeypatch, caplog):
    given, options, _, _ = LOADERS[name]
    offline(monkeypatch)
    with pytest.raises(ZooError) as caught:
        datasets.load(name, **options)
    message = str(caught.value)
    assert given in message and str(folder) in message and "no network" in message and "TFDS_DATA_DIR" in message
    assert f"tfds build {given} --file_format=array_record" in message
    assert not folder.exists() and not [record for record in caplog.records if record.name == "absl"]


def test_coco_is_not_downloaded_unless_asked_for(folder, monkeypatch):
    offline(monkeypatch, AssertionError("no download"))
    with pytest.raises(ZooError, match="`download` is off"):
        datasets.load("coco_captions")


def test_a_server_that_refuses_a_glance_is_left_to_tfds(folder, monkeypatch):
    offline(monkeypatch, HTTPError("address", 403, "Forbidden", None, None))
    builder = tfds.builder("imdb_reviews", data_dir=str(folder))

    def downloads(**_):
        raise OSError("checksums differ")

    monkeypatch.setattr(builder, "download_and_prepare", downloads)
    with pytest.raises(ZooError, match="could not be downloaded: checksums differ"):
        tfds_rows._prepare(builder, "imdb_reviews", download=True)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ZooError, match="needs tensorflow_datasets, which is not installed"):
        datasets.load("imdb_reviews")


def prepare(folder, file_format):
    """Real files of TensorFlow Datasets, as a download would leave them."""
    features = tfds.builder("imdb_reviews", data_dir=str(folder)).info.features
    rows = {split: [(i, {"text": f"{split} ağ {i}", "label": i % 2}) for i in range(40)] for split in ("train", "test")}
    tfds.dataset_builders.store_as_tfds_dataset(
        "imdb_reviews", "1.0.0", features, rows, config="plain_text", data_dir=str(folder), file_format=file_format
    )


@pytest.mark.parametrize("file_format", ["array_record", "tfrecord"])
def test_real_files(folder, monkeypatch, file_format):
    prepare(folder, file_format)
    offline(monkeypatch, AssertionError("no download"))
    rows = tfds_rows.read_rows("imdb_reviews", ("train", "test"))
    texts = {split: {tfds_rows.text_of(row["text"]) for row in values} for split, values in rows.items()}
    assert texts == {split: {f"{split} ağ {i}" for i in range(40)} for split in ("train", "test")}
    first, second = datasets.load("imdb_reviews", min_count=1), datasets.load("imdb_reviews", min_count=1)
    assert [len(split) for split in splits_of(first)] == [36, 4, 40]
    seen, held = ({tuple(row) for row in split.inputs["inputs"]} for split in (first.train, first.validation))
    assert len(seen) == 36 and not seen & held
    assert [row.tolist() for row in first.train.inputs["inputs"]] == [
        row.tolist() for row in second.train.inputs["inputs"]
    ]


@pytest.mark.parametrize("file_format", ["array_record", "tfrecord"])
def test_truncated_files(folder, monkeypatch, file_format):
    prepare(folder, file_format)
    (file,) = folder.rglob(f"imdb_reviews-train.{file_format}*")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ZooError, match="could not read imdb_reviews in .*plain_text.*tfds build imdb_reviews"):
        datasets.load("imdb_reviews")


def test_reviews_lose_their_marks_and_what_is_tested_on():
    assert imdb_reviews.readable("Bad.<br /><br />Very  bad.") == "Bad. Very bad."
    with mocked_tfds():
        dataset = datasets.load("imdb_reviews", max_words=5)
    assert max(len(row) for row in dataset.train.inputs["inputs"]) == 5
    rows = [("Good film", 1), ("good  FILM", 1), ("bad film", 0), *((f"film {i}", 0) for i in range(40))]
    from keras_rnn_zoo.datasets.text_classes import held_out

    parts = held_out(rows, [("GOOD film", 1)], 0.1, seed=0)
    assert len(parts["train"]) + len(parts["validation"]) == 41 and len(parts["validation"]) == 4
    assert ("bad film", 0) in parts["train"] + parts["validation"]


def test_phrases_that_are_alike_stay_together():
    from keras_rnn_zoo.datasets.text_classes import held_out

    rows = [(f"phrase {i // 4}", 0) for i in range(400)]
    parts = held_out(rows, [], 0.1, seed=3)
    assert len(parts["validation"]) == 40 and not set(parts["train"]) & set(parts["validation"])


def test_talks_are_written_as_they_are_read():
    with mocked_tfds():
        dataset = datasets.load("ted_tr_en", source="en", target="tr", unit="word")
        with pytest.raises(ZooError, match="`max_words` should leave pairs"):
            datasets.load("ted_tr_en", max_words=1)
    assert dataset.test.texts[0].startswith("bu ") and dataset.test.texts[0].endswith("cümle.")
    assert "isn't" in dataset.spec.vocabularies["source"].symbols


def test_captions_of_a_photo_share_a_group():
    with mocked_tfds():
        dataset = datasets.load("coco_captions", photos=7, size=16, download=True)
        other = datasets.load("coco_captions", photos=None, size=8, download=True)
    assert len(dataset.train) == 35 and len(set(dataset.train.groups)) == 7 and len(other.train) == 400
    picture = dataset.train.inputs["context"][0]
    assert picture.shape == (16, 16, 3) and picture.dtype == np.float32 and 0 <= picture.min() < picture.max() <= 1
    assert dataset.train.inputs["context"][4] is picture and dataset.train.inputs["context"][5] is not picture


def test_tokens_of_several_words_are_left_out():
    features = tfds.builder("universal_dependencies/tr_atis").info.features
    assert tuple(features["upos"].feature.names) == tfds_universal_dependencies.TAGS
    with mocked_tfds():
        dataset = datasets.load("tfds_universal_dependencies")
        row = rows_of(tfds.builder("universal_dependencies/tr_atis"), "dev")[0]
    words, tags = tfds_universal_dependencies.sentence_of(row, "here")
    assert words[:2] == ["do", "n't"] and tags[:2] == ["AUX", "PART"] and len(words) == len(tags) == 8
    assert "_" not in dataset.spec.labels and "PART" in dataset.spec.labels
    with pytest.raises(ZooError, match="here: a sentence should have a tag for each word, received 2 and 1"):
        tfds_universal_dependencies.sentence_of({"tokens": ["a", "b"], "upos": [1]}, "here")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("imdb_reviews", {"seed": -1}, "`seed` should be"),
        ("imdb_reviews", {"max_words": 0}, "`max_words` should be"),
        ("glue_sst2", {"seed": "a"}, "`seed` should be"),
        ("ted_tr_en", {"source": "de"}, "Unknown `source`"),
        ("ted_tr_en", {"target": "tr"}, "two different ones"),
        ("coco_captions", {"photos": 0}, "`photos` should be"),
        ("coco_captions", {"size": 4}, "`size` should be"),
        ("coco_captions", {"download": "yes"}, "`download` should be"),
        ("tfds_universal_dependencies", {"treebank": "Turkish"}, "`treebank` should be a language and a treebank"),
        ("tfds_universal_dependencies", {"treebank": "tr_nosuch"}, "could not read universal_dependencies/tr_nosuch"),
    ],
)
def test_bad_options(name, options, message):
    with pytest.raises(ZooError, match=message):
        datasets.load(name, **options)
