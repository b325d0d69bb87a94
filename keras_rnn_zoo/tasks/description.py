"""What a folder with a trained model says about it; read without Keras."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.tasks.kinds import Kind, kind_of
from keras_rnn_zoo.tasks.saving import FILES
from keras_rnn_zoo.training.config import read
from keras_rnn_zoo.training.trained import find, read_about, vocabularies_of


@dataclass(frozen=True)
class Description:
    """What a folder with a trained model says about it.

    Attributes:
        folder: where it lies. about: the content of `dataset.json`. vocabularies: for each field of text.
        decoding: how the model writes unless told otherwise, keywords of `generation.Options`.
    """

    folder: Path
    about: dict
    vocabularies: dict[str, BaseVocabulary]
    decoding: dict

    @property
    def kind(self) -> Kind:
        """Which task it is for; a `ZooError` if there is none."""
        return kind_of(self.about)


def open_description(name: str, roots=None) -> Description:
    """What the folder `name`, or that identity below one of `roots`, says: a run's, or one that `Task.save` wrote.

    Raises:
        ZooError: there is no such folder, or one of its files is damaged.
    """
    folder = find(name, FILES, roots)
    about = read_about(folder)
    decoding = about.get("decoding")
    if decoding is None:
        decoding = read(folder / "config.yaml").decoding.model_dump() if (folder / "config.yaml").exists() else {}
    return Description(folder, about, vocabularies_of(about, folder), _decoding(decoding, folder))


def _decoding(values, folder: Path) -> dict:
    """What is said of `values`, which are numbers, `forbidden` apart; whether they fit each other the task checks."""
    if not isinstance(values, dict) or not all(
        isinstance(value, (Real, list) if name == "forbidden" else (Real, type(None))) for name, value in values.items()
    ):
        raise ZooError(
            f"{folder / 'dataset.json'} is damaged: its decoding should be options of writing, received {values!r:.60}."
        )
    return {name: value for name, value in values.items() if value is not None}
