"""What one row of `bench speed` is about."""

from __future__ import annotations

from typing import NamedTuple

from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.equations import EQUATIONS
from keras_rnn_zoo.errors import unknown_name

TIMED = sorted([*EQUATIONS, "gru", "lstm"])
_CELL_OPTIONS = {"deep_transition": {"shortcut": True}}


class SpeedCase(NamedTuple):
    """A cell at a shape, on full sequences or on padded ones.

    >>> print(SpeedCase.read("deep_transition", "32,100,64,128", masked=True))
    deep_transition(shortcut=True) 32,100,64,128, masked
    """

    cell: str
    shape: SpeedShape
    masked: bool = False

    @classmethod
    def read(cls, cell: str, shape: str, masked: bool = False) -> SpeedCase:
        """The case that these words name.

        Raises:
            ZooError: the cell is not known here, or the shape is none.
        """
        if cell not in TIMED:
            raise unknown_name("cell that is timed", cell, TIMED)
        return cls(cell, SpeedShape.read(shape), masked)

    @property
    def cell_options(self) -> dict:
        """What the cell is made with besides its width: a deep transition has its shortcut."""
        return _CELL_OPTIONS.get(self.cell, {})

    @property
    def label(self) -> str:
        """The cell with its options."""
        options = ", ".join(f"{name}={value}" for name, value in self.cell_options.items())
        return f"{self.cell}({options})" if options else self.cell

    def __str__(self):
        return f"{self.label} {self.shape}{', masked' if self.masked else ''}"


def check_width(case: SpeedCase):
    """Raises a `ZooError` for units that the cell cannot have."""
    from keras_rnn_zoo import cells

    cells.get(case.cell)(case.shape.units, **case.cell_options)
