"""Back-propagation through time by hand: one reverse loop, then one product a weight.

Autodiff adds up a weight's gradient step by step; here the reverse loop finds `dL/da_t` alone, and each weight's gradient
is one large product over all steps. A cell that offers this has `has_own_backward` and:

- `recurrent_weights()`: the tensors that its step multiplies states with;
- `forward_step(projected, states, weights) -> (states, kept)`; `kept_sizes`: the widths of what is kept;
- `reverse_weights(weights)`: the same as the reverse step multiplies with them, formed once;
- `backward_step(gradients, states, kept, reverse_weights) -> (delta, gradients)`: from `dL/dstates_t`, and what the forward
  step gave, to `delta = dL/da_t`, of width `delta_size`, and `dL/dstates_{t-1}`;
- `sum_gradients(delta, initial_states, states, kept, weights)`: from all steps at once, the gradient of the projection and a
  list of the weights'.
"""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import speaks_for_the_step, state_sizes
from keras_rnn_zoo.layers.time_loop import time_loop

BACKENDS = ("tensorflow", "jax")


def can_run(cell) -> bool:
    """Whether `states_through_time` knows this cell's step on this backend."""
    if keras.backend.backend() not in BACKENDS or not getattr(cell, "has_own_backward", False):
        return False
    return speaks_for_the_step(cell, "forward_step")


def states_through_time(cell, projected, initial_states, mask=None):
    """The states after every step; a masked step keeps the ones before it.

    Args:
        cell: one with an own backward pass.
        projected: `cell.project` of all inputs, `(timesteps, batch, width)`.
        initial_states: list of `(batch, size)`.
        mask: booleans `(timesteps, batch, 1)`, or `None`.

    Returns:
        A list of `(timesteps, batch, size)`.
    """
    weights = [ops.copy(ops.cast(weight, projected.dtype)) for weight in cell.recurrent_weights()]
    masks = [] if mask is None else [ops.cast(mask, projected.dtype)]
    states = len(initial_states)

    @ops.custom_gradient
    def run(projected, *tensors):
        parts = tensors[:states], tensors[states : states + len(masks)], tensors[states + len(masks) :]
        through_time, kept = _forward(cell, projected, *parts)

        def gradient(*upstream):
            together = isinstance(upstream[0], (tuple, list))  # JAX hands over the answer's structure
            return _backward(cell, upstream[0] if together else upstream, through_time, kept, *parts)

        return tuple(through_time), gradient

    return list(run(projected, *initial_states, *masks, *weights))


def _forward(cell, projected, initial_states, masks, weights):
    sizes = state_sizes(cell)

    def step(states, items):
        new, kept = cell.forward_step(items[0], states, weights)
        new = _keep_masked(items[1:], new, states)
        return new, [*new, *kept]

    _, outputs = time_loop(step, initial_states, [projected, *masks], [*sizes, *cell.kept_sizes])
    return outputs[: len(sizes)], outputs[len(sizes) :]


def _keep_masked(mask, new, old):
    return [ops.where(mask[0] > 0, n, o) for n, o in zip(new, old, strict=True)] if mask else new


def _backward(cell, upstream, through_time, kept, initial_states, masks, weights):
    reverse_weights, sizes = cell.reverse_weights(weights), (len(through_time), len(kept))

    def step(gradients, items):
        of_states, states, kept_here, mask = _parted(items, (sizes[0], *sizes, len(masks)))
        total = [g + u for g, u in zip(gradients, of_states, strict=True)]
        delta, before = cell.backward_step(total, states, kept_here, reverse_weights)
        if masks:
            return _keep_masked(mask, before, total), [delta * mask[0]]
        return before, [delta]

    start = [ops.zeros_like(state) for state in initial_states]
    sequences = [*upstream, *through_time, *kept, *masks]
    of_start, (delta,) = time_loop(step, start, sequences, [cell.delta_size], reverse=True)
    of_projection, of_weights = cell.sum_gradients(delta, initial_states, through_time, kept, weights)
    return of_projection, *of_start, *[ops.zeros_like(mask) for mask in masks], *of_weights


def _parted(items, sizes):
    """A list cut into lists of these sizes."""
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [items[end - size : end] for size, end in zip(sizes, ends, strict=True)]
