"""Spoken digits: both splits, the form of the file, and every way in which it can be another."""

import io
import wave
import zipfile
from email.message import Message

import numpy as np
import pytest

from keras_rnn_zoo.datasets import files, fsdd, load
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.recording import heard

PREFIX = "free-spoken-digit-dataset-1.0.10/recordings/"


def wav(number, rate=fsdd.RATE):
    """The bytes of a short .wav file of its own."""
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(np.random.default_rng(number).integers(-9000, 9000, 300 + number % 7 * 100).astype("<i2"))
    return sink.getvalue()


RECORDINGS = {
    f"{digit}_{speaker}_{take}.wav": wav(500 * place + 50 * digit + take)
    for place, speaker in enumerate(fsdd.SPEAKERS)
    for digit in fsdd.DIGITS
    for take in fsdd.TAKES
}


def zipped(recordings, prefix=PREFIX):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("free-spoken-digit-dataset-1.0.10/README.md", "spoken digits")
        for name, content in recordings.items():
            archive.writestr(prefix + name, content)
    return sink.getvalue()


@pytest.fixture(scope="module")
def original():
    return zipped(RECORDINGS)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Puts a file into a data folder; without a call there is no data folder, and the cache is empty."""
    monkeypatch.delenv("KERAS_RNN_ZOO_DATA", raising=False)
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))

    def put(content):
        path = tmp_path / "data" / fsdd.FILE
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path / "data"))

    return put


def served(monkeypatch, content):
    """Answers every request with `content`, or raises it; gives the addresses that were asked for."""
    asked = []

    def opened(request, timeout):
        asked.append(request.full_url)
        if isinstance(content, Exception):
            raise content
        response = io.BytesIO(content)
        response.headers = Message()
        response.headers["Content-Length"] = str(len(content))
        return response

    monkeypatch.setattr(files, "urlopen", opened)
    return asked


def sizes(dataset):
    return [len(split) for split in (dataset.train, dataset.validation, dataset.test)]


def rows(dataset):
    return [
        row.tobytes() for split in (dataset.train, dataset.validation, dataset.test) for row in split.inputs["inputs"]
    ]


@pytest.mark.parametrize("prefix", [PREFIX, ""])
def test_the_official_split(folder, prefix):
    folder(zipped(RECORDINGS, prefix))
    dataset = load("fsdd")
    assert sizes(dataset) == [2_400, 300, 300] and len(set(rows(dataset))) == 3_000
    features = dataset.spec.features
    held = {"train": range(10, 50), "validation": range(5, 10), "test": range(5)}
    for split, takes in held.items():
        examples = getattr(dataset, split)
        expected = [(d, s, t) for t in takes for s in fsdd.SPEAKERS for d in fsdd.DIGITS]
        assert examples.targets.tolist() == [digit for digit, _, _ in expected]
        for (digit, speaker, take), frames in list(zip(expected, examples.inputs["inputs"]))[::37]:
            content = RECORDINGS[f"{digit}_{speaker}_{take}.wav"]
            samples = np.frombuffer(content[44:], "<i2") / 2**15
            np.testing.assert_allclose(frames, heard((samples, fsdd.RATE), features), atol=1e-5)
    trained_on = np.concatenate(dataset.train.inputs["inputs"])
    assert abs(trained_on.mean()) < 1e-3 and abs(trained_on.std() - 1) < 1e-3 and trained_on.dtype == np.float32
    assert rows(load("fsdd")) == rows(dataset)


def test_a_speaker_held_out(folder, original):
    folder(original)
    dataset, official = load("fsdd", held_out="theo", bands=20, stack=3), load("fsdd", bands=20, stack=3)
    assert sizes(dataset) == [2_250, 250, 500] and len(set(rows(dataset))) == 3_000
    assert dataset.spec.builder_arguments == {"input_shape": (None, 60), "outputs": 10}
    assert "theo" in dataset.spec.description and dataset.spec.labels == tuple("0123456789")
    assert np.bincount(dataset.test.targets).tolist() == [50] * 10
    mean = np.concatenate(dataset.train.inputs["inputs"]).mean()
    assert abs(mean) < 0.02 and dataset.spec.features["mean"] != official.spec.features["mean"]


def test_the_repositorys_archive_is_downloaded_once(folder, original, monkeypatch, tmp_path):
    asked = served(monkeypatch, original)
    assert sizes(load("fsdd")) == sizes(load("fsdd")) == [2_400, 300, 300] and asked == [fsdd.ADDRESS]
    assert [path.name for path in (tmp_path / "cache").rglob("*")] == ["fsdd", "recordings.zip"]


@pytest.mark.parametrize("broken", ["missing", "truncated", "a page", "damaged"])
def test_a_bad_download_leaves_the_cache(folder, original, monkeypatch, tmp_path, broken):
    place = original.index(b"RIFF") + 60
    damaged = original[:place] + bytes(8) + original[place + 8 :]
    contents = {"truncated": original[:-1000], "a page": b"<html>sorry</html>", "damaged": damaged}
    served(monkeypatch, contents.get(broken, OSError("no route to host")))
    with pytest.raises(ZooError) as caught:
        load("fsdd")
    for named in (fsdd.FILE, fsdd.ADDRESS, "KERAS_RNN_ZOO_DATA"):
        assert named in str(caught.value)
    assert not list((tmp_path / "cache").rglob("*"))


def without(name):
    return {other: content for other, content in RECORDINGS.items() if other != name}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a zip file"),
        (zipped(RECORDINGS)[:-1000], "not a zip file"),
        (zipped({}), "it holds 0 recordings and lacks 0_george_0.wav"),
        (zipped(without("7_theo_31.wav")), "it holds 2,999 recordings and lacks 7_theo_31.wav"),
        (
            zipped(RECORDINGS | {"3_lucas_50.wav": wav(9)}),
            "it holds 3,001 recordings and holds, beyond the release, 3_lucas_50",
        ),
        (zipped(RECORDINGS | {"0_george_0.wav": b"RIFF"}), "0_george_0.wav should be a .wav file"),
        (zipped(RECORDINGS | {"0_george_0.wav": wav(1)[:-10]}), "0_george_0.wav should hold 400 samples"),
        (
            zipped(RECORDINGS | {"0_george_0.wav": wav(1, rate=16_000)}),
            "0_george_0.wav should have 8000 Hz, received 16000",
        ),
    ],
)
def test_another_file(folder, content, message):
    folder(content)
    with pytest.raises(ZooError, match=message) as caught:
        load("fsdd")
    for named in (fsdd.FILE, fsdd.ADDRESS, "KERAS_RNN_ZOO_DATA"):
        assert named in str(caught.value)
    assert ". Remove it and fetch it anew" in str(caught.value) and ".. " not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"held_out": "ada"}, "Unknown `held_out` 'ada'. Known: george, jackson"),
        ({"bands": 0}, "`bands` should be a whole number from 1 to 60"),
        ({"stack": 11}, "`stack` should be a whole number from 1 to 10"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ZooError, match=message):
        load("fsdd", **options)


@pytest.mark.data
@pytest.mark.parametrize(("held_out", "expected"), [(None, [2_400, 300, 300]), ("jackson", [2_250, 250, 500])])
def test_the_real_recordings(held_out, expected):
    dataset = load("fsdd", held_out=held_out)
    assert sizes(dataset) == expected and len(set(rows(dataset))) == 3_000
    lengths = [len(row) for row in dataset.train.inputs["inputs"]]
    assert 10 <= min(lengths) and 30 <= np.median(lengths) <= 36 and max(lengths) <= 181
    for split in (dataset.train, dataset.validation, dataset.test):
        assert len(set(np.bincount(split.targets))) == 1
