"""Omega of a layer, from what was measured of it on a batch."""

from __future__ import annotations

from keras import ops, tree

from keras_rnn_zoo.gradients.tap import step_of
from keras_rnn_zoo.gradients.through_time import LayerErrors
from keras_rnn_zoo.layers.omega import omega
from keras_rnn_zoo.layers.vjp import vjp


def omega_of(record: LayerErrors) -> float:
    """`layers.omega.omega` of a layer's errors: how far each step is from keeping their norm on the way back; 0: it does.

    For any cell, whether or not it is trained with Omega; all steps are carried back at once, without dropout.

    Args:
        record: what was measured of the layer.
    """
    cell, shape = record.layer.cell, record.inputs.shape[:2]
    step = step_of(record.layer)

    def states_after(states):
        states = tree.pack_sequence_as(cell.state_size, list(states))
        return tree.flatten(step(inputs, states if isinstance(states, (list, tuple)) else [states])[1])

    inputs, *before = [_rows(array, cell.compute_dtype) for array in (record.inputs, *record.states_before)]
    errors = [ops.convert_to_tensor(error) for error in record.errors]
    ((carried),) = vjp(states_after, [before], [_rows(error, cell.compute_dtype) for error in record.errors])
    carried = [ops.reshape(vector, (*shape, vector.shape[-1])) for vector in carried]
    return float(omega(errors, carried, ops.convert_to_tensor(record.mask[:, :, None])))


def _rows(array, dtype):
    return ops.convert_to_tensor(array.reshape(-1, array.shape[-1]), dtype)
