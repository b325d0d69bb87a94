"""A learning rate that rises steeply and falls slowly."""

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class SlantedTriangular(keras.optimizers.schedules.LearningRateSchedule):
    """The slanted triangular schedule of Howard & Ruder (2018, eq. 3).

    With T = `steps`, cut = T `cut_share` and p = t / cut before cut, else 1 - (t - cut) / (T - cut):
    `rate(t) = learning_rate (1 + p (ratio - 1)) / ratio`. After T it stays at `learning_rate / ratio`.

    (The paper rounds cut to a whole step and writes the second p as 1 - (t - cut) / (cut (1 / cut_share - 1)), the same.)

    Args:
        learning_rate: the highest rate.
        steps: number of updates.
        cut_share: share of the updates during which the rate rises.
        ratio: how much smaller the lowest rate is than the highest.

    Raises:
        ZooError: an argument is out of range.

    >>> schedule = SlantedTriangular(0.01, steps=100)
    >>> [round(float(schedule(step)), 5) for step in (0, 10, 55, 100)]
    [0.00031, 0.01, 0.00516, 0.00031]
    """

    def __init__(self, learning_rate, steps, cut_share=0.1, ratio=32.0, name="slanted_triangular"):
        super().__init__()
        if not (learning_rate > 0 and steps >= 2 and 0 < cut_share < 1 and ratio >= 1):
            raise ZooError(
                "A slanted triangle needs learning_rate above 0, steps of at least 2, cut_share between 0 and 1 and ratio of "
                f"at least 1; received {learning_rate!r}, {steps!r}, {cut_share!r}, {ratio!r}."
            )
        self.learning_rate, self.steps, self.cut_share, self.ratio = learning_rate, steps, cut_share, ratio
        self.name = name

    def __call__(self, step):
        step = ops.minimum(ops.cast(step, "float32"), float(self.steps))
        cut = self.steps * self.cut_share
        share = ops.where(step < cut, step / cut, 1 - (step - cut) / (self.steps - cut))
        return self.learning_rate * (1 + share * (self.ratio - 1)) / self.ratio

    def get_config(self):
        return {name: getattr(self, name) for name in ("learning_rate", "steps", "cut_share", "ratio", "name")}
