"""Hazards of the dtypes."""

from __future__ import annotations

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.explanation.finding import Finding, warning
from keras_rnn_zoo.explanation.walk import layers_of, recurrent_layers_of

# The number from which on adding 1 changes nothing.
_STANDSTILL = {"float16": 2048, "bfloat16": 256}


def precision(model, seen) -> list[Finding]:
    """Layers whose cell has another dtype, states that stop counting in half precision, outputs in half precision, and
    float64 where JAX has none."""
    layers = recurrent_layers_of(model)
    return [
        *(
            _two_dtypes(path, layer)
            for path, layer in layers.items()
            if layer.compute_dtype != layer.cell.compute_dtype
        ),
        *(
            _standing_clock(path, layers[path])
            for path, reading in seen.readings.items()
            if _stops(layers[path], reading)
        ),
        *_half_outputs(model),
        *_no_float64(model),
    ]


def _two_dtypes(path, layer) -> Finding:
    text = (
        f"The layer computes in {layer.compute_dtype}, its cell in {layer.cell.compute_dtype}: states are cast at every call, "
        "and Keras's loop must run them. Give both the same dtype."
    )
    return warning(path, "dtype", text)


def _standing_clock(path, layer) -> Finding:
    dtype = layer.cell.compute_dtype
    text = (
        f"A state of the cell counts steps, and in {dtype} it stands still at {_STANDSTILL[dtype]}: count modulo the longest "
        "period, or give the cell dtype='float32'."
    )
    return warning(path, "dtype", text)


def _stops(layer, reading) -> bool:
    """Whether a state goes from 1 to 2 and from 2 to 3, but stays at the number where the dtype's ones end."""
    cell = layer.cell
    limit = _STANDSTILL.get(getattr(cell, "compute_dtype", None))
    if limit is None or isinstance(cell, keras.layers.StackedRNNCells):
        return False
    return any(
        _after(cell, number, 1, reading) == 2
        and _after(cell, number, 2, reading) == 3
        and _after(cell, number, limit, reading) == limit
        for number in range(len(state_sizes(cell)))
    )


def _after(cell, number, value, reading):
    """What the state of that number is a step after all its entries were `value`; `None` where they differ."""
    with keras.StatelessScope():
        states = [ops.zeros((1, size), cell.compute_dtype) for size in state_sizes(cell)]
        states[number] = ops.full_like(states[number], value)
        _, states = cell(ops.zeros((1, *reading.shape[2:]), cell.compute_dtype), states)
    after = ops.convert_to_numpy(ops.cast(keras.tree.flatten(states)[number], "float32"))
    return float(after.flat[0]) if (after == after.flat[0]).all() else None


def _half_outputs(model):
    for output in getattr(model, "outputs", None) or []:
        if output.dtype in _STANDSTILL:
            text = f"An output is in {output.dtype}, and so is its loss: give the last layer dtype='float32'."
            yield warning("model", "dtype", text)


def _no_float64(model):
    if keras.backend.backend() != "jax":
        return
    import jax

    wide = [path for path, layer in layers_of(model).items() if layer.compute_dtype == "float64"]
    if wide and not jax.config.jax_enable_x64:
        text = "JAX computes float64 in float32 unless told otherwise: jax.config.update('jax_enable_x64', True) first."
        yield warning(wide[0], "dtype", text)
