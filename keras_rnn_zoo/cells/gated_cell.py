"""What cells with gates have in common."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import Cell


class GatedCell(Cell):
    """A cell with `gates` blocks of `units` in its projection and its recurrent kernel.

    Args:
        units: the width of the state.
        recurrent_activation: squashes the gates.
        **options: see `Cell`.
    """

    gates = 1

    def __init__(self, units, *, recurrent_activation="sigmoid", **options):
        super().__init__(units, **options)
        self.recurrent_activation = keras.activations.get(recurrent_activation)

    @property
    def projection_size(self) -> int:
        return self.gates * self.units

    def split(self, blocks):
        """`(batch, gates * units)` as one `(batch, units)` a gate."""
        return ops.split(blocks, self.gates, axis=-1)

    def get_config(self):
        config = {
            **super().get_config(),
            "recurrent_activation": keras.activations.serialize(self.recurrent_activation),
        }
        return self.without_refused(config)
