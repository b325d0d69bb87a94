"""What a trained model knows already: data for it is read by its own symbols, classes and measures."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.extended import Text, extended
from keras_rnn_zoo.preprocessing.recording import FEATURES


@dataclass(frozen=True)
class Known:
    """What a trained model knows of the data that it reads and writes.

    Attributes:
        name: what the model is called in errors.
        vocabularies: for each field of text.
        labels: names of the classes, in the order of its answers; of a model that does not choose, none.
        features: how what it reads is computed of raw data, see `DatasetSpec`.
        shapes: of each input, without the batch.
        extends: whether symbols that it does not know are added to its vocabularies.
    """

    name: str
    vocabularies: dict[str, BaseVocabulary]
    labels: tuple[str, ...] = ()
    features: dict = field(default_factory=dict)
    shapes: dict[str, tuple] = field(default_factory=dict)
    extends: bool = True

    def vocabulary(
        self, name: str, texts: Iterable[Text] | None = None, max_size: int | None = None, min_count: int = 1
    ) -> BaseVocabulary:
        """The vocabulary of the field `name`, with the symbols of the training `texts` behind its own if it `extends`.

        Args:
            max_size, min_count: of the symbols that are added, see `preprocessing.extended`.

        Raises:
            ZooError: the model reads or writes no such text, or an argument is out of range.
        """
        if name not in self.vocabularies:
            raise ZooError(
                f"{self.name} should have a vocabulary of the field {name!r}, received those of "
                f"{', '.join(self.vocabularies) or 'none'}: this data is for another kind of model."
            )
        own = self.vocabularies[name]
        return extended(own, texts, max_size, min_count) if self.extends and texts is not None else own

    def classes(self, labels: Iterable[Hashable]) -> tuple[str, ...]:
        """The model's own classes if all of `labels` are among them, otherwise theirs, sorted."""
        found = set(labels)
        return self.labels if found <= set(self.labels) else tuple(sorted(found))

    def sound(self) -> dict:
        """How a recording is heard, see `preprocessing.recording.heard`; a `ZooError` if the model hears none."""
        if set(self.features) != set(FEATURES):
            raise ZooError(f"{self.name} hears no recordings: this data is for another kind of model.")
        return self.features

    def picture(self, name: str) -> tuple[int, int, int]:
        """The shape of the picture that the model sees in its input `name`; a `ZooError` if it sees none."""
        shape = self.shapes.get(name, ())
        if len(shape) != 3 or shape[2] not in (1, 3) or None in shape:
            raise ZooError(
                f"{self.name} should see pictures (height, width, 1 or 3) as its input {name!r}, received {shape}: this data is "
                "for another kind of model."
            )
        return shape

    def letters(self) -> int | None:
        """How many letters of a word the model reads; `None` if it reads none."""
        return self.shapes["characters"][-1] if "characters" in self.shapes else None


def numbered(labels: Sequence[Hashable], classes: Sequence[str]) -> list[int]:
    """The number of each label among `classes`.

    >>> numbered(["b", "a"], ["a", "b"])
    [1, 0]
    """
    numbers = {label: number for number, label in enumerate(classes)}
    return [numbers[label] for label in labels]
