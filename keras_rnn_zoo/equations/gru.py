"""Cells with gates and one state."""


def gates_and_candidate(m, cell, w, x, h):
    """`z`, `r` and `tanh(W x + U (r * h) + b)` of a GRU that resets before the product."""
    b_z, b_r, b = m.split(w["bias"], 3, axis=-1) if cell.use_bias else (0.0, 0.0, 0.0)
    W_z, W_r, W = m.split(w["kernel"], 3, axis=-1)
    U_z, U_r, U = m.split(w["recurrent_kernel"], 3, axis=-1)
    z = m.sigmoid(m.matmul(x, W_z) + m.matmul(h, U_z) + b_z)
    r = m.sigmoid(m.matmul(x, W_r) + m.matmul(h, U_r) + b_r)
    return z, m.tanh(m.matmul(x, W) + m.matmul(r * h, U) + b)


def cho_gru(m, cell, w, x, states):
    """Cho et al. 2014."""
    h = states[0]
    z, candidate = gates_and_candidate(m, cell, w, x, h)
    h = z * h + (1 - z) * candidate
    return h, [h]


def olah_gru(m, cell, w, x, states):
    """Olah 2015."""
    h = states[0]
    z, candidate = gates_and_candidate(m, cell, w, x, h)
    h = (1 - z) * h + z * candidate
    return h, [h]


def minimal_gated_unit(m, cell, w, x, states):
    """Zhou et al. 2016."""
    h = states[0]
    W_f, W = m.split(w["kernel"], 2, axis=-1)
    U_f, U = m.split(w["recurrent_kernel"], 2, axis=-1)
    b_f, b = m.split(w["bias"], 2, axis=-1)
    f = m.sigmoid(m.matmul(x, W_f) + m.matmul(h, U_f) + b_f)
    h = (1 - f) * h + f * m.tanh(m.matmul(x, W) + m.matmul(f * h, U) + b)
    return h, [h]


def deep_transition_gru(m, cell, w, x, states):
    """Miceli Barone et al. 2017, in Keras's form of the GRU."""
    s, width = states[0], 3 * cell.units
    for number in range(cell.transition_depth):
        block = slice(number * width, (number + 1) * width)
        U = w["recurrent_kernel"] if number == 0 else w[f"transition_kernel_{number + 1}"]
        read = w["bias"][block]
        if number == 0 or cell.shortcut:
            read = read + m.matmul(x, w["kernel"][:, block])
        from_state = m.matmul(s, U) + w["recurrent_bias"][block]
        x_z, x_r, x_s = m.split(read, 3, axis=-1)
        s_z, s_r, s_s = m.split(from_state, 3, axis=-1)
        z, r = m.sigmoid(x_z + s_z), m.sigmoid(x_r + s_r)
        s = z * s + (1 - z) * m.tanh(x_s + r * s_s)
    return s, [s]


def deep_transition_lstm(m, cell, w, x, states):
    """The same with LSTM steps."""
    (s, c), width = states, 4 * cell.units
    for number in range(cell.transition_depth):
        block = slice(number * width, (number + 1) * width)
        U = w["recurrent_kernel"] if number == 0 else w[f"transition_kernel_{number + 1}"]
        a = m.matmul(s, U) + w["bias"][block]
        if number == 0 or cell.shortcut:
            a = a + m.matmul(x, w["kernel"][:, block])
        i, f, z, o = m.split(a, 4, axis=-1)
        c = m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(z)
        s = m.sigmoid(o) * m.tanh(c)
    return s, [s, c]


def min_gru(m, cell, w, x, states):
    """Feng et al. 2024."""
    z, candidate = m.split(m.matmul(x, w["kernel"]) + w["bias"], 2, axis=-1)
    z = m.sigmoid(z)
    h = (1 - z) * states[0] + z * candidate
    return h, [h]


def min_lstm(m, cell, w, x, states):
    """Feng et al. 2024."""
    f, i, candidate = m.split(m.matmul(x, w["kernel"]) + w["bias"], 3, axis=-1)
    f, i = m.sigmoid(f), m.sigmoid(i)
    h = f / (f + i) * states[0] + i / (f + i) * candidate
    return h, [h]


EQUATIONS = {
    "cho_gru": cho_gru,
    "olah_gru": olah_gru,
    "minimal_gated_unit": minimal_gated_unit,
    "deep_transition_gru": deep_transition_gru,
    "deep_transition_lstm": deep_transition_lstm,
    "min_gru": min_gru,
    "min_lstm": min_lstm,
}
