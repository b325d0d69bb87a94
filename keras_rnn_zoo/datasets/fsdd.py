"""Spoken digits: 3,000 recordings of six speakers (the Free Spoken Digit Dataset)."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.files import DATA_VARIABLE, locate
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.audio import read_wav
from keras_rnn_zoo.preprocessing.recording import energies_of, joined, normalized

FILE = "fsdd/recordings.zip"
ADDRESS = "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip"
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
DIGITS, TAKES = range(10), range(50)
RATE, WINDOW, HOP = 8000, 0.025, 0.0125  # Hz, seconds, seconds
_NAME = re.compile(r"(?:^|/)(\d)_([a-z]+)_(\d+)\.wav$")
Take = tuple[int, str, int]  # digit, speaker, take


def load(held_out: str | None = None, bands: int = 40, stack: int = 1) -> Dataset:
    """3,000 spoken digits, 50 takes of each by each of six speakers, as log-mel frames of 25 ms, one every 12.5 ms.

    No recording is there twice. They last 0.14 to 2.3 seconds, half of them less than 0.42 (33 frames).

    Args:
        held_out: `None`: the official split, whose test takes are 0 to 4; of the others 5 to 9 validate, 2,400/300/300.
            Every speaker is heard in each. Or the name of a speaker, `"george"`, `"jackson"`, `"lucas"`, `"nicolas"`,
            `"theo"` or `"yweweler"`, all of whose takes are the test split; takes 0 to 4 of the other five validate,
            2,250/250/500.
        bands: mel bands a frame, 1 to 60.
        stack: 1 to 10, so many frames are joined into one, see `preprocessing.recording.joined`.

    Raises:
        ZooError: an option is out of range, or the file is missing, truncated or another.
    """
    if held_out is not None:
        one_of("held_out", held_out, SPEAKERS)
    bands, stack = whole("bands", bands, 1, 60), whole("stack", stack, 1, 10)
    sounds = read(locate(FILE, ADDRESS))
    splits = {name: [take for take in sounds if holds(take)] for name, holds in _rules(held_out).items()}
    features = {"rate": RATE, "window": WINDOW, "hop": HOP, "bands": bands}
    energies = {take: energies_of((samples, RATE), features) for take, samples in sounds.items()}
    trained_on = np.concatenate([energies[take] for take in splits["train"]])
    mean, deviation = trained_on.mean(dtype=np.float64), trained_on.std(dtype=np.float64)
    features |= {"mean": round(float(mean), 4), "deviation": round(float(deviation), 4), "stack": stack}
    frames = {take: joined(normalized(values, features), stack) for take, values in energies.items()}
    return Dataset(*(_examples(takes, frames) for takes in splits.values()), _spec(features, held_out))


def read(path: Path) -> dict[Take, np.ndarray]:
    """The samples of each recording, float32 from -1 to 1, by digit, speaker and take; in the order of the takes, so that
    the first ones are of all digits.

    Args:
        path: the repository's archive, or a `.zip` of its recordings; folders in it do not matter.

    Raises:
        ZooError: the file is truncated or no `.zip`, or it holds other recordings.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {_take(match): match.string for match in map(_NAME.search, archive.namelist()) if match}
            _check(names)
            return {take: _samples(archive, names[take]) for take in sorted(names, key=lambda take: take[::-1])}
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, ZooError) as error:
        reason = str(error).removesuffix(".") or "it ends too early"
        raise ZooError(
            f"{path} should be a .zip file of the 3,000 recordings such as 7_jackson_32.wav, but: {reason}. Remove it and "
            f"fetch it anew from {ADDRESS}, or set {DATA_VARIABLE} to a folder that holds {FILE}."
        ) from error


def _take(match: re.Match) -> Take:
    digit, speaker, take = match.groups()
    return int(digit), speaker, int(take)


def _check(names: dict[Take, str]) -> None:
    missing = [take for take in product(DIGITS, SPEAKERS, TAKES) if take not in names]
    if missing or len(names) != len(DIGITS) * len(SPEAKERS) * len(TAKES):
        digit, speaker, take = missing[0] if missing else max(names, key=lambda take: take[2])
        word = "lacks" if missing else "holds, beyond the release,"
        raise ZooError(f"it holds {len(names):,} recordings and {word} {digit}_{speaker}_{take}.wav.")


def _samples(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(name) as file:
        samples, rate = read_wav(file)
    if rate != RATE:
        raise ZooError(f"{name} should have {RATE} Hz, received {rate} Hz.")
    return samples


def _rules(held_out: str | None) -> dict[str, Callable[[Take], bool]]:
    """For each split whether it holds a take."""
    if held_out is None:
        return {
            "train": lambda take: take[2] >= 10,
            "validation": lambda take: 5 <= take[2] < 10,
            "test": lambda take: take[2] < 5,
        }
    return {
        "train": lambda take: take[1] != held_out and take[2] >= 5,
        "validation": lambda take: take[1] != held_out and take[2] < 5,
        "test": lambda take: take[1] == held_out,
    }


def _examples(takes: list[Take], frames: dict[Take, np.ndarray]) -> Examples:
    return Examples({"inputs": [frames[take] for take in takes]}, np.array([take[0] for take in takes], np.int32))


def _spec(features: dict[str, float], held_out: str | None) -> DatasetSpec:
    heard = f", tested on {held_out}, who is not heard in training" if held_out else ""
    return DatasetSpec(
        name="fsdd",
        description=f"The digit that is spoken in a recording, from its log-mel frames{heard}.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None, features["bands"] * features["stack"]), "outputs": len(DIGITS)},
        padding={"inputs": 0.0},
        labels=tuple(map(str, DIGITS)),
        features=features,
        licence="CC BY-SA 4.0",
        citation="Jackson et al., Free Spoken Digit Dataset, release 1.0.10; "
        "https://github.com/Jakobovski/free-spoken-digit-dataset",
    )
