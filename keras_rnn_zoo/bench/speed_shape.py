"""The size of what is timed."""

from __future__ import annotations

import re
from typing import NamedTuple

from keras_rnn_zoo.errors import ZooError


class SpeedShape(NamedTuple):
    """Sequences `(batch, timesteps, features)` through a cell of `units`.

    >>> str(SpeedShape.read("32, 100,64,128"))
    '32,100,64,128'
    """

    batch: int
    timesteps: int
    features: int
    units: int

    @classmethod
    def read(cls, text: str) -> SpeedShape:
        """The shape that `text` names.

        Raises:
            ZooError: it does not hold four positive whole numbers.
        """
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != len(cls._fields) or not all(re.fullmatch("0*[1-9][0-9]{0,8}", part) for part in parts):
            raise ZooError(
                f"--shape must be {','.join(cls._fields)}, four positive whole numbers such as 32,100,64,128; "
                f"received {text!r}."
            )
        return cls(*map(int, parts))

    def __str__(self):
        return ",".join(map(str, self))
