"""How many units and gates are where their slope is next to nothing."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
from keras import ops, tree

from keras_rnn_zoo.gradients.tap import step_of
from keras_rnn_zoo.gradients.through_time import LayerErrors

_SATURATED = {
    "tanh": lambda y: np.abs(y) > 0.95,
    "sigmoid": lambda y: (y < 0.05) | (y > 0.95),
    "hard_sigmoid": lambda y: (y < 0.05) | (y > 0.95),
    "relu": lambda y: y == 0,
}


def saturated_shares(record: LayerErrors) -> dict[str, float]:
    """The share of a layer's units and gates that are saturated, at the real steps of a batch.

    Of tanh those beyond .95 in size, of sigmoid and hard sigmoid those below .05 or above .95, of ReLU those that are
    exactly 0 ("dead"). All steps are taken again as one batch of rows, without dropout.

    Args:
        record: what was measured of the layer.

    Returns:
        A share from 0 to 1 for each activation of the cell that is one of these: `"activation"` (the units),
        `"recurrent_activation"` (the gates, all of them together).
    """
    layer, real = record.layer, record.mask.reshape(-1)
    rows = [ops.convert_to_tensor(x.reshape(-1, x.shape[-1])) for x in (record.inputs, *record.states_before)]
    cells = getattr(layer.cell, "cells", [layer.cell])
    with _recorded(cells) as seen:
        states = tree.pack_sequence_as(layer.cell.state_size, rows[1:])
        step_of(layer)(rows[0], states if isinstance(states, (list, tuple)) else [states])
    return {attribute: float(np.mean([share[real].mean() for share in seen[attribute]])) for attribute in seen}


@contextmanager
def _recorded(cells):
    """Within it, a dictionary fills with what each activation says to rows: whether it is saturated."""
    seen, replaced = {}, []
    for cell in cells:
        for attribute in ("activation", "recurrent_activation"):
            plain = getattr(cell, attribute, None)
            if getattr(plain, "__name__", None) in _SATURATED:
                replaced.append((cell, attribute, plain))
                setattr(cell, attribute, _recorder(plain, seen.setdefault(attribute, [])))
    try:
        yield seen
    finally:
        for cell, attribute, plain in replaced:
            setattr(cell, attribute, plain)


def _recorder(plain, seen):
    def activation(x):
        y = plain(x)
        seen.append(_SATURATED[plain.__name__](ops.convert_to_numpy(ops.cast(y, "float32"))))
        return y

    return activation
