"""Back-propagation through time by hand: one reverse loop, then one product a weight.

Autodiff adds up a weight's gradient step by step; here the reverse loop finds `dL/da_t` alone, and each weight's gradient
is one large product over all steps. A cell that offers this has `has_own_backward` and:

- `recurrent_weights()`: the tensors that its step multiplies states with;
- `forward_step(projected, states, weights) -> (states, kept)`; `kept_sizes`: the widths of what is kept;
- `reverse_weights(weights)`: the same as the reverse step multiplies with them, formed once;
- `backward_step(gradients, states, kept, reverse_weights) -> (delta, gradients)`: from `dL/dstates_t`, and what the forward
  step gave, to `delta = dL/da_t`, of width `delta_size`, and `dL/dstates_{t-1}`;
- `sum_gradients(delta, initial_states, states, kept, weights, tangents=None)`: from all steps at once, the gradient of the
  projection and a list of the weights';
- `tangents(of_carried, states, kept, weights)`: for Omega, what `dOmega/dv_t` adds to the left factor of each product there.
"""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import speaks_for_the_step, state_sizes
from keras_rnn_zoo.layers.omega import errors_from, gradient_of_carried, zero_like_a_loss
from keras_rnn_zoo.layers.time_loop import time_loop

BACKENDS = ("tensorflow", "jax")


def can_run(cell) -> bool:
    """Whether `states_through_time` knows this cell's step on this backend."""
    if keras.backend.backend() not in BACKENDS or not getattr(cell, "has_own_backward", False):
        return False
    return speaks_for_the_step(cell, "forward_step")


def states_through_time(cell, projected, initial_states, mask=None, norm_preserving=False):
    """The states after every step; a masked step keeps the ones before it.

    Args:
        cell: one with an own backward pass.
        projected: `cell.project` of all inputs, `(timesteps, batch, width)`.
        initial_states: list of `(batch, size)`.
        mask: booleans `(timesteps, batch, 1)`, or `None`.
        norm_preserving: return a second value, a zero, through which Omega reaches the recurrent weights: their gradient
            has `dOmega` times this zero's own gradient. Added to a loss, it is scaled as the loss is.

    Returns:
        A list of `(timesteps, batch, size)`, and with `norm_preserving` a scalar.
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

        zero = [zero_like_a_loss(projected)] if norm_preserving else []
        return (*through_time, *zero), gradient

    answers = list(run(projected, *initial_states, *masks, *weights))
    return (answers[:-1], answers[-1]) if norm_preserving else answers


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
    of_states, of_omega = upstream[: sizes[0]], upstream[sizes[0] :]

    def step(gradients, items):
        of_states, states, kept_here, mask = _parted(items, (sizes[0], *sizes, len(masks)))
        total = [g + u for g, u in zip(gradients, of_states, strict=True)]
        delta, before = cell.backward_step(total, states, kept_here, reverse_weights)
        if masks:
            delta, before = delta * mask[0], _keep_masked(mask, before, total)
        return before, [delta, *(before if of_omega else [])]

    start = [ops.zeros_like(state) for state in initial_states]
    sequences = [*of_states, *through_time, *kept, *masks]
    widths = [cell.delta_size, *(state_sizes(cell) if of_omega else [])]
    of_start, (delta, *carried) = time_loop(step, start, sequences, widths, reverse=True)
    tangents = None
    if of_omega:
        errors = [errors_from(vectors, own) for vectors, own in zip(carried, of_states, strict=True)]
        of_carried = gradient_of_carried(errors, carried, masks[0] if masks else None, *of_omega)
        tangents = cell.tangents(of_carried, through_time, kept, weights)
    of_projection, of_weights = cell.sum_gradients(delta, initial_states, through_time, kept, weights, tangents)
    return of_projection, *of_start, *[ops.zeros_like(mask) for mask in masks], *of_weights


def _parted(items, sizes):
    """A list cut into lists of these sizes."""
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [items[end - size : end] for size, end in zip(sizes, ends, strict=True)]
