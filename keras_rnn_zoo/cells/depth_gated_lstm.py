"""A stack whose memories are joined by gates."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.cells.lstm_switchboard import SwitchedLSTMCell, Switches


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class DepthGatedLSTMCell(SwitchedLSTMCell):
    """A stack of LSTMs as one cell; each memory also takes from the memory below (Yao et al. 2015, "Depth-gated LSTM").

    For each layer l from 1 to L, with `x_t^1 = x_t` and `x_t^l = h_t^{l-1}`:

    - `i_t^l = sigma(W_i^l x_t^l + R_i^l h_{t-1}^l + b_i^l)`, f_t^l and o_t^l likewise;
    - depth gate, for l > 1, `k_t^l = sigma(b_k^l + W_k^l x_t^l + w_c^l * c_{t-1}^l + w_l^l * c_t^{l-1})`;
    - `c_t^l = f_t^l * c_{t-1}^l + i_t^l * tanh(W_c^l x_t^l + R_c^l h_{t-1}^l + b_c^l) + k_t^l * c_t^{l-1}`, the last
      term for l > 1;
    - `h_t^l = o_t^l * tanh(c_t^l)`; the output is h_t^L.

    x_t: `(features,)`; all others `(units,)`. Layer 1: `kernel` W^1, `recurrent_kernel` R^1, `bias` b^1, columns
    `i, f, c, o` as in `keras.layers.LSTM`. Layer l > 1: `kernel_l` W^l and `bias_l` b^l, columns `i, f, c, o, k`,
    `recurrent_kernel_l` R^l, columns `i, f, c, o`, and the vectors `own_peephole_l` w_c^l and `lower_peephole_l` w_l^l,
    which start at 0. States: `[h^L, c^L, h^{L-1}, c^{L-1}, ..., h^1, c^1]`. Dropout drops x_t, not the h passed
    upwards; recurrent dropout drops the same units in every layer. The recurrent initializer, regularizer and
    constraint are for matrices.

    Also known as: DGLSTM. Not to be confused with the authors' code (cnn, DyNet), which couples `f = 1 - i`, has full
    peephole matrices, and lets layer 1 take from a projection of x_t; or with a plain stack of LSTMs, which has no
    `k * c` term.

    Parameters, for d features, h units, L layers: `4 (d h + h h + h) + (L - 1) (5 h h + 4 h h + 5 h + 2 h)`.

    Args:
        units: the width of every layer.
        layers: their number; 1 makes a Keras LSTM.
        unit_forget_bias: start the forget gates' bias at 1; `None`: where there is one.
        **options: see `Cell`; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(DepthGatedLSTMCell(8, layers=3))(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    states_linear_maps = True

    def __init__(self, units, *, layers=2, **options):
        super().__init__(units, Switches(peepholes=False), **options)
        self.layers = positive(layers, "layers")
        self.state_size = [self.units] * (2 * self.layers)

    @property
    def recurrent_weight_names(self):
        return ("recurrent_kernel", *(f"recurrent_kernel_{layer}" for layer in self._upper_layers))

    @property
    def _upper_layers(self):
        return range(2, self.layers + 1)

    def build(self, input_shape):
        super().build(input_shape)
        for layer in self._upper_layers:
            self._build_upper(layer)

    def _build_upper(self, layer):
        weights = {
            "kernel": self.add_kernel(f"kernel_{layer}", (self.units, 5 * self.units)),
            "recurrent_kernel": self.add_recurrent_kernel(f"recurrent_kernel_{layer}", (self.units, 4 * self.units)),
            "bias": self.add_bias(f"bias_{layer}", 5 * self.units, self.bias_start("ifcok")),
            "own_peephole": self.add_vector(f"own_peephole_{layer}", self.units, "zeros"),
            "lower_peephole": self.add_vector(f"lower_peephole_{layer}", self.units, "zeros"),
        }
        for name, weight in weights.items():
            setattr(self, f"{name}_{layer}", weight)

    def step(self, projected, states, training=False):
        *upper, h_before, c_before = states
        h, (_, c) = super().step(projected, [h_before, c_before], training)
        new = [h, c]
        for layer in self._upper_layers:
            *upper, h_before, c_before = upper
            h, c = self._climb(layer, h, c, self.drop_state(h_before, training), c_before)
            new = [h, c, *new]
        return h, new

    def _climb(self, layer, x, c_below, h_before, c_before):
        """A layer's h and c, from the layer below at this step and its own previous ones."""
        a, k = self._sums(layer, x, h_before)
        k = linear_map(c_before, self._weight("own_peephole", layer), k)
        k = linear_map(c_below, self._weight("lower_peephole", layer), k)
        c, _, _ = self.remember(a, c_before)
        c = c + self.recurrent_activation(k) * c_below
        h, _ = self.expose(a, c)
        return h, c

    def _sums(self, layer, x, h_before):
        """The sums of `i, f, c, o` by letter, and that of k without its peepholes."""
        projected = linear_map(x, self._weight("kernel", layer), self._weight("bias", layer))
        ifco, k = ops.split(projected, [4 * self.units], axis=-1)
        return self.named(linear_map(h_before, self._weight("recurrent_kernel", layer), ifco)), k

    def _weight(self, name, layer):
        return getattr(self, f"{name}_{layer}")

    def get_config(self):
        return {**super().get_config(), "layers": self.layers}
