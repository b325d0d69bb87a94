"""The spectral radius of the matrices inside a recurrence."""

import keras
import numpy as np
from keras import ops

from keras_rnn_zoo.layers.weight_drop import recurrent_weight_names


def spectral_radii(layer) -> dict[str, float]:
    """The largest absolute eigenvalue of each matrix inside the recurrence, by the matrix's name.

    A matrix of several square blocks side by side, one for each gate, has one radius a block, in the order of its columns
    (Keras's LSTM: i, f, c, o; GRU: z, r, h). What is not square has no eigenvalues and is left out.

    Args:
        layer: a built `keras.layers.RNN`.

    >>> layer = keras.layers.SimpleRNN(3, recurrent_initializer=keras.initializers.Identity(0.5))
    >>> layer.build((None, None, 2))
    >>> spectral_radii(layer)
    {'recurrent_kernel': 0.5}
    """
    radii = {}
    for number, cell in enumerate(getattr(layer.cell, "cells", [layer.cell])):
        prefix = f"cell_{number + 1}/" if hasattr(layer.cell, "cells") else ""
        for name in recurrent_weight_names(cell):
            if getattr(cell, name, None) is not None:
                blocks = _blocks(ops.convert_to_numpy(getattr(cell, name)), _gates(cell))
                for block, matrix in blocks.items():
                    radii[f"{prefix}{name}{block}"] = _radius(matrix)
    return radii


def _gates(cell) -> int:
    """How many blocks of columns its gates and its candidate have."""
    keras_own = {keras.layers.LSTMCell: 4, keras.layers.GRUCell: 3}
    return getattr(cell, "gates", next((n for cls, n in keras_own.items() if isinstance(cell, cls)), 1))


def _blocks(matrix, gates) -> dict[str, np.ndarray]:
    rows, columns = matrix.shape
    if rows == columns:
        return {"": matrix}
    if columns != gates * rows:
        return {}
    return {f"[{number}]": block for number, block in enumerate(np.split(matrix, gates, axis=1))}


def _radius(matrix) -> float:
    """Not a number, where an entry of the matrix is none."""
    matrix = matrix.astype("float64")
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if np.isfinite(matrix).all() else float("nan")
