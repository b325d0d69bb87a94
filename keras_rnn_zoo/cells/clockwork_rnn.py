"""Groups of units that run at different speeds."""

from itertools import pairwise
from math import lcm

import keras
import numpy as np
from keras import ops

from keras_rnn_zoo.cells.cell import Cell, positive
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError

LONGEST_CYCLE = 256  # the last number to which bfloat16 counts


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class ClockworkRNNCell(Cell):
    """Modules of units, each updated at the multiples of its own period (Koutnik et al. 2014, "A clockwork RNN").

    With g modules of `units / g`, sorted from fast to slow, and the first step `t = 0`, at which all update:

    - `h_i(t) = tanh(U_i x_t + sum_{j >= i} W_ij h_j(t-1) + b_i)` where `t mod T_i = 0`;
    - `h_i(t) = h_i(t-1)` elsewhere.

    x_t: `(features,)`; h = [h_1 ... h_g]: `(units,)`. Fast modules read slow ones, never the reverse: W is
    block-triangular, and only its real blocks are kept: `recurrent_kernel_i`, `(units of modules i to g, units of a
    module)`, is the column of blocks `[W_ii; ...; W_ig]`. `kernel` holds `[U_1 | ... | U_g]` and `bias` `[b_1 | ... |
    b_g]`.

    The states are h and a clock `(batch, 1)`, which counts the steps modulo the least common multiple of the periods;
    masked steps do not tick, and the clock may not be set from outside.

    Also known as: CW-RNN. Not to be confused with `TimeSkipRNNCell`, all of whose units update at every step.

    Parameters, for d features, h units and g periods: `d h + h h (g + 1) / (2 g) + h`.

    Args:
        units: the width of the state, a multiple of the number of periods.
        periods: T_i, positive integers in ascending order whose least common multiple is at most 256.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(ClockworkRNNCell(8, periods=(1, 2, 4, 8)))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    def __init__(self, units, periods=(1, 2, 4, 8), **options):
        super().__init__(units, **options)
        self.periods = _checked(periods)
        self.cycle = lcm(*self.periods)
        if self.cycle > LONGEST_CYCLE:
            raise ZooError(
                f"The least common multiple of periods must be at most {LONGEST_CYCLE}, received {self.periods}."
            )
        if self.units % len(self.periods):
            raise ZooError(f"units must be a multiple of the {len(self.periods)} periods, received {self.units}.")
        self.state_size = [self.units, 1]
        self.period_of_unit = np.repeat(self.periods, self.module_units)

    @property
    def module_units(self) -> int:
        """The width of one module."""
        return self.units // len(self.periods)

    @property
    def free_states(self) -> list[bool]:
        return [True, False]

    @property
    def recurrent_weight_names(self):
        return tuple(f"recurrent_kernel_{number}" for number in range(1, len(self.periods) + 1))

    def build(self, input_shape):
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.units))
        for number, name in enumerate(self.recurrent_weight_names):
            read = self.units - number * self.module_units
            setattr(self, name, self.add_recurrent_kernel(name, (read, self.module_units)))
        self.bias = self.add_bias("bias", self.units)

    def step(self, projected, states, training=False):
        h, clock = states
        candidate = self.activation(self._from_slower(self.drop_state(h, training), projected))
        due = ops.equal(ops.mod(clock, ops.cast(self.period_of_unit, clock.dtype)), 0)
        h = ops.where(due, candidate, h)
        return h, [h, ops.mod(clock + 1, self.cycle)]

    def _from_slower(self, h, projected):
        """`sum_{j >= i} W_ij h_j` of every module, and its part of the projected input."""
        kernels = [getattr(self, name) for name in self.recurrent_weight_names]
        parts = zip(kernels, ops.split(projected, len(kernels), axis=-1), strict=True)
        sums = [linear_map(h[:, number * self.module_units :], *part) for number, part in enumerate(parts)]
        return ops.concatenate(sums, axis=-1)

    def get_config(self):
        return {**super().get_config(), "periods": self.periods}


def _checked(periods):
    if not isinstance(periods, (list, tuple)) or not periods:
        raise ZooError(f"periods must be a list of positive integers, received {periods!r}.")
    periods = [positive(period, "each of periods") for period in periods]
    if any(slow <= fast for fast, slow in pairwise(periods)):
        raise ZooError(f"periods must ascend, received {periods}.")
    return periods
