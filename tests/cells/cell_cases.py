"""Every cell of the zoo in the settings that its laws are tested in: `(name in the table, options)`."""

from keras_rnn_zoo import cells

SETTINGS = [
    ("simple_rnn", {}),
    ("deep_transition", {}),
    ("deep_transition", {"transition_units": [4, 6], "shortcut": True}),
    ("deep_transition", {"transition_units": [4, 6]}),
    ("lstm_1997", {}),
    ("lstm_1997", {"input_gate_bias": -1.0, "output_gate_bias": -2}),
    *[("lstm_variant", {"variant": name}) for name in ("V", "NIG", "NFG", "NOG", "NIAF", "NOAF", "NP", "CIFG", "FGR")],
    ("peephole_lstm", {}),
    ("coupled_lstm", {}),
    ("layer_norm_lstm", {}),
    ("layer_norm_lstm", {"epsilon": 0.1}),
    ("projected_lstm", {}),
    ("projected_lstm", {"projection_units": 3, "unit_forget_bias": False}),
    ("depth_gated_lstm", {}),
    ("depth_gated_lstm", {"layers": 1}),
    ("depth_gated_lstm", {"layers": 3}),
    ("cho_gru", {}),
    ("olah_gru", {}),
    ("olah_gru", {"use_bias": True}),
    ("minimal_gated_unit", {}),
    ("clockwork_rnn", {"units": 8}),
    ("clockwork_rnn", {"units": 6, "periods": [1, 3, 6]}),
    ("leaky_rnn", {}),
    ("leaky_rnn", {"leak": "learned"}),
    ("time_skip_rnn", {}),
    ("time_skip_rnn", {"delay": 2}),
    ("output_recurrent_rnn", {}),
    ("output_recurrent_rnn", {"output_units": 3}),
    ("deep_transition_gru", {}),
    ("deep_transition_gru", {"transition_depth": 3, "shortcut": True}),
    ("deep_transition_lstm", {}),
    ("deep_transition_lstm", {"transition_depth": 3, "shortcut": True}),
    ("irnn", {}),
    ("min_gru", {}),
    ("min_lstm", {}),
]
KERAS_OWN = {"lstm", "gru"}


def name_of(setting) -> str:
    name, options = setting
    return "-".join([name, *(f"{key}={value}" for key, value in options.items())])


def new_cell(setting, units=5, **options):
    name, own = setting
    return cells.get(name)(**{"units": units, **own}, **options)
