"""Batches of a pathological task that were never seen before."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo.datasets.pathological_tasks import temporal_order

FEATURES = 6


class FreshBatches(keras.utils.PyDataset):
    """`count` batches of temporal order; the same ones whenever `seed` and `first` are the same.

    Args:
        seed: of the draws, a tuple of integers.
        first: the number of the first batch.
        count: how many.
        batch_size: sequences in each.
        lengths: `(low, high)`: each batch has one length from [low, high).
    """

    def __init__(self, seed, first, count, batch_size, lengths):
        super().__init__()
        self.seed, self.first, self.count = tuple(seed), first, count
        self.batch_size, self.lengths = batch_size, lengths

    def __len__(self):
        return self.count

    def __getitem__(self, number):
        rng = np.random.default_rng((*self.seed, self.first + number))
        return temporal_order(rng, int(rng.integers(*self.lengths)), self.batch_size)

    def for_fit(self):
        """What to give to `fit`: on TensorFlow a `tf.data.Dataset`, whose batches may differ in length."""
        if keras.backend.backend() != "tensorflow":
            return self
        import tensorflow as tf

        signature = tf.TensorSpec((None, None, FEATURES)), tf.TensorSpec((None,), tf.int32)
        batches = tf.data.Dataset.from_generator(
            lambda: map(self.__getitem__, range(len(self))), output_signature=signature
        )
        return batches.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2)
