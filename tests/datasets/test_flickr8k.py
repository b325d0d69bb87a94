"""Flickr8k: the standard split, five captions a photo, and malformed files."""

import zipfile

import numpy as np
import pytest

from keras_rnn_zoo.datasets import flickr8k, load
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.preprocessing.vocabulary import UNKNOWN

NAMES = {"train": ["a.jpg", "b.jpg"], "dev": ["c.jpg"], "test": ["d.jpg"]}
FEATURES = "mobilenetv2_pooled_1280_u8.npz"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with four photos of one colour each, the features 0, 1, 2 and 3, and five captions a photo."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    sizes = {split: (file, len(NAMES[file])) for split, (file, _) in flickr8k.SPLITS.items()}
    monkeypatch.setattr(flickr8k, "SPLITS", sizes)
    folder = tmp_path / "flickr8k"
    folder.mkdir()
    names = [name for split in NAMES.values() for name in split]
    for split, listed in NAMES.items():
        (folder / f"Flickr_8k.{split}Images.txt").write_text("\n".join(listed) + "\n")
    rows = [f'{name},"A {name[0]}-dog, number {i} ."' for name in names for i in range(5)]
    (folder / "captions.txt").write_text("\n".join(["image,caption", *rows]) + "\n")
    features = np.repeat(np.arange(4, dtype=np.uint8)[:, None], 1280, axis=1)
    np.savez(folder / FEATURES, features=features, names=np.array(names), scale=np.float32(0.5))
    return folder


def contexts(examples):
    return np.array([row[0] for row in examples.inputs["context"]])


@pytest.mark.data
def test_the_standard_split():
    dataset, again = load("flickr8k"), load("flickr8k")
    spec = dataset.spec
    assert (spec.pattern, spec.objective, spec.writes, spec.scores) == ("one_to_many", "symbols", True, ("bleu",))
    assert spec.builder_arguments == {"input_shape": (1280,), "outputs": 2_927}
    splits = dataset.train, dataset.validation, dataset.test
    assert [len(split) for split in splits] == [30_000, 5_000, 5_000]
    for split, repeat in zip(splits, (again.train, again.validation, again.test)):
        groups, counts = np.unique(split.groups, return_counts=True)
        assert (counts == 5).all() and len(groups) == len(split) // 5
        assert split.texts == repeat.texts and all(split.texts)
        for first, same in zip(split.inputs["context"][::5], split.inputs["context"][4::5]):
            assert np.shares_memory(first, same)
    seen = [{row.tobytes() for row in split.inputs["context"]} for split in splits]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])
    context = np.stack(dataset.test.inputs["context"])
    assert context.dtype == np.float32 and context.min() == 0 and 3.9 < context.max() <= 4.01


@pytest.mark.data
def test_words_of_the_captions():
    dataset = load("flickr8k")
    assert dataset.test.texts[0] == "the dogs are in the snow in front of a fence"
    symbols = "".join(dataset.spec.vocabularies["targets"].symbols)
    assert symbols.isalnum() and symbols == symbols.lower()
    assert 0 < (np.concatenate(dataset.test.targets) == UNKNOWN).mean() < 0.03
    batcher = SequenceBatcher(dataset.train, 64, dataset.spec.padding)
    assert batcher.padding_share() < 0.05, "captions of like length should share a batch"


@pytest.mark.data
def test_photos_look_like_their_features():
    archive = flickr8k.prepared("flickr8k/images_96.zip", "", "")
    names = flickr8k._listed("test", 1_000)[:20]
    photos = np.stack([flickr8k._photos(names)[name] for name in names])
    assert photos.shape == (20, 96, 96, 3) and photos.dtype == np.float32
    assert photos.min() >= 0 and 0.99 < photos.max() <= 1 and photos.std(axis=(1, 2, 3)).min() > 0.05
    assert set(names) <= set(zipfile.ZipFile(archive).namelist())


def test_each_caption_goes_with_its_photo(folder):
    dataset = load("flickr8k", min_count=1)
    assert contexts(dataset.train).tolist() == [0] * 5 + [0.5] * 5
    assert contexts(dataset.validation).tolist() == [1] * 5 and contexts(dataset.test).tolist() == [1.5] * 5
    assert dataset.train.texts[6] == "a bdog number 1" and dataset.test.texts[0] == "a ddog number 0"
    assert dataset.train.groups == [0] * 5 + [1] * 5


