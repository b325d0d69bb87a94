"""Recordings of one's own, a folder of them for each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.known import Known, numbered
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, ClassFile, class_files, own_path, splits_of
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.audio import read_wav
from keras_rnn_zoo.preprocessing.recording import energies_of, joined, normalized

SUFFIXES = (".wav",)


def load(
    path: str, bands: int = 40, window: float = 0.025, hop: float = 0.0125, stack: int = 1, seed: int = 0
) -> Dataset:
    """The class of a `.wav` file, from its log-mel frames: `path/yes/1.wav`, `path/no/2.wav`, ...

    Dealt 80/10/10, each class in its proportion, equal recordings in one split; or as the folders `train`, `validation` and
    `test` in `path` have it, each with the classes' folders inside. For the builder `many_to_one` and its configurations of
    recordings, such as `coupled_lstm_fsdd`; the trained model's task is given a `.wav` file.

    Args:
        path: the folder. All recordings have one rate; several channels are averaged.
        bands: mel bands a frame, 1 to 128.
        window, hop: length of a frame and time between two, seconds.
        stack: so many frames are joined into one, see `preprocessing.recording.joined`.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, there is no such folder or it has another form, or a file (the error names it) is no
            `.wav`, is cut, empty or too short, or has another rate.
    """
    bands, stack, seed = whole("bands", bands, 1, 128), whole("stack", stack, 1), whole("seed", seed, 0)
    folder = own_path(path, "a folder with a folder of .wav files for each class", folder=True)
    files = class_files(folder, SUFFIXES)
    features = {"rate": read_wav(files[0].path)[1], "window": window, "hop": hop, "bands": bands}
    energies = [_energies(file, features) for file in files]
    splits = splits_of(files, seed, str(folder))
    seen = np.concatenate([energies[i] for i in splits["train"]])
    mean, deviation = seen.mean(dtype=np.float64), seen.std(dtype=np.float64) or 1.0  # 1 of silence alone
    features |= {"mean": round(float(mean), 4), "deviation": round(float(deviation), 4), "stack": stack}
    labels = sorted({file.label for file in files})
    return _dataset(folder, files, energies, splits, tuple(labels), features)


def load_like(known: Known, path: str, seed: int = 0) -> Dataset:
    """The same for a trained model, by what it hears and, where they are all its own, by its classes.

    Args:
        known: what the model knows.
        path, seed: as in `load`.

    Raises:
        ZooError: as `load`; or the model hears no recordings, or those of another rate.
    """
    features, seed = known.sound(), whole("seed", seed, 0)
    folder = own_path(path, "a folder with a folder of .wav files for each class", folder=True)
    files = class_files(folder, SUFFIXES)
    energies = [_energies(file, features) for file in files]
    classes = known.classes(file.label for file in files)
    return _dataset(folder, files, energies, splits_of(files, seed, str(folder)), classes, features)


def _dataset(folder: Path, files, energies, splits, labels: tuple[str, ...], features: dict) -> Dataset:
    frames = [joined(normalized(values, features), features["stack"]) for values in energies]
    spec = DatasetSpec(
        name="wav_folder",
        description=f"The class of a recording, one of {len(labels)}.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None, features["bands"] * features["stack"]), "outputs": len(labels)},
        padding={"inputs": 0.0},
        labels=labels,
        features=features,
        licence=LICENCE,
        citation=folder.name,
    )
    numbers = np.array(numbered([file.label for file in files], labels), np.int32)
    everything = Examples({"inputs": frames}, numbers)
    return Dataset(*(everything.subset(rows) for rows in splits.values()), spec)


def _energies(file: ClassFile, features: dict) -> np.ndarray:
    samples, rate = read_wav(file.path)
    if rate != features["rate"]:
        raise ZooError(f"{file.path} should have {features['rate']} Hz as the others, received {rate} Hz. Resample it.")
    try:
        return energies_of((samples, rate), features)
    except ZooError as error:
        raise ZooError(f"{file.path}: {error}") from error
