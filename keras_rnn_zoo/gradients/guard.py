"""A guard against gradients that are no numbers."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients.first_fault import first_fault
from keras_rnn_zoo.gradients.update_channel import update_channel
from keras_rnn_zoo.gradients.update_hook import UpdateHook, dense, innermost


class NonFiniteGuard(keras.callbacks.Callback):
    """Ends a `fit` at the first update whose gradients are not finite, with the weights as they were before it.

    It says which update that was, in which layer and weight the gradients went first on their way back, and, where it can
    have the batch, at which time step. Weights and the optimizer's variables are left alone by that update; after an error
    `fit` can be called again. `keras.callbacks.TerminateOnNaN` looks at the loss, when the weights are lost already.

    A `LossScaleOptimizer` (`mixed_float16`) meets gradients that are not finite on purpose and leaves them out itself: the
    guard looks at what it lets through. The training step is compiled anew for it; should `fit` be left by another
    exception, call `close()`. With `steps_per_execution` the updates of one execution that follow are made on JAX and
    TensorFlow alike where their gradients are finite.

    Args:
        batches: from the numbers of epoch and batch, both from 0, to that batch as `fit` had it, `(x, y)` or
            `(x, y, sample_weight)`; for the time step.
        report: what is told the message, in which case training stops as by early stopping; by default it is raised.

    Raises:
        ZooError: from `fit`, with the message; or at its start, where the updates cannot be watched, see `UpdateHook`.

    >>> import numpy as np
    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = build_many_to_one((None, 2), 3, 4, cell="gru")
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> x = np.full((2, 5, 2), np.nan)
    >>> guard = NonFiniteGuard(lambda epoch, batch: (x, np.zeros(2)), report=lambda message: print(message[:58]))
    >>> history = model.fit(x, np.zeros(2), verbose=0, callbacks=[guard])
    The gradients of epoch 1, batch 1 are not finite: those of
    """

    def __init__(self, batches: Callable | None = None, report: Callable[[str], None] | None = None):
        super().__init__()
        self.batches, self.report, self._hook = batches, report, None

    def on_train_begin(self, logs=None):
        self.close()
        width = len(self.model.trainable_variables)
        self._channel = update_channel(width, capacity=self.model.steps_per_execution)
        self._hook = UpdateHook(self.model, self._around)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        found = self._channel.read() if self._hook else ()
        if len(found):
            self.close()
            self._end(batch, found[0] > 0)

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        """Takes the guard off the optimizer."""
        if self._hook:
            self._hook.detach()
        self._hook = None

    def _around(self, gradients, update, skip):
        flags = ops.stack([_is_wrong(gradient) for gradient in gradients])

        def leave():
            self._channel.write(flags)
            return skip()

        return ops.cond(ops.any(flags > 0), leave, update)

    def _end(self, batch, wrong):
        clips = getattr(innermost(self.model.optimizer), "global_clipnorm", None)
        advice = "" if clips else " or give the optimizer global_clipnorm=1.0,"
        message = (
            f"{self._when(batch)} {self._where(wrong)}{self._at_which_step(batch)} The weights are as before. Lower the "
            f"learning rate,{advice} and look for values in the data that are none."
        )
        self.model.stop_training = True
        if self.report is None:
            raise ZooError(message)
        self.report(message)

    def _when(self, batch) -> str:
        first = batch + 2 - self.model.steps_per_execution
        batches = f"batch {batch + 1}" if first > batch else f"one of the batches {first} to {batch + 1}"
        return f"The gradients of epoch {self._epoch + 1}, {batches} are not finite:"

    def _where(self, wrong) -> str:
        paths = [variable.path for variable in self.model.trainable_variables]
        if wrong.all():
            return f"those of all {len(paths)} weights."
        # Errors travel from the last layers to the first.
        first = max(number for number, is_wrong in enumerate(wrong) if is_wrong)
        return f"{paths[first]} went first on the way back, {int(wrong.sum())} of {len(paths)} weights are affected."

    def _at_which_step(self, batch) -> str:
        if self.batches is None or self.model.steps_per_execution > 1:
            return ""
        # On JAX the weights are with `fit` in the midst of an epoch.
        getattr(self.model, "jax_state_sync", lambda: None)()
        return f" {first_fault(self.model, *self.batches(self._epoch, batch))}"


def _is_wrong(gradient):
    """1 where an entry is not finite."""
    if gradient is None:
        return ops.zeros((), "float32")
    return ops.cast(ops.logical_not(ops.all(ops.isfinite(dense(gradient)))), "float32")
