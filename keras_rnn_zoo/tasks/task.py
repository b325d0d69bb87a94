"""A trained model with what stands before and behind it: raw input in, an answer out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.tasks.saving import save_task

BATCH = 32  # rows that are answered together
_ABOUT = ("name", "description", "licence", "citation")


class Task(ABC):
    """One door to a trained model: `task(raw input)` answers, `task.fit(raw examples)` trains it further.

    Attributes:
        model: the `keras.Model` inside, compiled as it was trained.
        about: the `name`, `description`, `licence` and `citation` of the data it was trained on, as far as they are known.
    """

    pattern: str
    objective: str

    def __init__(self, model, about: dict | None = None):
        self.model = model
        self.about = {name: (about or {}).get(name, "") for name in _ABOUT}

    @classmethod
    @abstractmethod
    def from_description(cls, model, about: dict, vocabularies: dict, **settings) -> Task:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""

    @abstractmethod
    def __call__(self, inputs, **options):
        """The answer to one input, or a list of answers to several."""

    @abstractmethod
    def examples(self, raw: Sequence) -> Examples:
        """Raw examples as what the model reads and what it should answer."""

    @property
    @abstractmethod
    def padding(self) -> dict[str, float]:
        """For each field with a time axis ("targets" included), the value that fills rows on the right."""

    @property
    def vocabularies(self) -> dict:
        """For each field of text, its vocabulary."""
        return {}

    def preprocess(self, raw: Sequence, batch_size: int = 32, *, shuffle: bool = True, seed: int = 0):
        """Raw examples as `model.fit` and `model.evaluate` take them: right-padded batches.

        Args:
            raw: examples, each as the task's class describes them.
            batch_size: examples in a batch.
            shuffle: a new order each epoch, which depends on `seed` and the epoch alone.

        Raises:
            ZooError: there are no examples, or one has another form.
        """
        if isinstance(raw, (str, bytes)) or not isinstance(raw, Sequence) or not len(raw):
            raise ZooError(f"Examples should be a list of at least one, received {raw!r:.60}.")
        return SequenceBatcher(self.examples(raw), batch_size, self.padding, shuffle=shuffle, seed=seed).dataset()

    def fit(self, raw: Sequence, *, batch_size: int = 32, validation: Sequence | None = None, seed: int = 0, **options):
        """Trains the model further: `model.fit(preprocess(raw))`. Its `History` is returned.

        Args:
            raw: examples, as for `preprocess`.
            validation: examples to be measured after each epoch.
            seed: of the order of the examples, a new one each epoch.
            options: `epochs`, `verbose`, `callbacks`, ... of `keras.Model.fit`.

        Raises:
            ZooError: as `preprocess`, and where the model is not compiled.
        """
        if not self.model.compiled:
            raise ZooError("The model is not compiled: call task.model.compile(optimizer, loss) first.")
        measured = None if validation is None else self.preprocess(validation, batch_size, shuffle=False)
        batches = self.preprocess(raw, batch_size, seed=seed)
        if not self.model.optimizer.built:  # On TensorFlow Keras would trace a whole step for its variables alone.
            self.model.optimizer.build(self.model.trainable_variables)
        return self.model.fit(batches, validation_data=measured, shuffle=False, **options)

    def save(self, folder, overwrite: bool = False):
        """Writes the model and all that the task knows into a new folder, which `load_task` opens again.

        Args:
            folder: it appears when it is whole.
            overwrite: replace a task that was saved there before; nothing else is ever replaced.

        Raises:
            ZooError: something is in the way.
        """
        return save_task(self.model, self.to_dict(), folder, overwrite)

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        return {
            **self.about,
            "pattern": self.pattern,
            "objective": self.objective,
            "padding": self.padding,
            "labels": [],
            "vocabularies": {field: vocabulary.to_dict() for field, vocabulary in self.vocabularies.items()},
        }


def refuse_options(task: Task, options: dict):
    """Raises a `ZooError` if a task that chooses was told how to write."""
    if options:
        raise ZooError(
            f"A {type(task).__name__} does not write, it chooses: {', '.join(options)} must be left out. It takes "
            "return_probabilities alone."
        )


def several(inputs) -> list | None:
    """`inputs` as a list where they are several: a list or a tuple; `None` where they are one."""
    return list(inputs) if isinstance(inputs, (list, tuple)) else None


def pairs_of(raw: Sequence, what: str) -> tuple[list, list]:
    """The first and the second halves of pairs. Anything else is a `ZooError` that says `what` is expected."""
    for number, pair in enumerate(raw, start=1):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ZooError(f"Example {number} should be a pair ({what}), received {pair!r:.80}.")
    return [first for first, _ in raw], [second for _, second in raw]


def padded(rows: Sequence[np.ndarray], value: float, multiple: int = 1) -> np.ndarray:
    """Rows of different lengths as one array, filled with `value` on the right up to a multiple.

    >>> padded([np.array([4, 5, 6]), np.array([7])], 0, multiple=4).tolist()
    [[4, 5, 6, 0], [7, 0, 0, 0]]
    """
    length = -(-max(map(len, rows)) // multiple) * multiple
    stacked = np.full((len(rows), length, *rows[0].shape[1:]), value, rows[0].dtype)
    for place, row in zip(stacked, rows, strict=True):
        place[: len(row)] = row
    return stacked


def checked_array(given, shape: tuple) -> np.ndarray:
    """`given` as float32, if it is an array of finite numbers of `shape`, in which `None` is any length."""
    values = np.asarray(given)
    fits = values.ndim == len(shape) and all(n in (None, had) for n, had in zip(shape, values.shape))
    if not fits or values.dtype.kind not in "fiub" or not values.size or not np.isfinite(values).all():
        raise ZooError(
            f"This model reads arrays of finite numbers of shape {shape}, without the batch; received {values.dtype} "
            f"of shape {values.shape}. Give several as a list."
        )
    return values.astype(np.float32)


def check_outputs(model, expected: int, what: str):
    """Raises a `ZooError` unless `model` answers with `expected` numbers."""
    if model.output_shape[-1] != expected:
        raise ZooError(
            f"{model.name} answers with {model.output_shape[-1]} numbers, but {what} {expected}: give those it was built for."
        )
