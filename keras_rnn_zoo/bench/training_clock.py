"""What is noted of a `fit` while it runs: seconds, and how often its step was traced."""

from __future__ import annotations

import time

import keras


class Clock(keras.callbacks.Callback):
    """Times the steps of each epoch; make it just before `fit` is called, and give it as the last callback.

    Attributes:
        first_step: seconds from then to the end of the first step.
        epochs: of each epoch the seconds from its beginning to the end of its last step, validation apart.
    """

    def __init__(self):
        super().__init__()
        self.first_step, self.epochs, self._called = None, [], time.perf_counter()

    def on_epoch_begin(self, epoch, logs=None):
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._ended = time.perf_counter()
        if self.first_step is None:
            self.first_step = self._ended - self._called

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(self._ended - self._began)


class Traces:
    """Counts how often the training step of `model` is traced, from now on; on TensorFlow and JAX.

    A step that is traced again for a new length is compiled again. (On TensorFlow an optimizer that is not built yet makes its
    variables in a first trace, which Keras throws away.)

    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> traces, x, y = Traces(model), keras.ops.zeros((4, 2)), keras.ops.zeros((4, 1))
    >>> model.fit(x, y, verbose=0) and None
    >>> before = traces.count
    >>> model.fit(x, y, epochs=3, verbose=0) and None
    >>> traces.count - before
    0
    """

    def __init__(self, model: keras.Model):
        self.count, self._step = 0, model.train_step
        model.train_step = self._counted

    def _counted(self, *arguments, **options):
        self.count += 1
        return self._step(*arguments, **options)
