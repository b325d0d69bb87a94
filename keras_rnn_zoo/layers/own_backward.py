"""Back-propagation through time by hand: one reverse loop, then one product for each kernel.

Autodiff adds up a kernel's gradient step by step. Here the forward loop keeps what the cell's linear maps and activations
gave; the reverse loop passes back through the step without forming them again, and finds `delta`, the loss's gradient at each
map's answer; then each kernel's gradient is one large product over all steps, `sum_t x_t^T delta_t`. It serves every cell with
`states_linear_maps`, see `cells.linear_map`, and Keras's own, see `cells.keras_cells`. Omega is an addition to `x_t` in that
product, see `layers.omega`.
"""

import keras
from keras import ops, tree

from keras_rnn_zoo.cells.cell import speaks_for_the_step, state_sizes
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.cell_step import CellStep, holds_its_weights, without_repetition
from keras_rnn_zoo.layers.compiled_loop import as_it_is
from keras_rnn_zoo.layers.omega import gradient_of_carried, zero_like_a_loss
from keras_rnn_zoo.layers.time_loop import items_of, keep_masked, outputs_of, parted, read_by, time_loop
from keras_rnn_zoo.layers.vjp import BACKENDS, vjp


def can_run(cell) -> bool:
    """Whether `OwnBackward` knows this cell's step on this backend."""
    if keras.backend.backend() not in BACKENDS or not getattr(cell, "states_linear_maps", False):
        return False
    return speaks_for_the_step(cell, "states_linear_maps") and holds_its_weights(cell)


