"""One cell of the grid of Pascanu et al. 2013, fig. 7: how a network starts, how it is trained, on which lengths."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from keras_rnn_zoo.errors import ZooError, unknown_name

UNITS, CLASSES, BATCH, LEARNING_RATE, CLIP = 50, 4, 20, 0.01, 1.0
INITS = ("sigmoid", "basic_tanh", "smart_tanh")
METHODS = ("sgd", "sgd_c", "sgd_cr")


@dataclass(frozen=True)
class Setting:
    """What one run does.

    Attributes:
        init: `"sigmoid"`, `"basic_tanh"` or `"smart_tanh"`: activation and initial weights.
        method: `"sgd"`, `"sgd_c"` (clipped by the joint norm 1) or `"sgd_cr"` (with Omega as well).
        lengths: `(low, high)`: each batch has one length from [low, high).
        seed: of weights and sequences.
        weight: Omega's; 0 for the other methods.
    """

    init: str
    method: str
    lengths: tuple[int, int]
    seed: int
    weight: float

    @property
    def identity(self) -> str:
        """Its folder below the bench's root."""
        method = f"{self.method}_{self.weight:g}" if self.method == "sgd_cr" else self.method
        return f"{self.init}/{method}/{name_of(self.lengths)}/seed_{self.seed}"

    def as_dict(self) -> dict:
        """All that decides its course."""
        return {**asdict(self), "lengths": list(self.lengths)}


def settings_of(inits, methods, lengths, seeds, weight) -> list[Setting]:
    """All combinations.

    Raises:
        ZooError: an unknown name or a length that is none.
    """
    if not math.isfinite(weight):
        raise ZooError(f"--weight must be a number, received {weight}.")
    for kind, names, known in (("--init", inits, INITS), ("--method", methods, METHODS)):
        for name in names:
            if name not in known:
                raise unknown_name(kind, name, known)
    return [
        Setting(init, method, bounds(length), seed, weight if method == "sgd_cr" else 0.0)
        for init in inits
        for method in methods
        for length in lengths
        for seed in seeds
    ]


def bounds(length: str) -> tuple[int, int]:
    """`"50"` or `"50:200"` as `(low, high)`, `high` apart.

    >>> bounds("50"), bounds("50:200")
    ((50, 51), (50, 200))
    """
    low, _, high = length.partition(":")
    try:
        found = (int(low), int(high) if high else int(low) + 1)
    except ValueError:
        found = (0, 0)
    if not 10 <= found[0] < found[1]:
        raise ZooError(f"--length must be a number from 10, or LOW:HIGH such as 50:200, received {length!r}.")
    return found


def name_of(lengths: tuple[int, int]) -> str:
    """`bounds` turned round.

    >>> name_of((50, 51)), name_of((50, 200))
    ('50', '50-199')
    """
    low, high = lengths
    return str(low) if high == low + 1 else f"{low}-{high - 1}"
