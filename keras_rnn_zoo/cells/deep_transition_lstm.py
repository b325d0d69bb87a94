"""Depth inside the transition, of LSTM steps."""

import keras
from keras import ops

from keras_rnn_zoo.cells.deep_transition_gated import DeepTransitionGatedCell
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class DeepTransitionLSTMCell(DeepTransitionGatedCell):
    """LSTM steps on top of each other inside one time step (after Pascanu et al. 2014, with the gated transitions of
    Miceli Barone et al. 2017, "Deep architectures for neural machine translation").

    With `s_0, c_0 = h_{t-1}, c_{t-1}`, `h_t, c_t = s_L, c_L` and L transitions, of which the first reads `x^1 = x_t`
    and the others nothing, `x^l = 0`:

    - `i, f, o = sigma(W_{i,f,o} x^l + U_{i,f,o} s_{l-1} + b_{i,f,o})`;
    - `c_l = f * c_{l-1} + i * tanh(W x^l + U s_{l-1} + b)`;
    - `s_l = o * tanh(c_l)`.

    `shortcut=True`: `x^l = x_t` for all l, with a W of each transition's own. x_t: `(features,)`; h_t, c_t, s_l, i, f,
    o: `(units,)`. Each transition's columns stand in Keras's order i, f, candidate, o. `kernel` holds W, of all
    transitions with `shortcut`, `recurrent_kernel` U of the first, `transition_kernel_l` of the l-th, `bias` b of all
    transitions. L = 1 is `keras.layers.LSTM`, with its weights.

    Also known as: DT-LSTM. Not to be confused with a stack of LSTM layers, where each layer has states of its own.

    Parameters, for d features, h units and L transitions: `4 d h + L (4 h h + 4 h)`; with `shortcut`
    `4 L d h` in place of `4 d h`.

    Args:
        units: the width of each state.
        transition_depth: L; 1 is an ordinary LSTM.
        shortcut: let the input reach every transition.
        unit_forget_bias: start the forget gates' biases at 1, as Keras does; `None`: where there are biases.
        recurrent_activation: squashes the gates.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(DeepTransitionLSTMCell(8, transition_depth=3))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    gates = 4
    states_linear_maps = True

    def __init__(self, units, transition_depth=2, shortcut=False, *, unit_forget_bias=None, **options):
        super().__init__(units, transition_depth, shortcut, **options)
        self.unit_forget_bias = self.use_bias if unit_forget_bias is None else bool(unit_forget_bias)
        if self.unit_forget_bias and not self.use_bias:
            raise ZooError("unit_forget_bias=True needs use_bias=True; leave it out.")
        self.state_size = [self.units, self.units]

    def add_bias(self, name, size, initializer=None):
        return super().add_bias(name, size, self._forget_nothing if self.unit_forget_bias else initializer)

    def _forget_nothing(self, shape, dtype=None):
        blocks = [self.bias_initializer, keras.initializers.Ones(), self.bias_initializer, self.bias_initializer]
        return ops.concatenate([start((self.units,), dtype=dtype) for start in blocks * self.transition_depth])

    def transition(self, reading, read, states, recurrent_kernel, number):
        a_i, a_f, a_c, a_o = self.split(linear_map(read, recurrent_kernel, reading))
        i, f, o = (self.recurrent_activation(a) for a in (a_i, a_f, a_o))
        c = f * states[1] + i * self.activation(a_c)
        return [o * self.activation(c), c]

    def get_config(self):
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}
