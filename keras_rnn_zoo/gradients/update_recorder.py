"""The norm of every update's gradients, before and after clipping."""

from __future__ import annotations

import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients.update_channel import update_channel
from keras_rnn_zoo.gradients.update_hook import UpdateHook, dense, innermost

_LEAST_CAPACITY = 1024

# A norm that clipping left shorter by less than this is as long as before, but for rounding.
_ROUNDING = 1e-5


class UpdateRecorder:
    """Records, while a model is trained, the joint norm of all gradients before and after the optimizer's own clipping.

    Both are of the gradients that the weights get, an embedding's repeated rows added up. (On TensorFlow, Keras measures such
    rows apart when it clips: with an embedding the norm after clipping is a little off the one asked for.) A loss scale is taken out: those are the norms in the units
    in which a clip is given. An update that a `LossScaleOptimizer` leaves out, its gradients not being finite, is none.

    Args:
        model: see `UpdateHook`.

    Raises:
        ZooError: as `UpdateHook`, or the optimizer accumulates gradients: it clips their sum, now and then.
    """

    def __init__(self, model):
        self.optimizer = innermost(model.optimizer)
        if self.optimizer.gradient_accumulation_steps:
            raise ZooError(
                "With gradient_accumulation_steps not every batch is an update: the norms of its parts would say nothing "
                f"of its clipping. Expected none, received {self.optimizer.gradient_accumulation_steps}."
            )
        capacity = max(_LEAST_CAPACITY, 4 * model.steps_per_execution)
        self.batches_between_reads = capacity // 2
        self.channel, self.rows = update_channel(2, capacity), []
        self.hook = UpdateHook(model, self._record)

    def _record(self, gradients, update, skip):
        gradients = [gradient for gradient in gradients if gradient is not None]
        if self.optimizer.loss_scale_factor:
            gradients = [gradient / self.optimizer.loss_scale_factor for gradient in gradients]
        after = self.optimizer._clip_gradients(gradients)
        self.channel.write(ops.stack([_joint_norm(gradients), _joint_norm(after)]))
        return update()

    def collect(self):
        """Fetches what was recorded; to be called at least every `batches_between_reads` batches."""
        self.rows.extend(self.channel.read())

    def take(self) -> np.ndarray:
        """The norms before and after clipping of all updates since the last call, `(updates, 2)`."""
        self.collect()
        rows, self.rows = self.rows, []
        return np.reshape(rows, (-1, 2))

    def detach(self):
        """Ends the recording."""
        self.hook.detach()


def clipped_share(norms: np.ndarray) -> float:
    """The share of updates, `(updates, 2)` norms before and after, whose gradients were clipped; of none, not a number.

    >>> clipped_share(np.array([[2.0, 1.0], [0.5, 0.5]]))
    0.5
    """
    return float(np.mean(norms[:, 1] < norms[:, 0] * (1 - _ROUNDING))) if len(norms) else float("nan")


def _joint_norm(gradients):
    squares = [ops.sum(ops.square(ops.cast(dense(g), "float32"))) for g in gradients]
    return ops.sqrt(sum(squares))
