"""Where a batch first stops being finite."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.gradients.recurrences import has_recurrences
from keras_rnn_zoo.gradients.through_time import LayerErrors, gradients_through_time


def first_fault(model, x, y, sample_weight=None) -> str:
    """A sentence: the recurrent layer and the time step at which states, or on the way back errors, first are not finite.

    Args:
        model: a compiled model.
        x, y, sample_weight: one batch.
    """
    if not has_recurrences(model):
        return "It has no recurrent layer."
    records = gradients_through_time(model, x, y, sample_weight)
    return (
        _in_the_states(records)
        or _in_the_errors(records)
        or "Without dropout the batch's states and errors are finite."
    )


def _in_the_states(records: list[LayerErrors]) -> str:
    for record in records:
        steps = _faulty(record, record.states)
        if len(steps):
            t = max(steps) if record.layer.go_backwards else min(steps)
            given = "" if np.isfinite(record.inputs[t]).all() else ", as are its inputs there"
            return f"The states of {record.name} are not finite from time step {t} of {len(record.mask)} on{given}."
    return ""


def _in_the_errors(records: list[LayerErrors]) -> str:
    for record in reversed(records):
        steps = _faulty(record, record.errors)
        if len(steps):
            t = min(steps) if record.layer.go_backwards else max(steps)
            return f"The states are finite; on the way back the error of {record.name} is not from time step {t} on."
    return ""


def _faulty(record, arrays) -> np.ndarray:
    """The numbers of the steps at which a value is not finite in a row in which the step is real."""
    finite = np.all([np.isfinite(array).all(axis=-1) for array in arrays], axis=0)
    return np.flatnonzero((~finite & record.mask).any(axis=1))
