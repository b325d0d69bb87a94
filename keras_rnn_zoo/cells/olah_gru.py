"""The gated recurrent unit as Olah drew it."""

import keras

from keras_rnn_zoo.cells.cho_gru import ChoGRUCell


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class OlahGRUCell(ChoGRUCell):
    """The gated recurrent unit whose update gate lets the new state in (Olah 2015, "Understanding LSTM networks").

    - update gate: `z_t = sigma(W_z [h_{t-1}, x_t])`;
    - reset gate: `r_t = sigma(W_r [h_{t-1}, x_t])`;
    - candidate: `h~_t = tanh(W [r_t * h_{t-1}, x_t])`;
    - state: `h_t = (1 - z_t) * h_{t-1} + z_t * h~_t`.

    x_t: `(features,)`; h_t, r_t, z_t, h~_t: `(units,)`. `kernel` and `recurrent_kernel` hold the columns of the gates
    in the order z, r, candidate, as in `ChoGRUCell`; the drawing has no biases.

    Also known as: the GRU of Bahdanau et al. 2015, Chung et al. 2014 and Karpathy, who put z on the new state, too. Not
    to be confused with `ChoGRUCell` and Keras's "gru", whose z keeps the old state: turn the sign of z's columns,
    and of its bias, to carry weights over.

    Parameters, for d features and h units: `3 (d h + h h)`; with biases `3 h` more.

    Args:
        units: the width of the state.
        use_bias: add biases, which the drawing does not have.
        **options: see `ChoGRUCell` and `Cell`.

    >>> tuple(keras.layers.RNN(OlahGRUCell(8))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    update_gate_keeps = False

    def __init__(self, units, *, use_bias=False, **options):
        super().__init__(units, use_bias=use_bias, **options)
