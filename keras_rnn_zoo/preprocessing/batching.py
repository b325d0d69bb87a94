"""From examples of different lengths to batches that `fit` takes on every backend."""

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError


class SequenceBatcher(keras.utils.PyDataset):
    """Batches of right-padded sequences, in an order that depends on seed and epoch alone.

    Rows of like length share a batch (`bucket`), so that little of it is padding. `dataset()` is what to give to
    `fit`, `evaluate` and `predict`; a `predict` that answers every step needs rows of one length on JAX, where Keras
    cannot join batches of several.

    Args:
        examples: a `datasets.Examples`, what goes in (`inputs`, a dictionary) and what should come out (`targets`).
        batch_size: rows in a batch.
        padding: for each field with a time axis ("targets" included), the value that fills rows on the right.
        shuffle: a new order each epoch. Without it the order is that of the examples, unless `bucket` is True.
        seed: of that order.
        bucket: gather rows of like length; by default where the rows are shuffled. In the order of a shuffle, each run
            of 50 batches is sorted by length.
        length_multiple: pad lengths up to a multiple of this, which keeps the number of compiled shapes small where
            every new shape is compiled anew (JAX, XLA).
        drop_remainder: leave out the last batch of an epoch if it is not full.

    >>> from keras_rnn_zoo.datasets import Examples
    >>> examples = Examples({"inputs": [np.array([4, 5]), np.array([6])]}, np.array([0, 1]))
    >>> inputs, targets = SequenceBatcher(examples, 2, {"inputs": 0}, shuffle=False)[0]
    >>> inputs.tolist()
    [[4, 5], [6, 0]]
    """

    _BATCHES_SORTED_TOGETHER = 50

    def __init__(
        self,
        examples,
        batch_size: int,
        padding: dict | None = None,
        *,
        shuffle=True,
        seed=0,
        bucket=None,
        length_multiple=1,
        drop_remainder=False,
    ):
        super().__init__()
        if len(examples) == 0:
            raise ZooError("There are no examples to batch, at least one expected.")
        if batch_size < 1 or length_multiple < 1:
            raise ZooError(
                f"batch_size and length_multiple must be at least 1, received {batch_size}, {length_multiple}."
            )
        if drop_remainder and len(examples) < batch_size:
            raise ZooError(f"With drop_remainder, {len(examples)} examples make no batch of {batch_size}.")
        self.examples = examples
        self.batch_size = batch_size
        self.padding = dict(padding or {})
        self._dtypes = _checked_dtypes(_fields(examples), self.padding)
        self.shuffle = shuffle
        self.seed = seed
        self.bucket = shuffle if bucket is None else bucket
        self.length_multiple = length_multiple
        self.drop_remainder = drop_remainder
        self.epoch = 0
        self._lengths = _lengths(examples)
        self._batches = self._plan()

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index):
        return self._batch(self._batches[index])

    def _batch(self, rows):
        chosen = self.examples.subset(rows)
        inputs = {name: self._stack(name, values) for name, values in chosen.inputs.items()}
        targets = self._stack("targets", chosen.targets)
        return (next(iter(inputs.values())) if len(inputs) == 1 else inputs), targets

    def set_epoch(self, epoch: int):
        """Takes the order of epoch number `epoch`, so that a resumed run sees what an uninterrupted one would."""
        self.epoch = epoch
        self._batches = self._plan()

    def on_epoch_end(self):
        """Moves on to the next epoch's order; Keras calls it."""
        if self.shuffle:
            self.set_epoch(self.epoch + 1)

    def padding_share(self) -> float:
        """The share of steps of this epoch's fields, the targets included, that are padding."""
        if not self._lengths:
            return 0.0
        padded = sum(
            len(batch) * self._padded_length(lengths[batch].max())
            for lengths in self._lengths.values()
            for batch in self._batches
        )
        real = sum(lengths[batch].sum() for lengths in self._lengths.values() for batch in self._batches)
        return float(1.0 - real / padded)

    def real_steps(self, field: str) -> int:
        """How many steps of `field` this epoch has, padding apart."""
        if field in self._lengths:
            return int(sum(self._lengths[field][batch].sum() for batch in self._batches))
        values = _fields(self.examples)[field]
        return sum(map(len, self._batches)) * (np.shape(values)[1] if np.ndim(values) > 1 else 1)

    def dataset(self):
        """What to give to `fit`: this object, or on TensorFlow a `tf.data.Dataset` with free batch and time axes.

        Keras would type the batches of a `PyDataset` by the first two, and fail on TensorFlow when a later one has
        another length.
        """
        if keras.backend.backend() != "tensorflow":
            return self
        import tensorflow as tf

        signature = keras.tree.map_structure(self._tensor_spec, self._signature_paths())
        dataset = tf.data.Dataset.from_generator(self._generate, output_signature=signature)
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2)

    def _generate(self):
        # Keras may start an iteration only to look at the first batch, and tf.data reads ahead in a thread: each iteration
        # keeps the order that it began with, and the next one gets the next epoch's.
        batches = self._batches
        self.on_epoch_end()
        yield from map(self._batch, batches)

    def _signature_paths(self):
        names = list(self.examples.inputs)
        inputs = names[0] if len(names) == 1 else {name: name for name in names}
        return inputs, "targets"

    def _tensor_spec(self, name):
        import tensorflow as tf

        first = np.asarray(_fields(self.examples)[name][0])
        free = 1 if name in self.padding else 0
        shape = (None,) * (1 + free) + first.shape[free:]
        return tf.TensorSpec(shape, self._dtypes[name])

    def _plan(self) -> list[np.ndarray]:
        order = np.arange(len(self.examples))
        generator = np.random.default_rng((self.seed, self.epoch))
        if self.shuffle:
            generator.shuffle(order)
        if self.bucket and self._lengths:
            window = self.batch_size * self._BATCHES_SORTED_TOGETHER if self.shuffle else len(order)
            order = np.concatenate(
                [part[self._by_length(part)] for part in np.split(order, range(window, len(order), window))]
            )
        batches = np.split(order, range(self.batch_size, len(order), self.batch_size))
        if self.drop_remainder and len(batches[-1]) < self.batch_size:
            batches.pop()
        if self.shuffle:
            batches = [batches[index] for index in generator.permutation(len(batches))]
        return batches

    def _by_length(self, rows):
        """An order of `rows` by the first field's length; the others' rise and fall in turn, so that neighbours stay alike."""
        first, *others = (lengths[rows] for lengths in self._lengths.values())
        turn = np.where(np.unique(first, return_inverse=True)[1] % 2, -1, 1)
        return np.lexsort([*(turn * lengths for lengths in reversed(others)), first])

    def _stack(self, name, values):
        if name not in self.padding:
            return np.asarray(values, self._dtypes[name])
        length = self._padded_length(max(map(len, values)))
        shape = len(values), length, *np.shape(values[0])[1:]
        stacked = np.full(shape, self.padding[name], self._dtypes[name])
        if isinstance(values, np.ndarray):
            stacked[:, : values.shape[1]] = values
            return stacked
        for row, values_of_row in zip(stacked, values, strict=True):
            row[: len(values_of_row)] = values_of_row
        return stacked

    def _padded_length(self, length: int) -> int:
        return -(-length // self.length_multiple) * self.length_multiple


def _fields(examples) -> dict:
    return {**examples.inputs, "targets": examples.targets}


def _checked_dtypes(fields: dict, padding: dict) -> dict[str, np.dtype]:
    """The dtype of each field, wide enough for all its rows and its padding."""
    unknown = sorted(set(padding) - set(fields))
    if unknown:
        raise ZooError(f"padding names {', '.join(unknown)}; the fields are {', '.join(fields)}.")
    return {name: _checked_dtype(name, values, padding.get(name)) for name, values in fields.items()}


def _checked_dtype(name, values, padding):
    rows = [values] if isinstance(values, np.ndarray) else [np.asarray(row) for row in values]
    dtype = np.result_type(*{row.dtype for row in rows})
    if padding is None and len({row.shape for row in rows}) > 1:
        raise ZooError(
            f"The rows of {name} differ in length: give padding={{{name!r}: value}}, the value that fills them."
        )
    if padding is not None and np.asarray(padding).astype(dtype) != padding:
        raise ZooError(f"The padding {padding} of {name} is no {dtype}: choose another value.")
    return dtype


def _lengths(examples) -> dict[str, np.ndarray]:
    """The length of each row of the fields that are lists of sequences, the first field first."""
    found = {}
    for name, values in _fields(examples).items():
        if isinstance(values, list):
            found[name] = np.array([len(row) for row in values])
            if (found[name] == 0).any():
                empty = int(found[name].argmin())
                raise ZooError(f"Every sequence needs at least one step; {name} of example {empty} is empty.")
    return found
