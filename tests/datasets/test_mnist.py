"""MNIST: the published files, the orders of their pixels, and files that are not the original."""

import gzip
import hashlib
import struct

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load, mnist
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.pixel_sequence import pixel_sequence

RNG = np.random.default_rng(1)
PICTURES = RNG.integers(0, 256, (12, 28, 28)).astype(np.uint8)
LABELS = (np.arange(12) % 10).astype(np.uint8)


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


CONTENTS = {
    "train-images-idx3-ubyte": idx(PICTURES[:9]),
    "train-labels-idx1-ubyte": idx(LABELS[:9]),
    "t10k-images-idx3-ubyte": idx(PICTURES[9:]),
    "t10k-labels-idx1-ubyte": idx(LABELS[9:]),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with nine pictures to train and validate on and three to test."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(mnist, "ADDRESS", "http://127.0.0.1:9/mnist")
    monkeypatch.setattr(mnist, "VALIDATION", 2)
    monkeypatch.setattr(mnist, "SHA256", {name: hashlib.sha256(c).hexdigest() for name, c in CONTENTS.items()})
    (tmp_path / "mnist").mkdir()
    for name, content in CONTENTS.items():
        (tmp_path / "mnist" / f"{name}.gz").write_bytes(gzip.compress(content))
    return tmp_path / "mnist"


@pytest.mark.data
def test_the_published_files():
    dataset = load("mnist")
    splits = dataset.train, dataset.validation, dataset.test
    assert [len(split) for split in splits] == [55_000, 5_000, 10_000]
    assert dataset.train.targets[:5].tolist() == [5, 0, 4, 1, 9] and dataset.test.targets[:5].tolist() == [
        7,
        2,
        1,
        0,
        4,
    ]
    assert np.bincount(dataset.test.targets).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    pictures = [picture.tobytes() for split in splits for picture in split.inputs["inputs"]]
    assert len(set(pictures)) == 70_000
    assert dataset.train.inputs["inputs"].mean() == pytest.approx(0.1307, abs=5e-4)


@pytest.mark.parametrize(("order", "shape"), [("rows", (28, 28)), ("pixels", (784, 1)), ("permuted", (784, 1))])
def test_small_files(folder, order, shape):
    dataset, again = load("mnist", order=order, seed=3), load("mnist", order=order, seed=3)
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [7, 2, 3]
    inputs = np.concatenate([s.inputs["inputs"] for s in (dataset.train, dataset.validation, dataset.test)])
    assert inputs.shape == (12, *shape)
    np.testing.assert_array_equal(inputs, pixel_sequence(PICTURES, order, 3))
    np.testing.assert_array_equal(dataset.train.inputs["inputs"], again.train.inputs["inputs"])
    assert dataset.validation.targets.tolist() == [7, 8] and dataset.validation.targets.dtype == np.int32
    spec = dataset.spec
    assert spec.features == {"order": order, "seed": 3} and spec.labels == tuple("0123456789")
    assert spec.builder_arguments == {"input_shape": (None, shape[-1]), "outputs": 10, "mask_value": None}


def test_plain_files(folder):
    for name, content in CONTENTS.items():
        (folder / f"{name}.gz").unlink()
        (folder / name).write_bytes(content)
    np.testing.assert_array_equal(load("mnist").test.inputs["inputs"], PICTURES[9:].astype(np.float32) / 255)


@pytest.mark.parametrize(
    ("content", "received"),
    [
        (gzip.compress(CONTENTS["t10k-labels-idx1-ubyte"])[:-4], "no whole .gz file"),
        (gzip.compress(CONTENTS["t10k-labels-idx1-ubyte"][:-1]), "received [0-9a-f]{64}"),
        (b"<html>sorry</html>", "no whole .gz file"),
    ],
    ids=["cut off", "other", "no gzip"],
)
def test_a_file_that_is_not_the_original(folder, content, received):
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(content)
    message = rf"t10k-labels-idx1-ubyte.gz is not the original file: expected sha256 [0-9a-f]+, .*{received}"
    with pytest.raises(ZooError, match=message) as caught:
        load("mnist")
    for named in ("http://127.0.0.1:9/mnist/t10k-labels-idx1-ubyte.gz", "KERAS_RNN_ZOO_DATA"):
        assert named in str(caught.value)


def test_a_missing_file(folder, tmp_path):
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    message = (
        "train-labels-idx1-ubyte.gz could not be downloaded from http://127.0.0.1:9/mnist/train-labels-idx1-ubyte.gz"
    )
    with pytest.raises(ZooError, match=message) as caught:
        load("mnist")
    assert "KERAS_RNN_ZOO_DATA" in str(caught.value) and not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0", idx(LABELS), idx(PICTURES)[:-1], idx(PICTURES) + b"\0", b"\0\0\x0d" + idx(PICTURES)[3:]],
)
def test_no_idx_file(tmp_path, content):
    path = tmp_path / "bad-images"
    path.write_bytes(content)
    with pytest.raises(ZooError, match="bad-images should be an .idx file of unsigned bytes with 3 axes, received"):
        mnist.read(path, 3)


def test_bad_options(folder):
    with pytest.raises(ZooError, match="Unknown `order` 'row'. Did you mean 'rows'"):
        load("mnist", order="row")
    for seed in (-1, 2**32, None):
        with pytest.raises(ZooError, match="`seed` should be a whole number from 0 to 4,294,967,295"):
            load("mnist", seed=seed)
