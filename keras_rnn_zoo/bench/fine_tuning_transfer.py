"""What the fine-tuning bench moves from one task to another: a speaker who was not heard, sentiment after reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np

from keras_rnn_zoo import datasets
from keras_rnn_zoo.datasets.corpus import symbol_spec
from keras_rnn_zoo.datasets.spec import Dataset, Examples
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.preprocessing.base import END
from keras_rnn_zoo.training.catalogue import find_config
from keras_rnn_zoo.training.config import RunConfig, parse, read

ARMS = ("fine-tuned", "from scratch")


@dataclass(frozen=True)
class Recipe:
    """How a model is trained on a few labels.

    Attributes:
        learning_rate: the highest of the slanted triangle. updates: about how many, whatever the number of labels.
        batch_size: rows in a batch.
    """

    learning_rate: float
    updates: int
    batch_size: int


@dataclass(frozen=True)
class Transfer:
    """A model that has learnt one thing, and a few labels of another.

    Attributes:
        title: what is learnt. unit: what a label belongs to, in the plural.
        config: the model and how it is trained before. before: on what.
        labelled: `train` is what few labels are drawn from.
        pooling: of the new head; `None`: the model's own head goes on, and is measured without a label too.
        labels: how many are drawn. recipes: for each of `ARMS`.
        gradual: whether fine-tuning thaws one layer after the other, each at its own rate, or all at once and at one rate.
    """

    title: str
    unit: str
    config: RunConfig
    before: Dataset
    labelled: Dataset
    pooling: str | None
    labels: tuple[int, ...]
    recipes: dict[str, Recipe]
    gradual: bool = True

    def settings(self) -> dict:
        """What a figure depends on, the seed and the number of labels apart."""
        chosen = {
            "config": self.config.model_dump(),
            "pooling": self.pooling,
            "labels": list(self.labels),
            "recipes": {arm: asdict(recipe) for arm, recipe in self.recipes.items()},
            "examples": {name: len(getattr(self.labelled, name)) for name in ("train", "validation", "test")},
        }
        return chosen if self.gradual else chosen | {"gradual": False}

    def quick(self) -> Transfer:
        """The same cut down, to see that everything works."""
        few = 2 * self.config.training.batch_size
        return replace(
            self,
            config=self.config.quick(),
            before=replace(self.before, train=self.before.train.take(few), validation=self.before.validation.take(few)),
            labels=self.labels[:1],
            recipes={arm: replace(recipe, updates=3) for arm, recipe in self.recipes.items()},
        )


def get(name: str) -> Callable[[], Transfer]:
    """What makes the transfer called `name`."""
    if name not in TRANSFERS:
        raise unknown_name("--transfer", name, TRANSFERS)
    return TRANSFERS[name]


def speaker() -> Transfer:
    """Spoken digits: a model of five speakers, and recordings of the sixth.

    Of the 50 takes of each digit by the sixth, 0 to 19 are drawn from, 20 to 24 are for choosing a recipe, 25 to 49 test.
    """
    config = read(find_config("coupled_lstm_fsdd_speaker")[1], ["training.length_multiple=32"])
    before = datasets.load(config.dataset.name, **config.dataset.options)
    size = len(before.test)
    parts = np.split(np.arange(size), [size * 2 // 5, size // 2])
    labelled = Dataset(*(before.test.subset(part) for part in parts), before.spec)
    return Transfer(
        title=f"spoken digits: five speakers, then {config.dataset.options['held_out']}",
        unit="recordings",
        config=config,
        before=before,
        labelled=labelled,
        pooling=None,
        labels=(10, 50, 100),
        recipes={"fine-tuned": Recipe(0.003, 150, 10), "from scratch": Recipe(0.003, 300, 10)},
    )


def sentiment() -> Transfer:
    """Film reviews: a language model of the training sentences, and the labels of some of them.

    Of a few recipes, poolings and ways to thaw that were tried, these did best on the validation split.
    """
    config = parse(_LANGUAGE_MODEL)
    labelled = datasets.load(config.dataset.name, **config.dataset.options)
    return Transfer(
        title="sentiment of film reviews, after a language model of theirs",
        unit="sentences",
        config=config,
        before=following_words(labelled),
        labelled=labelled,
        pooling="mean",
        labels=(50, 100, 500),
        recipes={"fine-tuned": Recipe(0.003, 300, 25), "from scratch": Recipe(0.01, 300, 25)},
        gradual=False,
    )


def following_words(dataset: Dataset) -> Dataset:
    """The texts of a dataset of text and labels, without the labels: each word's target is the next one, the last one's the
    end."""
    vocabulary = dataset.spec.vocabularies["inputs"]
    spec = symbol_spec(vocabulary, name=dataset.spec.name, description="The next word of a sentence.")
    return Dataset(*(_followed(getattr(dataset, name)) for name in ("train", "validation", "test")), spec)


def draw(examples: Examples, count: int, seed: int) -> Examples:
    """`count` examples, as many of each class; those of a smaller `count` are among them.

    Raises:
        ZooError: `count` is no multiple of the classes, or one of them has too few examples.

    >>> examples = Examples({"inputs": np.arange(6)}, np.array([0, 0, 0, 1, 1, 1]))
    >>> draw(examples, 4, seed=1).targets.tolist()
    [0, 1, 0, 1]
    """
    chance, targets = np.random.default_rng(seed), np.asarray(examples.targets)
    classes, sizes = np.unique(targets, return_counts=True)
    each = count // len(classes)
    if each * len(classes) != count or sizes.min() < each:
        raise ZooError(
            f"{count} labels, as many of each of {len(classes)} classes, cannot be drawn from {len(targets)} examples of "
            f"which {sizes.min()} are of class {classes[sizes.argmin()]}."
        )
    rows = [chance.permutation(np.flatnonzero(targets == one))[:each] for one in classes]
    return examples.subset(np.stack(rows, axis=1).ravel())


def _followed(examples: Examples) -> Examples:
    rows = list(examples.inputs["inputs"])
    return Examples({"inputs": rows}, [np.append(row[1:], END).astype(row.dtype) for row in rows])


_LANGUAGE_MODEL = {
    "builder": "language_model",
    "dataset": {"name": "sst", "options": {"max_size": 4000}},
    "model": {"units": 64, "embedding_dim": 64, "input_dropout": 0.3, "dropout": 0.3},
    "training": {
        "epochs": 5,
        "optimizer": {"learning_rate": 0.003, "schedule": "cosine"},
        "length_multiple": 16,
    },
}

TRANSFERS: dict[str, Callable[[], Transfer]] = {"speaker": speaker, "sentiment": sentiment}
