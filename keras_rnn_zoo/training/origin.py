"""The trained model that fine-tuning begins with; needs no Keras until the model itself is loaded."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from keras_rnn_zoo.datasets.known import Known
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.training.config import FinetuningConfig
from keras_rnn_zoo.training.trained import find, read_about, vocabularies_of

FILES = ("model.keras", "dataset.json")


@dataclass(frozen=True)
class Origin:
    """A trained model: the folder of a run, of a preset or of a saved task.

    Attributes:
        folder: where it lies. about: the content of `dataset.json`. vocabularies: for each field of text.
    """

    folder: Path
    about: dict
    vocabularies: dict[str, BaseVocabulary]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of its classes."""
        return tuple(self.about.get("labels", ()))

    def known(self, finetuning: FinetuningConfig) -> Known:
        """What it knows of data."""
        return Known(
            str(self.folder),
            self.vocabularies,
            self.labels,
            self.about.get("features", {}),
            self.shapes,
            finetuning.vocabulary == "extend",
        )

    @cached_property
    def shapes(self) -> dict[str, tuple]:
        """The shape of each of the model's inputs, without the batch."""
        path = self.folder / "model.keras"
        try:
            with zipfile.ZipFile(path) as archive:
                layers = json.loads(archive.read("config.json"))["config"]["layers"]
            inputs = [layer["config"] for layer in layers if layer["class_name"] == "InputLayer"]
            return {one["name"]: tuple(one["batch_shape"][1:]) for one in inputs}
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise ZooError(
                f"{path} is damaged: its inputs cannot be read ({error}). Fetch or train it anew."
            ) from error

    def load_model(self):
        """The trained model, compiled as it was trained."""
        from keras_rnn_zoo.training.saving import load_model

        return load_model(self.folder / "model.keras")


def open_origin(name: str) -> Origin:
    """The trained model called `name`: its folder, or its identity below one of `places.model_folders()`.

    Raises:
        ZooError: there is none, or one of its files is damaged.
    """
    folder = find(name, FILES)
    about = read_about(folder)
    return Origin(folder, about, vocabularies_of(about, folder))
