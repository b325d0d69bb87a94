"""A learning rate of nothing until a layer's turn comes."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class FrozenAtFirst(keras.optimizers.schedules.LearningRateSchedule):
    """0 before the update `start`, then `learning_rate`: a layer that is thawed later, in one run of one optimizer.

    Args:
        learning_rate: a number, or a Keras schedule, which counts from update 0 all the same.
        start: number of updates.

    >>> schedule = FrozenAtFirst(0.1, start=2)
    >>> [round(float(schedule(step)), 3) for step in range(4)]
    [0.0, 0.0, 0.1, 0.1]
    """

    def __init__(self, learning_rate, start, name="frozen_at_first"):
        super().__init__()
        is_form = isinstance(learning_rate, dict)
        self.learning_rate = keras.saving.deserialize_keras_object(learning_rate) if is_form else learning_rate
        self.start, self.name = start, name

    def __call__(self, step):
        rate = self.learning_rate(step) if callable(self.learning_rate) else self.learning_rate
        return ops.where(step < self.start, 0.0, rate)

    def get_config(self):
        rate = keras.saving.serialize_keras_object(self.learning_rate)
        return {"learning_rate": rate, "start": self.start, "name": self.name}
