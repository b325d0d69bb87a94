"""Recordings: what a .wav file holds, and log-mel energies by the formula, written again frame by frame."""

import wave

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.audio import FLOOR, log_mel, mel_filters, read_wav

RATE = 8000
TONE = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)


def wav(path, values, width, channels=1, rate=RATE):
    """A .wav file of whole numbers `values`, interleaved where there are several channels."""
    unsigned = 128 if width == 1 else 0
    data = b"".join(int(value + unsigned).to_bytes(width, "little", signed=width > 1) for value in values)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width(width, tmp_path):
    top = 2 ** (8 * width - 1)
    samples, rate = read_wav(wav(tmp_path / "a.wav", [0, top // 2, -top, top - 1, -1], width))
    assert rate == RATE and samples.dtype == np.float32
    np.testing.assert_allclose(samples, [0, 0.5, -1, 1 - 1 / top, -1 / top], atol=1e-7)


def test_channels_are_averaged(tmp_path):
    samples, _ = read_wav(wav(tmp_path / "a.wav", [16384, 0, -16384, -16384], 2, channels=2))
    np.testing.assert_array_equal(samples, np.array([0.25, -0.5], "float32"))


def broken(path, name):
    whole = wav(path / "whole.wav", np.arange(100), 2).read_bytes()
    contents = {
        "no .wav": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "empty": b"",
        "only a head": whole[:20],
        "cut off": whole[:-50],
        "without a sample": wav(path / "none.wav", [], 2).read_bytes(),
        "floating point": whole[:20] + b"\x03\x00" + whole[22:],
    }
    (path / "broken.wav").write_bytes(contents[name])
    return path / "broken.wav"


@pytest.mark.parametrize("name", ["no .wav", "empty", "only a head", "cut off", "without a sample", "floating point"])
def test_files_that_are_no_recordings(name, tmp_path):
    with pytest.raises(ZooError, match=r"broken\.wav should"):
        read_wav(broken(tmp_path, name))


def test_a_missing_file(tmp_path):
    with pytest.raises(ZooError, match="Cannot read the recording .*absent.wav: No such file"):
        read_wav(tmp_path / "absent.wav")


def by_hand(samples, rate, bands, window, hop):
    """One frame and one band after the other."""
    length, rows, start = round(window * rate), [], 0
    size = 2 ** int(np.ceil(np.log2(length)))
    mel = np.linspace(0, 2595 * np.log10(1 + (rate / 2) / 700), bands + 2)
    hertz = 700 * (10 ** (mel / 2595) - 1)
    while (begin := int(np.round(start * (hop * rate)))) + length <= len(samples):
        tapered = [samples[begin + n] * np.sin(np.pi * n / length) ** 2 for n in range(length)]
        spectrum = np.abs(np.fft.fft(tapered, size)[: size // 2 + 1]) ** 2
        row = []
        for band in range(bands):
            left, peak, right = hertz[band : band + 3]
            energy = 0.0
            for number, power in enumerate(spectrum):
                frequency = number * rate / size
                if left < frequency <= peak:
                    energy += power * (frequency - left) / (peak - left)
                elif peak < frequency < right:
                    energy += power * (right - frequency) / (right - peak)
            row.append(np.log(max(energy, 1e-6)))
        rows.append(row)
        start += 1
    return np.array(rows)


@pytest.mark.parametrize("rate, bands, window, hop", [(8000, 20, 0.025, 0.0125), (11025, 13, 0.02, 0.0101)])
def test_log_mel_by_its_formula(rate, bands, window, hop):
    samples = np.random.default_rng(0).normal(scale=0.1, size=1000)
    energies = log_mel(samples, rate, bands, window, hop)
    assert energies.dtype == np.float32
    np.testing.assert_allclose(energies, by_hand(samples, rate, bands, window, hop), rtol=1e-4, atol=1e-4)


def test_a_tone_is_heard_in_its_band():
    energies = log_mel(TONE, RATE)
    centres = mel_filters(RATE, 256, 40) @ (np.arange(129) * RATE / 256) / mel_filters(RATE, 256, 40).sum(axis=1)
    assert set(energies.argmax(axis=1)) <= set(np.argsort(np.abs(centres - 1000))[:2])


def test_silence_has_the_floor():
    np.testing.assert_allclose(log_mel(np.zeros(RATE), RATE), np.log(FLOOR))


def test_grids_frames():
    assert log_mel(np.zeros(75_000), 25_000).shape == (239, 40)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((np.zeros((2, 100)), RATE), "finite floats"),
        ((np.zeros(1000, "int16"), RATE), "divide whole numbers"),
        ((np.full(1000, np.nan), RATE), "finite floats"),
        ((np.zeros(100), RATE), "too short: 100 samples"),
        ((np.zeros(1000), 8000.5), "`rate` should be a whole number"),
        ((np.zeros(1000), RATE, 0), "`bands` should be"),
        ((np.zeros(1000), RATE, 40, 0.0), "seconds that hold samples"),
        ((np.zeros(1000), RATE, 40, 0.025, -1.0), "seconds that hold samples"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ZooError, match=message):
        log_mel(*arguments)


def test_log_mel_beside_keras():
    """Keras pads half a frame on both sides, so that its first and last frames are its own. Its triangles have straight sides
    over mel, these over Hz: in narrow bands nearly the same."""
    from keras.layers import MelSpectrogram

    samples = np.random.default_rng(1).normal(scale=0.1, size=RATE)
    layer = MelSpectrogram(
        fft_length=256,
        sequence_stride=100,
        sequence_length=200,
        sampling_rate=RATE,
        num_mel_bins=40,
        min_freq=0.0,
        max_freq=RATE / 2,
        top_db=300.0,
        mag_exp=2.0,
        min_power=FLOOR,
    )
    decibel = np.asarray(layer(samples[None].astype("float32")))[0].T[1:-1]
    energies = log_mel(samples, RATE)
    assert energies.shape == decibel.shape == (79, 40)
    apart = np.abs(energies - decibel * np.log(10) / 10)
    assert np.median(apart) < 0.01 and np.quantile(apart, 0.99) < 0.1
