"""Depth inside the transition from one state to the next."""

from itertools import accumulate

import keras
from keras import ops

from keras_rnn_zoo.cells.activation_gradients import gradient_from_output
from keras_rnn_zoo.cells.cell import Cell, blockwise, flag, positive


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class DeepTransitionRNNCell(Cell):
    """DT-RNN and DT(S)-RNN: the step is a multilayer perceptron (Pascanu et al. 2014, "How to construct deep RNNs").

    With `z_0` absent, `z_L = h_t` and one hidden layer for each entry of `transition_units`:

    - DT: `z_1 = phi(U x_t + W h_{t-1} + b_1)`, `z_l = phi(W_l z_{l-1} + b_l)`;
    - DT(S), `shortcut=True`: input and state reach every layer, `z_l = phi(W_l z_{l-1} + S_l h_{t-1} + U_l x_t + b_l)`.

    x_t: `(features,)`; h_t: `(units,)`; z_l: `(transition_units[l-1],)`. `kernel` holds `[U_1 | ... | U_L]`,
    `recurrent_kernel` `[W | S_2 | ... | S_L]`, `transition_kernel_l` W_l, `bias` `[b_1 | ... | b_L]`; each block starts as a
    matrix of its own. The shortcut to every layer from the input is that of the authors' code.

    Also known as: deep recurrence; fig. 10.13b (DT) and 10.13c (with shortcut) of Goodfellow et al. 2016. With
    `layers.DeepOutput` above it: DOT-RNN, DOT(S)-RNN. Not to be confused with a stack of recurrent layers, where each layer
    has a state of its own.

    Parameters, for d features, h units, one hidden layer of m: DT `d m + h m + m h + m + h`;
    DT(S) `d (m + h) + h (m + h) + m h + m + h`.

    Args:
        units: the width of the state.
        transition_units: the width of the hidden layer between two states, or of each; an empty list makes a SimpleRNN.
        shortcut: let the input and the previous state reach every layer.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(DeepTransitionRNNCell(8, 16, shortcut=True))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(self, units, transition_units=None, shortcut=False, **options):
        super().__init__(units, **options)
        hidden = self.units if transition_units is None else transition_units
        hidden = list(hidden) if isinstance(hidden, (list, tuple)) else [hidden]
        self.transition_units = [positive(width, "transition_units") for width in hidden]
        self.shortcut = flag(shortcut, "shortcut")
        self.widths = [*self.transition_units, self.units]
        self._ends = list(accumulate(self.widths))

    @property
    def projection_size(self) -> int:
        return sum(self.widths) if self.shortcut else self.widths[0]

    @property
    def recurrent_weight_names(self):
        return ("recurrent_kernel", *self._transition_names)

    @property
    def _transition_names(self):
        return [f"transition_kernel_{number}" for number in range(2, len(self.widths) + 1)]

    def build(self, input_shape):
        blocks = self.widths if self.shortcut else self.widths[:1]
        reading = blockwise(self.kernel_initializer, blocks)
        recurring = blockwise(self.recurrent_initializer, blocks)
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size), reading)
        self.recurrent_kernel = self.add_recurrent_kernel(
            "recurrent_kernel", (self.units, self.projection_size), recurring
        )
        for name, below, width in zip(self._transition_names, self.widths, self.widths[1:], strict=False):
            setattr(self, name, self.add_recurrent_kernel(name, (below, width)))
        self.bias = self.add_bias("bias", sum(self.widths))

    def project(self, inputs):
        projected = ops.matmul(inputs, self.kernel)
        return projected if self.bias is None else projected + self.bias[: self.projection_size]

    def step(self, projected, states, training=False):
        h = self.drop_state(states[0], training)
        layers = self._climb(projected, h, self.recurrent_weights())
        return layers[-1], [layers[-1]]

    def _climb(self, projected, h, weights):
        """The activations of all transition layers, the new state last."""
        recurrent_kernel, transition_kernels, upper_bias = self._named(weights)
        reached = self._cut(projected + ops.matmul(h, recurrent_kernel))
        layers = [self.activation(reached[0])]
        for number, kernel in enumerate(transition_kernels, start=1):
            a = ops.matmul(layers[-1], kernel)
            if self.shortcut:
                a = a + reached[number]
            elif upper_bias is not None:
                a = a + upper_bias[self._ends[number - 1] - self._ends[0] : self._ends[number] - self._ends[0]]
            layers.append(self.activation(a))
        return layers

    def _named(self, weights):
        hidden = len(self.widths) - 1
        return weights[0], weights[1 : 1 + hidden], weights[1 + hidden] if len(weights) > 1 + hidden else None

    def _cut(self, blocks):
        """One array a layer; a DT-RNN's state reaches the first alone."""
        return ops.split(blocks, self._ends[:-1], axis=-1) if self.shortcut and len(self.widths) > 1 else [blocks]

    # The own backward pass: see layers/own_backward.py for when each of these is called.

    @property
    def has_own_backward(self) -> bool:
        """Whether `layers.Recurrent` can form the gradients in one reverse loop."""
        return gradient_from_output(self.activation) is not None

    def recurrent_weights(self):
        """What a step multiplies states with: `recurrent_kernel`, the transition kernels, a DT-RNN's upper biases."""
        weights = [getattr(self, name) for name in self.recurrent_weight_names]
        if self.bias is not None and not self.shortcut and len(self.widths) > 1:
            weights.append(self.bias[self._ends[0] :])
        return weights

    @property
    def kept_sizes(self):
        """The widths of what `forward_step` keeps for the reverse loop."""
        return self.widths[:-1]

    @property
    def delta_size(self):
        """The width of what the reverse loop finds at each step."""
        return sum(self.widths)

    def forward_step(self, projected, states, weights):
        """New states, and what the reverse loop will need."""
        *hidden, h = self._climb(projected, states[0], weights)
        return [h], hidden

    def reverse_weights(self, weights):
        """The matrices transposed, once for all reverse steps."""
        recurrent_kernel, transition_kernels, _ = self._named(weights)
        return [ops.transpose(kernel) for kernel in (recurrent_kernel, *transition_kernels)]

    def backward_step(self, gradients, states, kept, transposed):
        """`dL/da_l` of every layer, and `dL/dh_{t-1}`, from `dL/dh_t`."""
        through = gradient_from_output(self.activation)
        deltas = [through(states[0], gradients[0])]
        for kernel, z in zip(reversed(transposed[1:]), reversed(kept), strict=True):
            deltas.insert(0, through(z, ops.matmul(deltas[0], kernel)))
        delta = ops.concatenate(deltas, axis=-1) if len(deltas) > 1 else deltas[0]
        reaching = delta if self.shortcut else deltas[0]
        return delta, [ops.matmul(reaching, transposed[0])]

    def tangents(self, of_carried, states, kept, weights):
        """What Omega adds below each recurrent weight: `dOmega/dv_t` sent up through the transition, its slopes constant."""
        recurrent_kernel, transition_kernels, _ = self._named(weights)
        through = gradient_from_output(self.activation)
        dtype = of_carried[0].dtype
        reached = self._cut(ops.matmul(of_carried[0], ops.cast(recurrent_kernel, dtype))) if kept else []
        tangents = [of_carried[0]]
        for number, z in enumerate(kept):
            a = reached[number] if number == 0 or self.shortcut else 0
            if number:
                a = a + ops.matmul(tangents[-1], ops.cast(transition_kernels[number - 1], dtype))
            tangents.append(through(ops.cast(z, dtype), a))
        return tangents

    def sum_gradients(self, delta, initial_states, states, kept, weights, tangents=None):
        """The projection's gradient and each recurrent weight's, as one product over all steps; with Omega's in it where
        `tangents` are given."""
        of_projection = delta[..., : self.projection_size]
        dtype, summed = delta.dtype, delta
        first, before, below = initial_states[0], states[0][:-1], kept
        if tangents:
            first, before = _plus(first, tangents[0][0]), _plus(before, tangents[0][1:])
            below, summed = [_plus(z, q) for z, q in zip(kept, tangents[1:], strict=True)], _like(delta, tangents[0])
        reaching = summed[..., : self.projection_size]
        of_weights = [_product(before, reaching[1:]) + ops.matmul(ops.transpose(first), reaching[0])]
        for z, start, end in zip(below, self._ends[:-1], self._ends[1:], strict=True):
            of_weights.append(_product(z, summed[..., start:end]))
        if len(of_weights) < len(weights):
            of_weights.append(ops.sum(delta[..., self._ends[0] :], axis=(0, 1)))
        return of_projection, [ops.cast(gradient, dtype) for gradient in of_weights]

    def get_config(self):
        return {**super().get_config(), "transition_units": self.transition_units, "shortcut": self.shortcut}


def _product(left, right):
    """`sum_t left_t^T right_t` of `(timesteps, batch, width)` arrays."""
    return ops.einsum("tbi,tbj->ij", left, right)


def _plus(values, tangents):
    return _like(values, tangents) + tangents


def _like(values, other):
    """`values` in the precision of `other`: half precision does not hold what Omega adds."""
    return ops.cast(values, other.dtype)
