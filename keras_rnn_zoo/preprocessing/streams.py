"""Long sequences as batches that follow one another, for truncated back-propagation through time."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError


class StreamBatcher(keras.utils.PyDataset):
    """Cuts long sequences into windows; row n of a batch goes on where row n of the batch before ended.

    The sequences are dealt to `batch_size` rows, each to the row that has least to do; a row takes its next sequence with
    the next window, and says so in `reset`. What a row has left over while others go on counts nothing (`sample_weight`).
    The order is the same in every epoch, since a state is carried through it: give `fit` `shuffle=False`.

    Args:
        streams: sequences of ids `(symbols,)`, each of at least two symbols; the target of a symbol is the next one. One
            long text should be cut into `batch_size` of them.
        batch_size: rows in every batch. window: symbols in a row.

    An element is `({"inputs", "reset"}, targets, sample_weight)`: `(batch_size, window)`, `(batch_size,)` booleans,
    `(batch_size, window)` and float32 of the same shape. Id 0 is padding.

    Raises:
        ZooError: a number is out of range, there are fewer streams than rows, or one is too short.

    >>> batches = StreamBatcher([np.arange(1, 8), np.arange(11, 15)], batch_size=2, window=3)
    >>> inputs, targets, weight = batches[1]
    >>> inputs["inputs"].tolist(), inputs["reset"].tolist(), targets.tolist(), weight.sum(axis=1).tolist()
    ([[4, 5, 6], [1, 1, 1]], [False, True], [[5, 6, 7], [0, 0, 0]], [3.0, 0.0])
    """

    def __init__(self, streams: Sequence[np.ndarray], batch_size: int, window: int, **options):
        super().__init__(**options)
        _check(streams, batch_size, window)
        self.batch_size, self.window = batch_size, window
        self._rows = [[] for _ in range(batch_size)]
        for stream in sorted(map(np.asarray, streams), key=len, reverse=True):
            min(self._rows, key=len).extend(_windows(stream, window))

    def __len__(self) -> int:
        return max(map(len, self._rows))

    def __getitem__(self, index):
        windows = [row[index] if index < len(row) else _idle(self.window) for row in self._rows]
        inputs, targets, weights, reset = (np.stack(parts) for parts in zip(*windows))
        return {"inputs": inputs, "reset": reset}, targets, weights


def cut_into_streams(ids: np.ndarray, count: int) -> list[np.ndarray]:
    """One long sequence as `count` of equal length, each of which ends with the first symbol of the next one.

    What is left over at the end is dropped.

    >>> [stream.tolist() for stream in cut_into_streams(np.arange(8), 2)]
    [[0, 1, 2, 3], [3, 4, 5, 6]]
    """
    length = (len(ids) - 1) // count if count >= 1 else 0
    if length < 1:
        raise ZooError(f"{len(ids)} symbols cannot be cut into {count} streams of at least two.")
    return [np.asarray(ids[start : start + length + 1]) for start in range(0, count * length, length)]


def _windows(stream, window):
    for start in range(0, len(stream) - 1, window):
        part = stream[start : start + window + 1]
        missing = window + 1 - len(part)
        inputs, targets = np.pad(part[:-1], (0, missing)), np.pad(part[1:], (0, missing))
        weights = (np.arange(window) < len(part) - 1).astype(np.float32)
        yield inputs.astype(np.int32), targets.astype(np.int32), weights, np.bool_(start == 0)


def _idle(window):
    """A row that has nothing left: a real symbol, so that no row is empty, of weight 0."""
    return np.ones(window, np.int32), np.zeros(window, np.int32), np.zeros(window, np.float32), np.bool_(True)


def _check(streams, batch_size, window):
    for name, value in (("batch_size", batch_size), ("window", window)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ZooError(f"`{name}` should be a whole number of at least 1, received {value!r}.")
    if len(streams) < batch_size:
        raise ZooError(
            f"{batch_size} rows need as many streams, received {len(streams)}: cut a long text with cut_into_streams."
        )
    for number, stream in enumerate(streams):
        array = np.asarray(stream)
        if array.ndim != 1 or array.dtype.kind not in "iu" or len(array) < 2:
            raise ZooError(
                f"Stream {number} should be whole numbers (symbols,), two or more, received {array.dtype} of shape {array.shape}."
            )
