"""The LSTM with one part changed at a time."""

import keras

from keras_rnn_zoo.cells.lstm_switchboard import SwitchedLSTMCell, Switches
from keras_rnn_zoo.errors import unknown_name

VARIANTS = {
    "V": Switches(),
    "NIG": Switches(i="1"),
    "NFG": Switches(f="1"),
    "NOG": Switches(o="1"),
    "NIAF": Switches(squashed_input=False),
    "NOAF": Switches(squashed_output=False),
    "NP": Switches(peepholes=False),
    "CIFG": Switches(f="1 - i"),
    "FGR": Switches(gate_recurrence=True),
}


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LSTMVariantCell(SwitchedLSTMCell):
    """The vanilla LSTM and its eight variants (Greff et al. 2017, "LSTM: A search space odyssey").

    Vanilla, `"V"`:

    - block input `z_t = tanh(W_z x_t + R_z h_{t-1} + b_z)`;
    - input gate `i_t = sigma(W_i x_t + R_i h_{t-1} + p_i * c_{t-1} + b_i)`;
    - forget gate `f_t = sigma(W_f x_t + R_f h_{t-1} + p_f * c_{t-1} + b_f)`;
    - cell `c_t = z_t * i_t + c_{t-1} * f_t`;
    - output gate `o_t = sigma(W_o x_t + R_o h_{t-1} + p_o * c_t + b_o)`;
    - block output `h_t = tanh(c_t) * o_t` (y_t in the paper).

    One change each: `"NIG"` no input gate, `i_t = 1`; `"NFG"` no forget gate, `f_t = 1`; `"NOG"` no output gate,
    `o_t = 1`; `"NIAF"` no input activation, z_t without tanh; `"NOAF"` no output activation, `h_t = c_t * o_t`; `"NP"`
    no peepholes; `"CIFG"` coupled gates, `f_t = 1 - i_t`; `"FGR"` full gate recurrence, each of the three gates sees
    `R_i' i_{t-1} + R_f' f_{t-1} + R_o' o_{t-1}` with matrices of its own, nine in all.

    x_t: `(features,)`; all others `(units,)`. Columns of `kernel` W, `recurrent_kernel` R and `bias` b: `i, f, c, o` as
    in `keras.layers.LSTM` (c is z), less the gate that the variant lacks: NIG `f, c, o`; NFG and CIFG `i, c, o`; NOG
    `i, f, c`. `peephole_i`, `peephole_f` and `peephole_o` are vectors; they start at 0, where V is a Keras LSTM.
    `gate_recurrent_kernel` of FGR: rows `i, f, o` of t-1, columns `i, f, o` of t. States: `[h, c]`, of FGR
    `[h, c, i, f, o]`. Recurrent dropout drops h_{t-1} alone; the recurrent initializer, regularizer and constraint are
    for matrices.

    Also known as: V is the peephole LSTM, NP the LSTM of Keras, NFG a 1997 LSTM with peepholes and tanh. Not to be
    confused with `CoupledLSTMCell`, a CIFG without peepholes, or with the paper's set-up, which starts all biases
    alike: `unit_forget_bias=False`.

    Parameters, for d features and h units: V, NIAF, NOAF `4 (d h + h h + h) + 3 h`; NP `4 (d h + h h + h)`; NIG, NFG,
    NOG, CIFG `3 (d h + h h + h) + 2 h`; FGR `4 (d h + h h + h) + 3 h + 9 h h`.

    Args:
        units: the width of the memory.
        variant: `"V"`, `"NIG"`, `"NFG"`, `"NOG"`, `"NIAF"`, `"NOAF"`, `"NP"`, `"CIFG"` or `"FGR"`.
        unit_forget_bias: start the forget gate's bias at 1, the input gate's of CIFG at -1; `None`: where there is one.
        **options: see `Cell`; `recurrent_activation` squashes the gates.

    >>> tuple(keras.layers.RNN(LSTMVariantCell(8, variant="FGR"))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(self, units, *, variant="V", unit_forget_bias=None, **options):
        if not isinstance(variant, str) or variant not in VARIANTS:
            raise unknown_name("variant", variant, VARIANTS)
        super().__init__(units, VARIANTS[variant], unit_forget_bias=unit_forget_bias, **options)
        self.variant = variant

    def get_config(self):
        return {**super().get_config(), "variant": self.variant}
