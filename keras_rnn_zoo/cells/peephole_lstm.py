"""Gates that see the memory."""

import keras

from keras_rnn_zoo.cells.lstm_switchboard import SwitchedLSTMCell, Switches


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class PeepholeLSTMCell(SwitchedLSTMCell):
    """LSTM whose gates also see the memory (Gers & Schmidhuber 2000; Graves 2013, "Generating sequences", eqs. 7-11).

    - `i_t = sigma(W_xi x_t + W_hi h_{t-1} + w_ci * c_{t-1} + b_i)`;
    - `f_t = sigma(W_xf x_t + W_hf h_{t-1} + w_cf * c_{t-1} + b_f)`;
    - `c_t = f_t * c_{t-1} + i_t * tanh(W_xc x_t + W_hc h_{t-1} + b_c)`;
    - `o_t = sigma(W_xo x_t + W_ho h_{t-1} + w_co * c_t + b_o)`: the output gate sees the new memory;
    - `h_t = o_t * tanh(c_t)`.

    x_t: `(features,)`; all others `(units,)`. `kernel` is W_x., `recurrent_kernel` W_h. and `bias` b, columns
    `i, f, c, o` as in `keras.layers.LSTM`; `peephole_i`, `peephole_f`, `peephole_o` are the vectors w_c. ("diagonal").
    They start at 0, where the cell is a Keras LSTM. States: `[h, c]`. The recurrent initializer, regularizer and
    constraint are for matrices.

    Also known as: vanilla LSTM in Greff et al. 2017 (`LSTMVariantCell(variant="V")`, the same code); the LSTM of
    Graves, who also clips the gradients inside it, which this does not. Not to be confused with full peephole matrices
    (GroundHog), or with Olah 2015's drawing, which can be read so.

    Parameters, for d features and h units: `4 (d h + h h + h) + 3 h`.

    Args:
        units: the width of the memory.
        unit_forget_bias: start the forget gate's bias at 1; `None`: where there is one.
        **options: see `Cell`; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(PeepholeLSTMCell(8))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    refuses = ("switches", "variant")

    def __init__(self, units, **options):
        super().__init__(units, Switches(), **options)
