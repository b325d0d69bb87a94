"""Depth inside the transition, of gated recurrent units."""

import keras
from keras import ops

from keras_rnn_zoo.cells.deep_transition_gated import DeepTransitionGatedCell
from keras_rnn_zoo.cells.linear_map import linear_map


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class DeepTransitionGRUCell(DeepTransitionGatedCell):
    """GRU steps on top of each other inside one time step (Miceli Barone et al. 2017, "Deep architectures for neural
    machine translation").

    With `s_0 = h_{t-1}`, `h_t = s_L` and L transitions, of which the first reads `x^1 = x_t` and the others nothing,
    `x^l = 0`:

    - `z = sigma(W_z x^l + b_z + U_z s_{l-1} + b'_z)`;
    - `r = sigma(W_r x^l + b_r + U_r s_{l-1} + b'_r)`;
    - `s~ = tanh(W x^l + b + r * (U s_{l-1} + b'))`;
    - `s_l = z * s_{l-1} + (1 - z) * s~`.

    `shortcut=True`: `x^l = x_t` for all l, with a W of each transition's own. x_t: `(features,)`; h_t, s_l, z, r:
    `(units,)`. Each transition's columns stand in the order z, r, candidate. `kernel` holds W, of all transitions with
    `shortcut`, `recurrent_kernel` U of the first, `transition_kernel_l` of the l-th, `bias` b and `recurrent_bias` b'
    of all transitions. Reset is after the product with two biases, as in `keras.layers.GRU`, which it is for L = 1;
    there `bias` and `recurrent_bias` are the two rows of Keras's bias.

    Also known as: DT-GRU, transition GRU; the gated kin of `DeepTransitionRNNCell`. Not to be confused with a stack of
    GRU layers, where each layer has a state of its own.

    Parameters, for d features, h units and L transitions: `3 d h + L (3 h h + 6 h)`; with `shortcut`
    `3 L d h` in place of `3 d h`.

    Args:
        units: the width of the state.
        transition_depth: L; 1 is an ordinary GRU.
        shortcut: let the input reach every transition.
        recurrent_activation: squashes the gates.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(DeepTransitionGRUCell(8, transition_depth=3))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    gates = 3
    states_linear_maps = True

    def build(self, input_shape):
        super().build(input_shape)
        self.recurrent_bias = self.add_bias("recurrent_bias", self.transition_depth * self.gates * self.units)

    def transition(self, reading, read, states, recurrent_kernel, number):
        width, bias = self.gates * self.units, self.recurrent_bias
        bias = bias if bias is None else bias[number * width : (number + 1) * width]
        product = linear_map(read, recurrent_kernel, bias)
        if len(reading.shape) == 1:  # A bias alone, of which the linear maps should know.
            reading = linear_map(ops.zeros_like(product), ops.ones_like(reading), reading)
        (x_z, x_r, x_s), (s_z, s_r, s_s) = self.split(reading), self.split(product)
        z, r = self.recurrent_activation(x_z + s_z), self.recurrent_activation(x_r + s_r)
        candidate = self.activation(x_s + r * s_s)
        return [z * states[0] + (1 - z) * candidate]
