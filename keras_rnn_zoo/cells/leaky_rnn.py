"""Units that remember by a linear self-connection."""

from numbers import Real

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import Cell
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LeakyRNNCell(Cell):
    """A running average of a simple recurrent network's states (Goodfellow et al. 2016, section 10.9.2; Jaeger et al.
    2007).

    `h_t = a * h_{t-1} + (1 - a) * tanh(W h_{t-1} + U x_t + b)`

    x_t: `(features,)`; h_t: `(units,)`. a is `leak`, one number for all units, or `sigma(leak_logit)`, one learned for
    each; a near one remembers for about `1 / (1 - a)` steps. `kernel` is U, `recurrent_kernel` W, `bias` b.
    `leak_logit` starts at zero, `a = 0.5`.

    Also known as: leaky integrator, leaky units. `leak=0` is `SimpleRNNCell`. Not to be confused with a leaky ReLU,
    nor with zoneout, which is `leak` of 0 or 1 at random.

    Parameters, for d features and h units: `d h + h h + h`; with `leak="learned"` h more.

    Args:
        units: the width of the state.
        leak: a, at least 0 and below 1; or `"learned"`.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(LeakyRNNCell(8, leak=0.9))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    def __init__(self, units, leak=0.5, **options):
        super().__init__(units, **options)
        self.leak = _checked(leak)

    def build(self, input_shape):
        super().build(input_shape)
        if self.leak == "learned":
            self.leak_logit = self.add_weight((self.units,), name="leak_logit", initializer="zeros")

    def step(self, projected, states, training=False):
        h = states[0]
        candidate = self.activation(linear_map(self.drop_state(h, training), self.recurrent_kernel, projected))
        a = ops.sigmoid(self.leak_logit) if self.leak == "learned" else self.leak
        h = linear_map(h - candidate, a, candidate) if self.leak == "learned" else a * h + (1 - a) * candidate
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "leak": self.leak}


def _checked(leak):
    learned = isinstance(leak, str) and leak == "learned"
    if not learned and (isinstance(leak, bool) or not isinstance(leak, Real) or not 0 <= leak < 1):
        raise ZooError(f"leak must be at least 0 and below 1, or 'learned', received {leak!r}.")
    return leak
