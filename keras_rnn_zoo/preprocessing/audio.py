"""Sound to what a model hears: samples of a .wav file, and log-mel energies of samples."""

from __future__ import annotations

import wave

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.files import check_path

FLOOR = 1e-6  # Energies are raised to it, so that silence has a logarithm.


def read_wav(path) -> tuple[np.ndarray, int]:
    """The samples of a .wav file of whole numbers (PCM) of 8, 16, 24 or 32 bits, and how many a second it has.

    Args:
        path: the file, or one opened in binary mode with a `name`; several channels are averaged.

    Returns:
        `(samples,)`, float32 from -1 to 1, and the rate in Hz.

    Raises:
        ZooError: the path is empty, the file is missing, no .wav, of another kind (compressed, floating point), cut off, or empty.
    """
    source, path = (path, path.name) if hasattr(path, "read") else (str(path), path)
    check_path(path, "recording")
    try:
        with wave.open(source, "rb") as file:
            channels, width, rate, count, *_ = file.getparams()
            data = file.readframes(count)
    except OSError as error:
        raise ZooError(f"Cannot read the recording {path}: {error.strerror}.") from error
    except (wave.Error, EOFError) as error:
        raise ZooError(
            f"{path} should be a .wav file of whole numbers (PCM, 8 to 32 bits), received another "
            f"({str(error) or 'it ends in its head'}). Convert it, for instance: ffmpeg -i IN -c:a pcm_s16le OUT.wav."
        ) from error
    if not count or rate < 1 or len(data) != count * width * channels:
        raise ZooError(f"{path} should hold {count:,} samples at a rate, received {len(data):,} bytes at {rate} Hz.")
    return _numbers(data, width).reshape(-1, channels).mean(axis=1, dtype=np.float32), rate


def _numbers(data: bytes, width: int) -> np.ndarray:
    """Little-endian whole numbers of `width` bytes as float32 from -1 to 1; those of one byte have no sign."""
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    aligned = np.zeros((len(data) // width, 4), np.uint8)
    aligned[:, 4 - width :] = np.frombuffer(data, np.uint8).reshape(-1, width)
    return (aligned.view("<i4")[:, 0] / 2**31).astype(np.float32)


def log_mel(samples, rate: int, bands: int = 40, window: float = 0.025, hop: float = 0.0125) -> np.ndarray:
    """Log-mel energies, natural logarithm, of a recording.

    A frame of `window` seconds is taken every `hop` seconds (frame i begins at sample `round(i * (hop * rate))`; what is
    left over at the end is dropped), multiplied by a Hann window and turned into a power spectrum, `|FFT|^2`, of the next
    power of two samples. Band b sums it under a triangle from `f_b` over a peak of 1 at `f_(b+1)` down to
    `f_(b+2)`; the corners stand at equal distances on the mel scale, `mel(f) = 2595 log10(1 + f / 700)`, from 0 Hz to half
    the rate. The result is `log(max(energy, 1e-6))`.

    Args:
        samples: `(samples,)`, from -1 to 1. rate: samples a second, Hz.
        bands: how many mel bands.
        window, hop: seconds.

    Returns:
        `(frames, bands)`, float32.

    Raises:
        ZooError: an argument is out of range, or the recording is shorter than a window.

    >>> log_mel(np.sin(2 * np.pi * 440 * np.arange(8000) / 8000), 8000).shape
    (79, 40)
    """
    samples = _checked(samples, rate, bands, window, hop)
    length = round(window * rate)
    count = 1 + int((len(samples) - length) / (hop * rate))
    starts = np.round(np.arange(count) * (hop * rate)).astype(int)
    starts = starts[starts + length <= len(samples)]
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = samples[starts[:, None] + np.arange(length)] * taper
    size = 1 << (length - 1).bit_length()
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    return np.log(np.maximum(power @ mel_filters(rate, size, bands).T, FLOOR)).astype(np.float32)


def mel_filters(rate: int, size: int, bands: int) -> np.ndarray:
    """The triangles of `log_mel` over the frequencies of a real FFT of `size` samples, `(bands, size / 2 + 1)`."""
    corners = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + rate / 2 / 700), bands + 2) / 2595) - 1)
    frequencies = np.arange(size // 2 + 1) * rate / size
    left, peak, right = (corners[shift : shift + bands, None] for shift in range(3))
    rising, falling = (frequencies - left) / (peak - left), (right - frequencies) / (right - peak)
    return np.maximum(0, np.minimum(rising, falling))


def _checked(samples, rate, bands, window, hop) -> np.ndarray:
    samples = np.asarray(samples)
    if samples.ndim != 1 or samples.dtype.kind != "f" or not np.isfinite(samples).all():
        raise ZooError(
            f"Samples should be finite floats (samples,) from -1 to 1, received {samples.dtype} of shape {samples.shape}. "
            "Average the channels, and divide whole numbers by the largest of their type."
        )
    for name, value in (("rate", rate), ("bands", bands)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ZooError(f"`{name}` should be a whole number of at least 1, received {value!r}.")
    if not (hop * rate >= 1 and window * rate >= 2):
        raise ZooError(f"`window` and `hop` should be seconds that hold samples, received {window!r} and {hop!r}.")
    if len(samples) < round(window * rate):
        raise ZooError(
            f"The recording is too short: {len(samples):,} samples at {rate} Hz, one window of {window} s needs "
            f"{round(window * rate):,}."
        )
    return samples.astype(np.float64)
