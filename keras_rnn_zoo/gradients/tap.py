"""A recurrent layer's loop with a zero added to every state, so that a loss can be differentiated with respect to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial

from keras import ops, tree

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.time_loop import time_loop


@contextmanager
def tapped(layers: dict, zeros: Callable):
    """Within it, each layer runs in such a loop; gives the list of the calls, pairs of a name and what is kept,
    filled as they are made.

    Args:
        layers: recurrent layers by name.
        zeros: from a shape and a dtype to the zeros that are added.
    """
    calls, fused = [], {}
    for name, layer in layers.items():
        layer.inner_loop = partial(_loop, layer, name, zeros, calls)
        if hasattr(layer, "use_cudnn"):  # A `Bidirectional` runs two fused kernels without asking the layers' loops.
            fused[name], layer.use_cudnn = layer.use_cudnn, False
    try:
        yield calls
    finally:
        for name, layer in layers.items():
            del layer.inner_loop
            if name in fused:
                layer.use_cudnn = fused[name]


def step_of(layer, training=False) -> Callable:
    """The layer's step: from inputs `(batch, features)` and states, as its cell takes them, to an output and states."""
    cell = layer.cell
    step = partial(cell, training=training) if getattr(cell, "_call_has_training_arg", False) else cell
    zoneout = getattr(layer, "zoneout", None)
    return zoneout.wrap(step, draws_in_inputs=training) if zoneout else step


def _loop(layer, name, zeros, calls, sequences, initial_state, mask=None, training=False):
    """What `keras.layers.RNN.inner_loop` does, and one entry more in `calls`."""
    first = tree.flatten(initial_state)
    if any(len(state.shape) != 2 for state in first):
        raise ZooError(f"{name}: the states measured are vectors (batch, units), received {[s.shape for s in first]}.")
    inputs = _in_the_order_read(layer, _with_draws(layer, sequences, training))
    real = None if mask is None else _in_the_order_read(layer, ops.cast(_first(mask), "bool")[:, :, None])
    added = [zeros((*ops.shape(inputs)[:2], state.shape[-1]), state.dtype) for state in first]
    outputs, states = _run(layer, step_of(layer, training), inputs, initial_state, real, added)
    before = [ops.concatenate([start[None], states[:-1]]) for start, states in zip(first, states, strict=True)]
    kept = {"inputs": inputs, "states": states, "states_before": before, **({} if real is None else {"mask": real})}
    kept = tree.map_structure(partial(_in_the_order_of_time, layer), kept)
    calls.append((name, {"added": added, **kept}))
    last = [state[-1] for state in states]
    return outputs[-1], ops.swapaxes(outputs, 0, 1), tree.pack_sequence_as(initial_state, last)


def _run(layer, step, inputs, initial_state, real, added):
    """The outputs `(timesteps, batch, size)`, and a list of such states."""
    count, output_size = len(added), _output_size(layer.cell)
    masks = [] if real is None else [real]

    def one(carry, items):
        before, (x, *rest) = carry[:count], items
        output, new = step(x, tree.pack_sequence_as(initial_state, before))
        states = [state + zero for state, zero in zip(tree.flatten(new), rest[len(masks) :], strict=True)]
        output = _following(output, tree.flatten(new), states)
        if masks:
            states = [ops.where(rest[0], new, old) for new, old in zip(states, before, strict=True)]
            hidden = ops.zeros_like(output) if layer.zero_output_for_mask else carry[count]
            output = ops.where(rest[0], output, hidden)
        return [*states, output], [output, *states]

    start = tree.flatten(initial_state)
    nothing = ops.zeros((ops.shape(start[0])[0], output_size), start[0].dtype)
    _, (outputs, *states) = time_loop(one, [*start, nothing], [inputs, *masks, *added])
    return outputs, states


def _following(output, new, states):
    """An output that is one of the states stays that state, so that what it receives reaches the state."""
    return next((state for plain, state in zip(new, states, strict=True) if output is plain), output)


def _output_size(cell) -> int:
    size = getattr(cell, "output_size", None)
    return int(size if isinstance(size, int) else tree.flatten(size or cell.state_size)[0])


def _with_draws(layer, sequences, training):
    """The inputs, followed by zoneout's draws where there are any."""
    zoneout = getattr(layer, "zoneout", None)
    if not (zoneout and training):
        return sequences
    draws = zoneout.draw(*ops.shape(sequences)[:2], sequences.dtype, layer.seed_generator)
    return ops.concatenate([sequences, draws], axis=-1)


def _in_the_order_read(layer, sequences):
    """`(batch, timesteps, ...)` as `(timesteps, batch, ...)`, the step that is read first in front."""
    return _in_the_order_of_time(layer, ops.swapaxes(sequences, 0, 1))


def _in_the_order_of_time(layer, steps):
    return ops.flip(steps, axis=0) if layer.go_backwards else steps


def _first(mask):
    return tree.flatten(mask)[0]
