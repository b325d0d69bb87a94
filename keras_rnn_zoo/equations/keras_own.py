"""Keras's own layers, which the zoo does not run itself: written down for their cards and pictures."""


def lstm(m, cell, w, x, states):
    """Long short-term memory, with a forget gate (Gers, Schmidhuber & Cummins 2000; Hochreiter & Schmidhuber 1997).

    - `i = sigma(W_i x_t + U_i h_{t-1} + b_i)`, f and o likewise;
    - `c~ = tanh(W_c x_t + U_c h_{t-1} + b_c)`;
    - `c_t = f * c_{t-1} + i * c~`;
    - `h_t = o * tanh(c_t)`.

    x_t: `(features,)`; all others `(units,)`. `kernel` is W, `recurrent_kernel` U and `bias` b, columns `i, f, c, o`. States:
    `[h, c]`. The bias of f starts at 1 (`unit_forget_bias`).

    Also known as: LSTM with forget gates; NP in Greff et al. 2017. Not to be confused with the first LSTM, `LSTM1997Cell`,
    which cannot forget, nor with Greff's vanilla LSTM, `PeepholeLSTMCell`.

    Parameters, for d features and h units: `4 (d h + h h + h)`.
    """
    h, c = states
    a = m.matmul(x, w["kernel"]) + m.matmul(h, w["recurrent_kernel"]) + w["bias"]
    i, f, z, o = m.split(a, 4, axis=-1)
    c = m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(z)
    h = m.sigmoid(o) * m.tanh(c)
    return h, [h, c]


def gru(m, cell, w, x, states):
    """The gated recurrent unit, reset after the product (Cho et al. 2014, arXiv 1406.1078v1; the form that cuDNN computes).

    - `z = sigma(W_z x_t + U_z h_{t-1} + b_z + b'_z)`, r likewise;
    - `h~ = tanh(W_h x_t + b_h + r * (U_h h_{t-1} + b'_h))`;
    - `h_t = z * h_{t-1} + (1 - z) * h~`: z keeps the old state.

    x_t: `(features,)`; all others `(units,)`. `kernel` is W and `recurrent_kernel` U, columns `z, r, h`; the rows of `bias` are
    b and b'. State: h.

    Also known as: GRU v1, `reset_after=True`; `torch.nn.GRU`. Not to be confused with `ChoGRUCell`, which resets before the
    product, nor with `OlahGRUCell`, whose z lets the new state in.

    Parameters, for d features and h units: `3 (d h + h h + 2 h)`.
    """
    h = states[0]
    bias, recurrent_bias = w["bias"][0], w["bias"][1]
    x_z, x_r, x_h = m.split(m.matmul(x, w["kernel"]) + bias, 3, axis=-1)
    h_z, h_r, h_h = m.split(m.matmul(h, w["recurrent_kernel"]) + recurrent_bias, 3, axis=-1)
    z, r = m.sigmoid(x_z + h_z), m.sigmoid(x_r + h_r)
    candidate = m.tanh(x_h + r * h_h)
    h = z * h + (1 - z) * candidate
    return h, [h]


KERAS_OWN = {"gru": gru, "lstm": lstm}