def test_photos(folder):
    image = pytest.importorskip("PIL.Image")
    with zipfile.ZipFile(folder / "images_96.zip", "w") as archive:
        for grey, name in enumerate(name for split in NAMES.values() for name in split):
            with archive.open(name, "w") as file:
                image.new("RGB", (96, 96), (grey * 51,) * 3).save(file, "png")
    dataset = load("flickr8k", features=False, min_count=1)
    assert dataset.spec.builder_arguments["input_shape"] == (96, 96, 3)
    for photo in dataset.test.inputs["context"]:
        assert photo.dtype == np.float32 and photo == pytest.approx(0.6)


def test_the_original_captions_file(folder):
    expected = load("flickr8k", min_count=1).train.texts
    rows = [line.split(",", 1) for line in (folder / "captions.txt").read_text().splitlines()[1:]]
    (folder / "captions.txt").unlink()
    tokens = "".join(f"{name}#{i % 5}\t{text.strip(chr(34))}\n" for i, (name, text) in enumerate(rows))
    (folder / "Flickr8k.token.txt").write_text(tokens)
    assert load("flickr8k", min_count=1).train.texts == expected


@pytest.mark.parametrize("line", ["a.jpg", "a.jpg,", ",A dog.", "a.jpg,A dog,3", 'a.jpg,"A dog', "", "a.jpg\tA dog"])
def test_malformed_lines(tmp_path, line):
    path = tmp_path / "captions.txt"
    path.write_text(f"image,caption\na.jpg,A dog.\n{line}\na.jpg,Dogs.\n")
    with pytest.raises(ZooError, match="captions.txt, line 3 should be a photo and a text, received"):
        flickr8k.read_captions(path)


@pytest.mark.parametrize("line", ["a.jpg#0", "a.jpg\tA dog", "a.jpg#0\t ", "#1\tA dog", "<html>"])
def test_malformed_original_lines(tmp_path, line):
    path = tmp_path / "Flickr8k.token.txt"
    path.write_text(f"a.jpg#0\tA dog.\n{line}\n")
    with pytest.raises(ZooError, match="Flickr8k.token.txt, line 2 should be a photo and a text"):
        flickr8k.read_captions(path)


def test_a_truncated_captions_file(folder):
    path = folder / "captions.txt"
    path.write_text("\n".join(path.read_text().splitlines()[:-3]))
    with pytest.raises(ZooError, match="every photo should have 5 captions, received 2 of d.jpg"):
        load("flickr8k")


def test_a_truncated_list(folder):
    (folder / "Flickr_8k.trainImages.txt").write_text("a.jpg\na.jpg\n")
    with pytest.raises(ZooError, match="trainImages.txt should list 2 photos, each once, received 2 lines, 1 of them"):
        load("flickr8k")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"names": np.array(["a.jpg", "b.jpg", "c.jpg", "e.jpg"])}, r"every photo's features, .* none of \['d.jpg'\]"),
        ({"features": np.zeros((4, 1024), np.uint8)}, "features should be unsigned integers of shape"),
        ({"names": np.array(["a.jpg"])}, "one row an example, received features 4, names 1"),
    ],
)
def test_malformed_features(folder, arrays, message):
    held = dict(np.load(folder / FEATURES))
    np.savez(folder / FEATURES, **{**held, **arrays})
    with pytest.raises(ZooError, match=message):
        load("flickr8k")


@pytest.mark.parametrize(("features", "file"), [(True, FEATURES), (False, "images_96.zip")])
def test_a_missing_file(folder, features, file):
    (folder / FEATURES).unlink()
    with pytest.raises(ZooError, match=rf"flickr8k/{file} should be in .*made from the photos of https://github.com"):
        load("flickr8k", features=features)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"features": 1}, "`features` should be True or False, received 1"), ({"min_count": 0}, "`min_count` should be")],
)
def test_bad_options(options, message):
    with pytest.raises(ZooError, match=message):
        load("flickr8k", **options)