class OwnBackward:
    """A cell along time, with this backward pass. One of them serves several parts of a batch, with the same programs.

    Args:
        cell: one that `can_run` names.
        around: what the two loops are wrapped into, see `layers.compiled_loop`.
    """

    def __init__(self, cell, around=as_it_is):
        self.step = CellStep(cell)
        self.weights = self.step.weights()
        self.states = len(state_sizes(cell))
        self.forward_loop, self.reverse_loop = around(self._forward_loop), around(self._reverse_loop)

    def __call__(self, projected, initial_states, mask=None, drops=(), omega=False):
        """The output at every step and the states after the last; a masked step keeps the states before it.

        Args:
            projected: `cell.project` of all inputs, `(timesteps, batch, width)`.
            initial_states: list of `(batch, size)`.
            mask: booleans `(timesteps, batch, 1)`, or `None`: all calls of one object have a mask, or none has.
            drops: a list with the recurrent dropout's mask `(batch, units)`, if there is one.
            omega: return a third value, a zero, through which Omega reaches the kernels inside the recurrence: their
                gradient has `dOmega` times this zero's own gradient. Added to a loss, it is scaled as the loss is.

        Returns:
            `(timesteps, batch, size)`, a list of `(batch, size)`, and with `omega` a scalar.
        """
        masks = [] if mask is None else [ops.cast(mask, projected.dtype)]
        self.masks, self.omega = len(masks), omega
        sizes = self.states, len(masks), len(drops)

        @ops.custom_gradient
        def run(projected, *tensors):
            given = projected, *parted(tensors, sizes)
            outputs, last, kept = self._forward(*given)

            def gradient(*upstream):
                together = isinstance(upstream[0], (tuple, list))  # JAX hands over the answer's structure
                return _of_first_order(*self._backward(upstream[0] if together else upstream, kept, *given))

            return (outputs, *last, *([zero_like_a_loss(projected)] if omega else [])), gradient

        outputs, *last = run(projected, *initial_states, *masks, *drops, *self.weights)
        return (outputs, last[:-1], last[-1]) if omega else (outputs, last)

    def _forward(self, projected, initial, masks, drops, weights):
        """The outputs, the last states, and what is kept: all states, and what the linear maps and the activations gave; where
        the way back does not read it, the outputs stand in its place."""
        found, last = self.forward_loop([projected, *masks], [*initial, *drops], weights)
        states, answers, activated = parted([found[place] for place in self.places], (self.states, self.maps))
        return states[0], last, (states, answers, activated)

    def _forward_loop(self, timesteps, sequences, rows, weights):
        initial, drops = parted(rows, (self.states,))

        def one(states, items):
            new, answers, activated = self.step.forward(weights, drops, items[0], states)
            self.maps = len(answers)
            new = keep_masked(items[1:], new, states)
            return new, [*new, *answers, *activated]

        def one_kept(states, items):
            new, values = one(states, items)
            kept, self.places = without_repetition(self._worth_keeping(values))
            return new, kept

        self.reading = self._look_ahead(one, initial, sequences, weights, drops)
        last, found = time_loop(one_kept, initial, sequences, timesteps=timesteps)
        return found, last

    def _look_ahead(self, forward_step, initial, sequences, weights, drops):
        """The width of each thing that a reverse step may be given, and whether it reads it; nothing where the whole program is
        compiled and what is not read goes of itself."""
        if keras.backend.backend() != "tensorflow":
            return []
        given = items_of(sequences)
        items = [initial[0], *given, *initial, *outputs_of(forward_step, initial, given)[self.states :]]

        def back(errors, items):
            kernels, _ = self.step.operands(weights, drops, items[1], initial)
            return self._reverse_step(weights, drops, [ops.transpose(kernel) for kernel in kernels])(errors, items)

        return [(x.shape[-1], is_read) for x, is_read in zip(items, read_by(back, initial, items), strict=True)]

    def _worth_keeping(self, values):
        """The states, for the products over all steps, and what a reverse step reads, or Omega: this needs every answer."""
        if self.omega or not self.reading:
            return values
        states, others = parted(values, (self.states,))
        reading = self.reading[len(self.reading) - len(others) :]
        return states + [value if is_read else states[0] for value, (_, is_read) in zip(others, reading, strict=True)]

    def _backward(self, upstream, kept, projected, initial, masks, drops, weights):
        """The gradients of the projected input, the first states, the masks, the drops and the weights."""
        (of_outputs, *of_last), of_omega = parted(upstream, (1 + self.states,))
        states, answers, activated = kept
        before = [ops.concatenate([first[None], after[:-1]]) for first, after in zip(initial, states, strict=True)]
        at_first = drops, projected[0], initial
        kernels, biases = self.step.operands(weights, *at_first)
        transposed = [ops.transpose(kernel) for kernel in kernels]
        sequences = [of_outputs, projected, *masks, *before, *answers, *activated]
        if self.reading:
            sequences = [x for x, (_, is_read) in zip(sequences, self.reading, strict=True) if is_read]
        found, of_start = self.reverse_loop(sequences, [*of_last, *drops], [*weights, *transposed])
        of_projected, deltas, inputs, errors = self.layout.read(found, before)
        if of_omega:
            at_all = projected, before, answers
            inputs = self._with_omega(inputs, masks, weights, kernels, errors, at_all, *of_omega)
        of_weights = self._of_weights(inputs, deltas, kernels, biases, weights, at_first)
        return of_projected, *of_start, *[ops.zeros_like(x) for x in (*masks, *drops)], *of_weights

    def _reverse_loop(self, timesteps, sequences, rows, weights):
        of_last, drops = parted(rows, (self.states,))
        weights, transposed = parted(weights, (len(self.weights),))
        step = self._reverse_step(weights, drops, transposed)

        def one(errors, items):
            """With zeros for what no step reads: most of what is kept is needed by some cells alone."""
            if not self.reading:
                return step(errors, items)
            read, rows, dtype = iter(items), ops.shape(errors[0])[0], errors[0].dtype
            return step(
                errors, [next(read) if is_read else ops.zeros((rows, width), dtype) for width, is_read in self.reading]
            )

        of_start, found = time_loop(one, of_last, sequences, reverse=True, timesteps=timesteps)
        return found, of_start

    def _reverse_step(self, weights, drops, transposed):
        def one(errors, items):
            (of_output, projected), mask, *kept = parted(items, (2, self.masks, self.states, self.maps))
            errors = [errors[0] + of_output, *errors[1:]]
            back = self.step.backward(weights, drops, transposed, projected, *kept, errors)
            of_before, deltas, inputs, self.layout = back
            of_before = keep_masked(mask, of_before, errors)
            deltas = [delta * mask[0] for delta in deltas] if mask else deltas
            return of_before, [*deltas, *inputs, *([*errors, *of_before] if self.omega else [])]

        return one

    def _with_omega(self, inputs, masks, weights, kernels, errors, at_all, weight):
        """What each matrix multiplied, and Omega's addition to it, in at least single precision."""
        errors, carried = errors
        of_carried = gradient_of_carried(errors, carried, *(masks or [None]), weight)
        errors = [error * masks[0] for error in errors] if masks else errors
        wide = of_carried[0].dtype

        def rows(nested):
            return tree.map_structure(lambda x: ops.reshape(ops.cast(x, wide), (-1, x.shape[-1])), nested)

        weights, transposed = ([ops.cast(x, wide) for x in given] for given in (weights, map(ops.transpose, kernels)))
        tangents = self.step.tangents(weights, [], transposed, *rows(at_all), *rows((errors, of_carried)))
        return [
            x if len(kernel.shape) == 1 else ops.cast(x, wide) + ops.reshape(tangent, ops.shape(x))
            for x, kernel, tangent in zip(inputs, kernels, tangents, strict=True)
        ]

    def _of_weights(self, inputs, deltas, kernels, biases, weights, at_first):
        """The weights' gradients, from those of the kernels and biases that are made of them."""
        self.step.check(weights, *at_first)
        of_kernels = [_of_kernel(*of_map) for of_map in zip(kernels, inputs, deltas, strict=True)]
        of_biases = [_of_bias(bias, delta) for bias, delta in zip(biases, deltas, strict=True) if bias is not None]

        def operands(weights):
            kernels, biases = self.step.operands(weights, *at_first)
            return [*kernels, *(bias for bias in biases if bias is not None)]

        return vjp(operands, [weights], [*of_kernels, *of_biases])[0]


def _of_first_order(*gradients):
    """The same, not to be differentiated again on TensorFlow: what was kept would be taken for constant there."""
    if keras.backend.backend() != "tensorflow":
        return gradients

    @ops.custom_gradient
    def run(*gradients):
        def refuse(*_):
            raise ZooError("The own backward pass has no gradients of gradients: give the recurrent layer way='loop'.")

        return tuple(map(ops.copy, gradients)), refuse

    return run(*gradients)


def _of_kernel(kernel, inputs, delta):
    """`sum_t x_t^T delta_t`, for a vector on a diagonal `sum_t x_t delta_t`."""
    delta = ops.cast(delta, inputs.dtype)
    equation = "tbi,tbi->i" if len(kernel.shape) == 1 else "tbi,tbj->ij"
    return ops.cast(ops.einsum(equation, inputs, delta), kernel.dtype)


def _of_bias(bias, delta):
    return ops.sum(delta, axis=(0, 1) if len(bias.shape) == 1 else 0)
