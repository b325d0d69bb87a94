"""What every dataset hands over: its examples, and a description that a builder can be fed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_rnn_zoo.errors import ZooError

if TYPE_CHECKING:
    from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

PATTERNS = ("one_to_one", "one_to_many", "many_to_one", "many_to_many_aligned", "many_to_many_unaligned")


@dataclass(frozen=True)
class Examples:
    """One split: what goes in and what should come out.

    Attributes:
        inputs: for each input of the model, an array `(examples, ...)` or a list of arrays `(timesteps, ...)`,
            one an example.
        targets: likewise, what the model should answer.
        texts: where the answer is a text to be written: each as its author wrote it, before it was turned into ids.
        groups: where an input occurs several times: a number for each example, equal where the input is. Their texts
            are one another's references.
    """

    inputs: dict[str, Sequence]
    targets: Sequence
    texts: Sequence[str] | None = None
    groups: Sequence[int] | None = None

    def __post_init__(self):
        fields = {**self.inputs, "targets": self.targets, "texts": self.texts, "groups": self.groups}
        sizes = {name: len(values) for name, values in fields.items() if values is not None}
        if len(set(sizes.values())) != 1:
            raise ZooError(f"Every field needs one entry an example, received {sizes}.")

    def __len__(self) -> int:
        return len(self.targets)

    def subset(self, indices) -> Examples:
        """The examples at `indices`, in that order."""
        return Examples(
            {name: _pick(values, indices) for name, values in self.inputs.items()},
            *(_pick(values, indices) for values in (self.targets, self.texts, self.groups)),
        )

    def take(self, count: int) -> Examples:
        """The first `count` examples, or all of them if there are fewer."""
        return self.subset(range(min(count, len(self))))


def _pick(values, indices):
    if values is None:
        return None
    if isinstance(values, np.ndarray):
        return values[np.asarray(indices, dtype=int)]
    return [values[i] for i in indices]


@dataclass(frozen=True)
class DatasetSpec:
    """What a dataset is and what a model for it must look like.

    Attributes:
        name: the dataset's name in `list_datasets()`.
        description: one line for a reader.
        pattern: the pattern it is an example of, one of `PATTERNS`.
        objective: what is learnt, a name in `keras_rnn_zoo.training.objectives`: `"class"` (one label an example),
            `"number"` (one number an example), `"labels"` (one class a step), `"symbols"` (the next symbol a step),
            `"notes"` (independent bits a step).
        builder_arguments: what the data fixes of a builder's arguments (`input_shape`, `outputs`, ...).
        padding: for each field with a time axis ("targets" included), the value that fills rows on the right.
        vocabularies: for each field of text, how it is turned into ids; a decoded answer uses `"targets"`.
        labels: names of the classes, for the objectives `"class"` and `"labels"`.
        writes: whether the answer is a sequence to be decoded and compared as a whole (exact match).
        scores: how written answers are scored beside that, names in `keras_rnn_zoo.training.text_scores`: `"bleu"`,
            `"chrf"`, `"wer"`, `"cer"`.
        features: where the model reads what was computed of raw data: how, so that one's own can be turned into it. Of a recording
            `rate`, `window`, `hop`, `bands`, `mean`, `deviation` and `stack` (`preprocessing.recording`), of a picture that
            is read as a sequence `order` and `seed` (`preprocessing.pixel_sequence`), of a video `height`, `width` and
            `channels` (`preprocessing.video`).
        licence: the data's licence. citation: where it comes from, with its address.
    """

    name: str
    description: str
    pattern: str
    objective: str
    builder_arguments: dict[str, Any]
    padding: dict[str, float] = field(default_factory=dict)
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    writes: bool = False
    scores: tuple[str, ...] = ()
    features: dict[str, float | str] = field(default_factory=dict)
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True)
class Dataset:
    """Three splits and their description, as `load` returns them."""

    train: Examples
    validation: Examples
    test: Examples
    spec: DatasetSpec
