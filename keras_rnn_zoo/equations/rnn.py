"""Cells without gates."""

import math


def simple_rnn(m, cell, w, x, states):
    """Elman 1990."""
    h = m.tanh(m.matmul(x, w["kernel"]) + m.matmul(states[0], w["recurrent_kernel"]) + w["bias"])
    return h, [h]


def deep_transition(m, cell, w, x, states):
    """Pascanu et al. 2014; DT(S) with `shortcut`."""
    start, z = 0, None
    reached = m.matmul(x, w["kernel"]) + m.matmul(states[0], w["recurrent_kernel"])
    for number, width in enumerate([*cell.transition_units, cell.units], start=1):
        a = w["bias"][start : start + width]
        if number == 1 or cell.shortcut:
            a = a + reached[:, start : start + width]
        if number > 1:
            a = a + m.matmul(z, w[f"transition_kernel_{number}"])
        z = m.tanh(a)
        start += width
    return z, [z]


def clockwork_rnn(m, cell, w, x, states):
    """Koutnik et al. 2014."""
    (h, clock), n = states, cell.units // len(cell.periods)
    modules = m.split(h, len(cell.periods), axis=-1)
    new = []
    for i, period in enumerate(cell.periods):
        a = m.matmul(x, w["kernel"][:, i * n : (i + 1) * n]) + w["bias"][i * n : (i + 1) * n]
        for j in range(i, len(cell.periods)):
            a = a + m.matmul(modules[j], w[f"recurrent_kernel_{i + 1}"][(j - i) * n : (j - i + 1) * n])
        new.append(m.where(clock % period == 0, m.tanh(a), modules[i]))
    h = m.concatenate(new, axis=-1)
    return h, [h, (clock + 1) % math.lcm(*cell.periods)]


def leaky_rnn(m, cell, w, x, states):
    """Goodfellow et al. 2016, section 10.9.2."""
    a = m.sigmoid(w["leak_logit"]) if cell.leak == "learned" else cell.leak
    h = states[0]
    h = a * h + (1 - a) * m.tanh(m.matmul(h, w["recurrent_kernel"]) + m.matmul(x, w["kernel"]) + w["bias"])
    return h, [h]


def time_skip_rnn(m, cell, w, x, states):
    """Goodfellow et al. 2016, section 10.9.1."""
    a = m.matmul(states[0], w["recurrent_kernel"]) + m.matmul(states[cell.delay - 1], w["skip_kernel"])
    h = m.tanh(a + m.matmul(x, w["kernel"]) + w["bias"])
    return h, [h, *states[: cell.delay - 1]]


def output_recurrent_rnn(m, cell, w, x, states):
    """Goodfellow et al. 2016, fig. 10.4."""
    h = m.tanh(m.matmul(states[0], w["recurrent_kernel"]) + m.matmul(x, w["kernel"]) + w["bias"])
    o = w["output_bias"] + m.matmul(h, w["output_kernel"])
    return o, [o]


def irnn(m, cell, w, x, states):
    """Le et al. 2015."""
    h = m.relu(m.matmul(states[0], w["recurrent_kernel"]) + m.matmul(x, w["kernel"]) + w["bias"])
    return h, [h]


EQUATIONS = {
    "simple_rnn": simple_rnn,
    "deep_transition": deep_transition,
    "clockwork_rnn": clockwork_rnn,
    "leaky_rnn": leaky_rnn,
    "time_skip_rnn": time_skip_rnn,
    "output_recurrent_rnn": output_recurrent_rnn,
    "irnn": irnn,
}
