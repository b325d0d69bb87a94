"""Cells with a protected memory."""


def sums(m, w, x, h):
    """`W x + R h + b`."""
    return m.matmul(x, w["kernel"]) + m.matmul(h, w["recurrent_kernel"]) + w["bias"]


def lstm_1997(m, cell, w, x, states):
    """Hochreiter & Schmidhuber 1997."""
    y, s = states
    net_in, net_c, net_out = m.split(sums(m, w, x, y), 3, axis=-1)
    g = 4 / (1 + m.exp(-net_c)) - 2
    s = s + m.sigmoid(net_in) * g
    h = 2 / (1 + m.exp(-s)) - 1
    y = m.sigmoid(net_out) * h
    return y, [y, s]


def lstm_variant(m, cell, w, x, states):
    """Greff et al. 2017."""
    variant, (y, c) = cell.variant, states[:2]
    order = {"NIG": "fzo", "NFG": "izo", "CIFG": "izo", "NOG": "ifz"}.get(variant, "ifzo")
    a = dict(zip(order, m.split(sums(m, w, x, y), len(order), axis=-1), strict=True))
    p = {gate: 0.0 if variant == "NP" else w[f"peephole_{gate}"] for gate in order.replace("z", "")}
    if variant == "FGR":
        r = w["gate_recurrent_kernel"]
        n = cell.units
        for column, gate in enumerate("ifo"):
            for row in range(3):
                block = r[row * n : (row + 1) * n, column * n : (column + 1) * n]
                a[gate] = a[gate] + m.matmul(states[2 + row], block)
    z = a["z"] if variant == "NIAF" else m.tanh(a["z"])
    i = m.ones_like(c) if variant == "NIG" else m.sigmoid(a["i"] + p["i"] * c)
    if variant == "NFG":
        f = m.ones_like(c)
    elif variant == "CIFG":
        f = 1 - i
    else:
        f = m.sigmoid(a["f"] + p["f"] * c)
    c = z * i + c * f
    o = m.ones_like(c) if variant == "NOG" else m.sigmoid(a["o"] + p["o"] * c)
    y = (c if variant == "NOAF" else m.tanh(c)) * o
    return y, [y, c, i, f, o] if variant == "FGR" else [y, c]


def peephole_lstm(m, cell, w, x, states):
    """Graves 2013."""
    h, c = states
    i, f, z, o = m.split(sums(m, w, x, h), 4, axis=-1)
    i, f = m.sigmoid(i + w["peephole_i"] * c), m.sigmoid(f + w["peephole_f"] * c)
    c = f * c + i * m.tanh(z)
    h = m.sigmoid(o + w["peephole_o"] * c) * m.tanh(c)
    return h, [h, c]


def coupled_lstm(m, cell, w, x, states):
    """Olah 2015."""
    h, c = states
    f, z, o = m.split(sums(m, w, x, h), 3, axis=-1)
    f = m.sigmoid(f)
    c = f * c + (1 - f) * m.tanh(z)
    h = m.sigmoid(o) * m.tanh(c)
    return h, [h, c]


def layer_norm_lstm(m, cell, w, x, states):
    """Ba, Kiros & Hinton 2016."""

    def ln(a, gain):
        mean = m.mean(a, axis=-1, keepdims=True)
        return gain * (a - mean) / m.sqrt(m.mean((a - mean) ** 2, axis=-1, keepdims=True) + cell.epsilon)

    h, c = states
    a = ln(m.matmul(h, w["recurrent_kernel"]), w["recurrent_gain"]) + ln(m.matmul(x, w["kernel"]), w["kernel_gain"])
    i, f, z, o = m.split(a + w["bias"], 4, axis=-1)
    c = m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(z)
    h = m.sigmoid(o) * m.tanh(ln(c, w["state_gain"]) + w["state_bias"])
    return h, [h, c]


def projected_lstm(m, cell, w, x, states):
    """Sak, Senior & Beaufays 2014, without peepholes."""
    h, c = states
    i, f, z, o = m.split(sums(m, w, x, h), 4, axis=-1)
    c = m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(z)
    h = m.matmul(m.sigmoid(o) * m.tanh(c), w["projection_kernel"])
    return h, [h, c]


def depth_gated_lstm(m, cell, w, x, states):
    """Yao et al. 2015, with a separate forget gate and no depth gate in the bottom layer."""
    new, below = [], None
    for layer in range(1, cell.layers + 1):
        end = "" if layer == 1 else f"_{layer}"
        h, c_before = states[2 * (cell.layers - layer) : 2 * (cell.layers - layer) + 2]
        read = m.split(m.matmul(x, w[f"kernel{end}"]) + w[f"bias{end}"], 4 if layer == 1 else 5, axis=-1)
        seen = m.split(m.matmul(h, w[f"recurrent_kernel{end}"]), 4, axis=-1)
        i, f, z, o = [r + s for r, s in zip(read, seen, strict=False)]
        c = m.sigmoid(f) * c_before + m.sigmoid(i) * m.tanh(z)
        if layer > 1:
            k = m.sigmoid(read[4] + w[f"own_peephole{end}"] * c_before + w[f"lower_peephole{end}"] * below)
            c = c + k * below
        x, below = m.sigmoid(o) * m.tanh(c), c
        new = [x, c, *new]
    return x, new


EQUATIONS = {
    "coupled_lstm": coupled_lstm,
    "depth_gated_lstm": depth_gated_lstm,
    "layer_norm_lstm": layer_norm_lstm,
    "lstm_1997": lstm_1997,
    "lstm_variant": lstm_variant,
    "peephole_lstm": peephole_lstm,
    "projected_lstm": projected_lstm,
}
