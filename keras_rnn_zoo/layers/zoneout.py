"""Zoneout: units that keep their previous value."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import share, state_sizes
from keras_rnn_zoo.errors import ZooError


class Zoneout:
    """`s_t = d_t s_{t-1} + (1 - d_t) s~_t`, with d_t drawn anew for each unit and step (Krueger et al. 2017).

    At inference d_t is replaced by its expectation. The draws of all steps are made before the loop.

    Args:
        rates: the probability of keeping, one number or one a state.
        cell: the cell whose states they are.
    """

    def __init__(self, rates, cell):
        self.sizes = state_sizes(cell)
        free = getattr(cell, "free_states", [True] * len(self.sizes))
        given = list(rates) if isinstance(rates, (list, tuple)) else [share(rates, "zoneout") * one for one in free]
        if len(given) != len(self.sizes):
            raise ZooError(
                f"zoneout must be one number, or one for each of {len(self.sizes)} states; received {rates!r}."
            )
        given = [share(rate, "each of zoneout") for rate in given]
        if any(rate and not is_free for rate, is_free in zip(given, free, strict=True)):
            raise ZooError(
                f"zoneout would stop a clock or a memory: states that may be kept are {free}, received {rates!r}."
            )
        self.rates = given

    def draw(self, batch, timesteps, dtype, seed):
        """`(batch, timesteps, sum of sizes)` of zeros and ones; 1 keeps the previous value."""
        noise = keras.random.uniform((batch, timesteps, sum(self.sizes)), seed=seed)
        return ops.cast(noise < self._spread(), dtype)

    def _spread(self):
        return ops.concatenate([ops.full((size,), rate) for size, rate in zip(self.sizes, self.rates, strict=True)])

    def wrap(self, step, draws_in_inputs):
        """A step whose states are partly kept; `draws_in_inputs`: the inputs end with `draw`'s columns."""

        def zoned(inputs, states):
            states = list(states)
            keep = self.rates
            if draws_in_inputs:
                inputs, keep = inputs[:, : -sum(self.sizes)], self._cut(inputs[:, -sum(self.sizes) :])
            output, new = step(inputs, states)
            new = list(new) if isinstance(new, (list, tuple)) else [new]
            kept = [d * s + (1 - d) * n for d, s, n in zip(keep, states, new, strict=True)]
            return _following(output, new, kept), kept

        return zoned

    def _cut(self, draws):
        ends = [sum(self.sizes[: number + 1]) for number in range(len(self.sizes) - 1)]
        return ops.split(draws, ends, axis=-1) if ends else [draws]


def _following(output, new, kept):
    """An output that is one of the states stays that state."""
    for state, with_zoneout in zip(new, kept, strict=True):
        if output is state:
            return with_zoneout
    return output
