"""How a model writes, checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from numbers import Integral, Real

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.preprocessing.vocabulary import UNKNOWN

# Beyond these float32 cannot tell what is forbidden from what is not.
_MOST = {"length_penalty": 10.0, "coverage_penalty": 100.0, "temperature": 1e6}
_LEAST_TEMPERATURE = 1e-6


@dataclass(frozen=True)
class Options:
    """How a model writes.

    With nothing said it writes the most probable symbol each time (greedy); with a `beam_size` it searches; with a
    `temperature` it draws by chance.

    Attributes:
        max_length: how many symbols are written at most, the end symbol included.
        min_length: how many must be written before the end symbol.
        beam_size: hypotheses kept side by side (beam search); 1: greedy or sampling.
        n_best: how many of them are returned, the best first.
        length_penalty: alpha of Wu et al. 2016, `lp = ((5 + length) / 6)^alpha`; 0 prefers short answers, 1 long ones.
        coverage_penalty: beta of Wu et al. 2016, for models with attention; above 0 prefers answers that have looked at
            the whole source. Both rank the hypotheses of a beam search.
        temperature: 0: no chance; from 1e-6 to 1e6 symbols are drawn from `p^(1/temperature)`.
        top_k: draw from so many most probable symbols only. top_p: draw from the most probable symbols that together
            have this probability (nucleus sampling, Holtzman et al. 2020).
        forbidden: ids that are never written; padding and the start symbol never are.
        return_attention: return where each step looked, for models with attention.
    """

    max_length: int
    min_length: int = 0
    beam_size: int = 1
    n_best: int = 1
    length_penalty: float = 0.0
    coverage_penalty: float = 0.0
    temperature: float = 0.0
    top_k: int | None = None
    top_p: float | None = None
    forbidden: tuple[int, ...] = (UNKNOWN,)
    return_attention: bool = False

    def __post_init__(self):
        for name, least in (("max_length", 1), ("min_length", 0), ("beam_size", 1), ("n_best", 1), ("top_k", 1)):
            value = getattr(self, name)
            if name == "top_k" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
                raise ZooError(f"{name} must be a whole number of at least {least}, received {value!r}.")
        for name, most in _MOST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= value <= most:
                raise ZooError(f"{name} must be a number from 0 to {most:g}, received {value!r}.")
        if 0 < self.temperature < _LEAST_TEMPERATURE:
            raise ZooError(f"temperature must be 0 or at least {_LEAST_TEMPERATURE:g}, received {self.temperature!r}.")
        if self.top_p is not None and not (isinstance(self.top_p, Real) and 0 < self.top_p <= 1):
            raise ZooError(f"top_p must be above 0 and at most 1, received {self.top_p!r}.")
        if not isinstance(self.forbidden, (tuple, list)) or any(
            isinstance(i, bool) or not isinstance(i, Integral) for i in self.forbidden
        ):
            raise ZooError(f"forbidden must be a tuple of ids, received {self.forbidden!r}.")
        self._check_together()

    def _check_together(self):
        if self.min_length > self.max_length:
            raise ZooError(f"min_length={self.min_length} is above max_length={self.max_length}.")
        if self.n_best > self.beam_size:
            raise ZooError(f"n_best={self.n_best} needs a beam_size of at least that, received {self.beam_size}.")
        if self.beam_size > 1 and self.temperature:
            raise ZooError("Beam search draws nothing by chance: give a beam_size or a temperature, not both.")
        if (self.top_k or self.top_p) and not self.temperature:
            raise ZooError("top_k and top_p are for drawing by chance: give a temperature above 0, for instance 1.")
        if self.beam_size == 1 and (self.length_penalty or self.coverage_penalty):
            raise ZooError(
                "length_penalty and coverage_penalty rank the hypotheses of a beam: give a beam_size above 1."
            )


def options_of(max_length: int, given: dict) -> Options:
    """`Options` from keywords. An unknown one is a `ZooError` that lists them."""
    known = [field.name for field in fields(Options)]
    for name in given:
        if name not in known:
            raise unknown_name("option of writing", name, known)
    return Options(max_length, **given)
