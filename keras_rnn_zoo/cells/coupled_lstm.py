"""One gate for forgetting and writing."""

import keras

from keras_rnn_zoo.cells.lstm_switchboard import SwitchedLSTMCell, Switches


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class CoupledLSTMCell(SwitchedLSTMCell):
    """LSTM that writes only where it forgets, `c_t = f_t * c_{t-1} + (1 - f_t) * c~_t` (Olah 2015).

    From the post "Understanding LSTM Networks":

    - `f_t = sigma(W_f x_t + R_f h_{t-1} + b_f)`;
    - `c~_t = tanh(W_c x_t + R_c h_{t-1} + b_c)`;
    - `c_t = f_t * c_{t-1} + (1 - f_t) * c~_t`;
    - `o_t = sigma(W_o x_t + R_o h_{t-1} + b_o)`;
    - `h_t = o_t * tanh(c_t)`.

    x_t: `(features,)`; all others `(units,)`. Columns of `kernel` W, `recurrent_kernel` R and `bias` b: `f, c, o`.
    States: `[h, c]`.

    Also known as: LSTM with tied or coupled gates. Not to be confused with CIFG, `LSTMVariantCell(variant="CIFG")`,
    which has peepholes and names the gate by its other end, `f_t = 1 - i_t`; or with a GRU, which has no output gate.

    Parameters, for d features and h units: `3 (d h + h h + h)`.

    Args:
        units: the width of the memory.
        unit_forget_bias: start the forget gate's bias at 1; `None`: where there is one.
        **options: see `Cell`; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(CoupledLSTMCell(8))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    refuses = ("switches", "variant")

    def __init__(self, units, **options):
        super().__init__(units, Switches(i="1 - f", peepholes=False), **options)
