"""What every vocabulary has in common: the reserved ids, and ids to text up to the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import takewhile

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import check_language, check_lower, check_unit, normalize

PAD, UNKNOWN, START, END = range(4)
RESERVED = 4
UNKNOWN_SYMBOL = "\N{REPLACEMENT CHARACTER}"


class BaseVocabulary(ABC):
    """Turns text into ids and ids into text.

    Ids 0 to 3 are reserved (`PAD`, `UNKNOWN`, `START`, `END`); the symbols follow. A subclass says which units it is
    for (`UNITS`), what it is made from besides the unit (`ARGUMENTS`), and how text and symbols become each other.

    Args:
        unit: what a symbol is. language: ISO 639 code, for the casing of `lower`.
        lower: whether texts are lowered before they are looked up.
    """

    UNITS: tuple[str, ...]
    ARGUMENTS: tuple[str, ...]

    def __init__(self, unit: str, language: str, lower: bool):
        check_unit(unit, self.UNITS)
        check_language(language)
        check_lower(lower)
        self.unit, self.language, self.lower = unit, language, lower

    @property
    @abstractmethod
    def size(self) -> int:
        """The number of ids, the reserved ones included: a builder's `vocabulary_size`."""

    @abstractmethod
    def tokens(self, text: str) -> list[str]:
        """The symbols that `text` is made of, known or not."""

    @abstractmethod
    def encode(self, text: str) -> np.ndarray:
        """The ids `(tokens,)`, int32, of `text`, without start and end; `UNKNOWN` where a token is not known."""

    @abstractmethod
    def _text(self, ids: Iterable[int]) -> str:
        """The text of ids that may hold `UNKNOWN`, but no other reserved one."""

    @abstractmethod
    def to_dict(self) -> dict:
        """Everything there is to know, as JSON can hold it; `vocabulary_from_dict` reads it back."""

    @classmethod
    def from_dict(cls, values: dict) -> BaseVocabulary:
        """The vocabulary that `to_dict` described. A malformed dictionary is a `ZooError`."""
        expected = {"unit", *cls.ARGUMENTS}
        if not isinstance(values, dict) or set(values) != expected:
            received = sorted(map(str, values)) if isinstance(values, dict) else type(values).__name__
            raise ZooError(
                f"A vocabulary should have the keys {sorted(expected)}, received {received}. Save it with `to_dict`."
            )
        check_unit(values["unit"], cls.UNITS)
        return cls(**{name: values[name] for name in cls.ARGUMENTS})

    def encode_tokens(self, tokens: Iterable[str]) -> np.ndarray:
        """One id for each of what was cut into tokens already, `(tokens,)`, int32; `UNKNOWN` where one has no id of its own."""
        encoded = [self.encode(token) for token in tokens]
        return np.array([ids[0] if len(ids) == 1 else UNKNOWN for ids in encoded], dtype=np.int32)

    @property
    def opening(self) -> str:
        """What a text begins with where nothing is given: a line feed or, where that is no symbol, the first symbol."""
        return "\n" if len(self.encode("\n")) else self._text([RESERVED])

    def unknown(self, text: str) -> list[str]:
        """The tokens of `text` that are not known, in their order."""
        return [token for token, i in zip(self.tokens(text), self.encode(text)) if i == UNKNOWN]

    def decode(self, ids) -> str:
        """The text of `ids` up to the first `END`; `PAD` and `START` are skipped, `UNKNOWN` shows as `�`.

        Raises:
            ZooError: `ids` is not one sequence of ids below `size`.
        """
        kept = takewhile(lambda i: i != END, self._checked_ids(ids))
        return self._text(i for i in kept if i not in (PAD, START))

    def __len__(self) -> int:
        return self.size

    def __eq__(self, other) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, BaseVocabulary) else NotImplemented

    def __repr__(self) -> str:
        about = f"{self.size} ids, unit={self.unit!r}, language={self.language!r}, lower={self.lower}"
        return f"{type(self).__name__}({about})"

    def _normalized(self, text: str) -> str:
        return normalize(text, self.language, self.lower)

    def _checked_ids(self, ids) -> list[int]:
        array = np.asarray(ids)
        whole = array.size == 0 or np.issubdtype(array.dtype, np.integer)
        if array.ndim != 1 or not whole or np.any((array < 0) | (array >= self.size)):
            raise ZooError(
                f"Ids should be one sequence of whole numbers from 0 to {self.size - 1}, received shape {array.shape}, "
                f"{array.dtype}: {str(array):.60}. Decode one row at a time, with the vocabulary that encoded it."
            )
        return array.tolist()


def check_limits(texts, max_size: int | None, min_count: int) -> None:
    """Raises a `ZooError` unless `texts` are several and the limits of what is learnt from them whole numbers."""
    for name, value in (("max_size", max_size), ("min_count", min_count)):
        optional = name == "max_size" and value is None
        if not optional and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise ZooError(f"`{name}` should be a whole number of at least 1, received {value!r}.")
    if isinstance(texts, str):
        raise ZooError("`texts` should be a list of strings, received one string. Pass [text].")
    if not isinstance(texts, Iterable):
        raise ZooError(f"`texts` should be a list of strings, received {type(texts).__name__}.")
