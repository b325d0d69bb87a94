"""Small models of every pattern in every pair of settings, and inputs for them."""

import numpy as np

import keras_rnn_zoo as zoo
from keras_rnn_zoo.layers.pooling import POOLING
from keras_rnn_zoo.layers.rnn_decoder import CONDITIONINGS
from tests.contract.pairwise import pairwise
from tests.own_cell import OwnCell

SEQUENCE_PATTERNS = ("one_to_many", "many_to_one", "many_to_many_aligned", "many_to_many_unaligned")
CELLS = ("simple_rnn", "lstm", "gru", "own", "projected_lstm", "clockwork_rnn")
SYMBOLS, FEATURES, OUTPUTS = 7, 3, 6
PADDING = -1.0


def _allowed(case):
    if case["pattern"] == "one_to_many" and (case["bidirectional"] or not case["symbols"]):
        return False
    return not (case["skip_connections"] == "residual" and case["layers"] == 1)


CASES = pairwise(
    {
        "pattern": SEQUENCE_PATTERNS,
        "cell": CELLS,
        "bidirectional": (False, True),
        "skip_connections": (None, "input", "residual"),
        "layers": (1, 2),
        "symbols": (True, False),
    },
    _allowed,
)
SETTINGS = ("cell", "bidirectional", "skip_connections", "layers", "symbols", "attention")
CASES += [
    {"pattern": "many_to_many_unaligned", **dict(zip(SETTINGS, values, strict=True))}
    for values in (
        ("gru", True, None, 1, True, "bahdanau"),
        ("own", False, "residual", 2, False, "bahdanau"),
        ("lstm", False, "input", 2, True, "luong_dot"),
        ("projected_lstm", True, "residual", 2, True, "luong_general"),
        ("clockwork_rnn", True, None, 1, False, "luong_concat"),
    )
]


def case_name(case) -> str:
    return "-".join(str(value) for value in case.values())


def build(case):
    """The model of `case`, with weights large enough for its answers to differ."""
    model = _untouched(case)
    rng = np.random.default_rng(3)
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def _untouched(case):
    units = (8,) * case["layers"]
    options = {
        "cell": OwnCell if case["cell"] == "own" else case["cell"],
        "skip_connections": case["skip_connections"],
        "name": case["pattern"],
    }
    if case["pattern"] == "one_to_many":
        conditioning = CONDITIONINGS[CASES.index(case) % len(CONDITIONINGS)]
        return zoo.build_one_to_many((FEATURES,), OUTPUTS, units, embedding_dim=4, conditioning=conditioning, **options)
    options["bidirectional"] = case["bidirectional"]
    if case["symbols"]:
        shape, options["vocabulary_size"], options["embedding_dim"] = (None,), SYMBOLS, 4
    else:
        shape, options["mask_value"] = (None, FEATURES), PADDING
    if case["pattern"] == "many_to_many_unaligned":
        options["decoder_embedding_dim"] = 3
        options["reverse_source"] = CASES.index(case) % 2 == 0
        options["attention"] = case.get("attention")
        conditionings = ("initial_state",) if options["attention"] else ("initial_state", "input", "both")
        options["conditioning"] = conditionings[CASES.index(case) % len(conditionings)]
        copies = options["conditioning"] != "input" and not case["bidirectional"]
        options["bridge"] = "copy" if copies else "dense"
    if case["pattern"] == "many_to_one":
        options["pooling"] = POOLING[CASES.index(case) % len(POOLING)]
    return zoo.builders.PATTERNS[case["pattern"]](shape, OUTPUTS, units, **options)


def inputs_and_targets(case, lengths=(5, 3), padded_to=None, seed=0):
    """Rows of the given lengths, right-padded to `padded_to` steps (by default to the longest)."""
    rng = np.random.default_rng(seed)
    rows = [_row(case, rng, length) for length in lengths]
    steps = padded_to or max(lengths)
    targets = [rng.integers(1, OUTPUTS, length) for length in lengths]
    previous = _stack([np.r_[1, target[:-1]] for target in targets], steps, 0)
    contexts = rng.normal(size=(len(lengths), FEATURES)).astype("float32")
    sequences = _stack(rows, steps, 0 if case["symbols"] else PADDING)
    if case["pattern"] == "many_to_one":
        return sequences, np.array([target[0] for target in targets], "int32")
    inputs = {
        "one_to_many": {"context": contexts, "previous": previous},
        "many_to_many_aligned": sequences,
        "many_to_many_unaligned": {"source": sequences, "previous": previous},
    }[case["pattern"]]
    return inputs, _stack(targets, steps, 0)


def _row(case, rng, length):
    if case["symbols"]:
        return rng.integers(1, SYMBOLS, length)
    return rng.normal(size=(length, FEATURES)).astype("float32")


def _stack(rows, steps, padding):
    dtype = "float32" if rows[0].dtype.kind == "f" else "int32"
    stacked = np.full((len(rows), steps, *rows[0].shape[1:]), padding, dtype)
    for number, row in enumerate(rows):
        stacked[number, : len(row)] = row
    return stacked
