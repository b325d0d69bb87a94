"""A recording as frames: joined, normalised, and refused where it is none. `heard` itself is tested through the tasks."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.audio import log_mel, read_wav
from keras_rnn_zoo.preprocessing.recording import check_features, heard, joined

FEATURES = {"rate": 8000, "window": 0.025, "hop": 0.0125, "bands": 10, "mean": -7.0, "deviation": 4.0, "stack": 2}
SOUND = np.random.default_rng(2).normal(scale=0.1, size=4000).clip(-1, 1)


def test_joined_frames():
    frames = np.arange(2 * 5 * 2).reshape(2, 5, 2)
    np.testing.assert_array_equal(joined(frames, 1), frames)
    result = joined(frames, 3)
    assert result.shape == (2, 2, 6)
    assert result[0].tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 8, 9]]


def test_what_is_heard():
    energies = log_mel(SOUND, 8000, 10)
    assert len(energies) % 2 == 1
    padded = np.concatenate([energies, energies[-1:]])
    expected = np.stack([np.concatenate(pair) for pair in zip(padded[::2], padded[1::2])])
    for given in ((SOUND, 8000), energies):
        frames = heard(given, FEATURES)
        assert frames.dtype == np.float32
        np.testing.assert_allclose(frames, (expected + 7) / 4, rtol=1e-5, atol=1e-6)


def test_a_recording_inside_another_file():
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.array([0, 16384, -32768], "<i2"))
    sink.seek(0)
    sink.name = "inside.wav"
    samples, rate = read_wav(sink)
    assert rate == 8000 and samples.tolist() == [0, 0.5, -1]
    broken = io.BytesIO(b"RIFF")
    broken.name = "broken.wav"
    with pytest.raises(ZooError, match="broken.wav should be a .wav file"):
        read_wav(broken)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({}, "received none"),
        ({**FEATURES, "order": "rows"}, "`features` should say what the model hears"),
        ({**FEATURES, "stack": 3}, "a hears 20 numbers a frame, but 3 joined frames of 10 bands are 30"),
    ],
)
def test_features_that_do_not_fit(features, message):
    assert check_features(FEATURES, 20, "a") == FEATURES
    with pytest.raises(ZooError, match=message):
        check_features(features, 20, "a")


def test_energies_in_a_file(tmp_path):
    energies = log_mel(SOUND, 8000, 10)
    np.save(tmp_path / "a.npy", energies)
    np.testing.assert_array_equal(heard(tmp_path / "a.npy", FEATURES), heard(energies, FEATURES))


@pytest.mark.parametrize("path", ["", Path("")])
def test_an_empty_path(path):
    with pytest.raises(ZooError, match="The path of a recording is empty"):
        heard(path, FEATURES)
