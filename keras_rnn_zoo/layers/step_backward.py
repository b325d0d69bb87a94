"""Back-propagation through time for any cell: the reverse loop carries errors by the vector-Jacobian product of one step.

The weights' gradients, and Omega's, come from one product over all steps, which are one batch of rows there. The cell's
output must be its first state.
"""

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.omega import errors_from, gradient_of_carried, zero_like_a_loss
from keras_rnn_zoo.layers.time_loop import keep_masked, parted, time_loop
from keras_rnn_zoo.layers.vjp import vjp
from keras_rnn_zoo.layers.weight_drop import recurrent_weight_names


def run_through_time(cell, sequences, initial_states, mask=None, drops=()):
    """The output at every step, the states after the last, and a zero whose gradient is Omega's, see `own_backward.OwnBackward`.

    Args:
        cell: a Keras cell, built.
        sequences: inputs `(timesteps, batch, features)`.
        initial_states: list of `(batch, size)`.
        mask: booleans `(timesteps, batch, 1)`, or `None`: a masked step keeps the states before it.
        drops: an empty list: Omega and recurrent dropout do not go together.

    Returns:
        `(timesteps, batch, size)`, a list of `(batch, size)`, and a scalar.
    """
    step = Step(cell)
    masks = [] if mask is None else [ops.cast(mask, sequences.dtype)]
    states = len(initial_states)

    @ops.custom_gradient
    def run(sequences, *tensors):
        parts = parted(tensors, (states, len(masks)))
        through_time = _forward(step, sequences, *parts)

        def gradient(*upstream):
            together = isinstance(upstream[0], (tuple, list))  # JAX hands over the answer's structure
            return _backward(step, upstream[0] if together else upstream, sequences, through_time, *parts)

        return (*through_time, zero_like_a_loss(sequences)), gradient

    *through_time, zero = run(sequences, *initial_states, *masks, *step.weights())
    return through_time[0], [states[-1] for states in through_time], zero


class Step:
    """A cell's step as a function of its weights' values."""

    def __init__(self, cell):
        self.cell = cell
        self.variables = list(cell.weights)
        names = recurrent_weight_names(cell)
        recurrent = {id(getattr(cell, name)) for name in names}
        self.is_recurrent = [id(variable) in recurrent for variable in self.variables]
        self.training = {"training": False} if cell._call_has_training_arg else {}

    def weights(self):
        return [ops.copy(variable.value) for variable in self.variables]

    def __call__(self, weights, inputs, states):
        with keras.StatelessScope(list(zip(self.variables, weights, strict=True))):
            output, new = self.cell(inputs, list(states), **self.training)
        new = list(new) if isinstance(new, (list, tuple)) else [new]
        if output is not new[0]:
            raise ZooError(
                f"norm_preserving needs a cell whose output is its first state; {type(self.cell).__name__}'s is not."
            )
        return new

    def carried_back(self, weights, inputs, states, errors):
        return vjp(lambda before: self(weights, inputs, before), [states], errors)[0]


def _forward(step, sequences, initial_states, masks, weights):
    def one(states, items):
        new = keep_masked(items[1:], step(weights, items[0], states), states)
        return new, new

    return time_loop(one, initial_states, [sequences, *masks])[1]


def _backward(step, upstream, sequences, through_time, initial_states, masks, weights):
    count = len(initial_states)
    before = [_shifted(first, states) for first, states in zip(initial_states, through_time, strict=True)]

    def one(gradients, items):
        of_states, states, (inputs, *mask) = parted(items, (count, count))
        total = [g + u for g, u in zip(gradients, of_states, strict=True)]
        back = keep_masked(mask, step.carried_back(weights, inputs, states, total), total)
        return back, back

    start = [ops.zeros_like(state) for state in initial_states]
    of_start, carried = time_loop(one, start, [*upstream[:count], *before, sequences, *masks], reverse=True)
    errors = [errors_from(vectors, own) for vectors, own in zip(carried, upstream[:count], strict=True)]
    of_carried = gradient_of_carried(errors, carried, masks[0] if masks else None, upstream[count])
    errors = [error * masks[0] for error in errors] if masks else errors
    of_weights, of_inputs = _through_rows(step, weights, sequences, before, errors, of_carried)
    return of_inputs, *of_start, *[ops.zeros_like(mask) for mask in masks], *of_weights


def _shifted(first, states):
    return ops.concatenate([first[None], states[:-1]])


def _through_rows(step, weights, sequences, before, errors, of_carried):
    """The gradients of weights and inputs, all steps being rows of one batch; Omega's reaches recurrent weights alone."""
    rows = [_rows(x) for x in (sequences, *before)]
    inputs, states = rows[0], rows[1:]
    errors, of_carried = [_rows(x) for x in errors], [ops.cast(_rows(x), x.dtype) for x in of_carried]
    of_weights, (of_inputs,) = vjp(lambda w, x: step(w, x[0], states), [weights, [inputs]], errors)

    def carry(values):
        carried = step.carried_back(values, inputs, states, errors)
        return [ops.cast(vector, like.dtype) for vector, like in zip(carried, of_carried, strict=True)]

    (of_omega,) = vjp(carry, [weights], of_carried)
    of_weights = [
        plain + more if recurrent else plain
        for plain, more, recurrent in zip(of_weights, of_omega, step.is_recurrent, strict=True)
    ]
    return of_weights, ops.reshape(of_inputs, ops.shape(sequences))


def _rows(sequences):
    return ops.reshape(sequences, (-1, sequences.shape[-1]))
