"""Which id stands for which symbol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import takewhile

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import check_language, check_unit, join, normalize, split

PAD, UNKNOWN, START, END = range(4)
RESERVED = 4
UNKNOWN_SYMBOL = "\N{REPLACEMENT CHARACTER}"


class Vocabulary:
    """Turns text into ids and ids into text.

    Ids 0 to 3 are reserved (`PAD`, `UNKNOWN`, `START`, `END`); the symbols follow in the order given.

    Args:
        symbols: words or characters, no two alike.
        unit: what a symbol is, `"word"` or `"character"`.
        language: ISO 639 code, for the casing of `lower`.
        lower: whether texts are lowered before they are looked up.

    Raises:
        ZooError: a symbol is empty, twice there, no string, or longer than the unit; or there is none.

    >>> vocabulary = Vocabulary(["merhaba", "dünya", "!"], language="tr", lower=True)
    >>> vocabulary.encode("Merhaba güzel dünya!")
    array([4, 1, 5, 6], dtype=int32)
    >>> vocabulary.decode([2, 4, 5, 6, 3, 0])
    'merhaba dünya!'
    """

    def __init__(self, symbols: Iterable[str], unit: str = "word", language: str = "en", lower: bool = False):
        check_unit(unit)
        check_language(language)
        if not isinstance(lower, bool):
            raise ZooError(f"`lower` should be True or False, received {lower!r}.")
        self.symbols = _checked(symbols, unit)
        self.unit, self.language, self.lower = unit, language, lower
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols, start=RESERVED)}

    @property
    def size(self) -> int:
        """The number of ids, the reserved ones included: a builder's `vocabulary_size`."""
        return RESERVED + len(self.symbols)

    def __len__(self) -> int:
        return self.size

    def __eq__(self, other) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Vocabulary) else NotImplemented

    def __repr__(self) -> str:
        return f"Vocabulary({self.size} ids, unit={self.unit!r}, language={self.language!r}, lower={self.lower})"

    def tokens(self, text: str) -> list[str]:
        """The symbols that `text` is made of, known or not."""
        return split(normalize(text, self.language, self.lower), self.unit)

    def encode(self, text: str) -> np.ndarray:
        """The ids `(tokens,)`, int32, of `text`, without start and end; `UNKNOWN` where a token is not known."""
        return np.array([self._ids.get(token, UNKNOWN) for token in self.tokens(text)], dtype=np.int32)

    def unknown(self, text: str) -> list[str]:
        """The tokens of `text` that are not known, in their order."""
        return [token for token in self.tokens(text) if token not in self._ids]

    def decode(self, ids) -> str:
        """The text of `ids` up to the first `END`; `PAD` and `START` are skipped, `UNKNOWN` shows as `�`.

        Raises:
            ZooError: `ids` is not one sequence of ids below `size`.
        """
        kept = takewhile(lambda i: i != END, self._checked_ids(ids))
        return join((self._symbol(i) for i in kept if i not in (PAD, START)), self.unit)

    def _symbol(self, i: int) -> str:
        return UNKNOWN_SYMBOL if i == UNKNOWN else self.symbols[i - RESERVED]

    def _checked_ids(self, ids) -> list[int]:
        array = np.asarray(ids)
        whole = array.size == 0 or np.issubdtype(array.dtype, np.integer)
        if array.ndim != 1 or not whole or np.any((array < 0) | (array >= self.size)):
            raise ZooError(
                f"Ids should be one sequence of whole numbers from 0 to {self.size - 1}, received shape {array.shape}, "
                f"{array.dtype}: {str(array):.60}. Decode one row at a time, with the vocabulary that encoded it."
            )
        return array.tolist()

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        unit: str = "word",
        language: str = "en",
        lower: bool = False,
        max_size: int | None = None,
        min_count: int = 1,
    ) -> Vocabulary:
        """The symbols of `texts`, the most frequent first and ties in the order of the symbols.

        Args:
            texts: the training texts.
            unit, language, lower: as in the class.
            max_size: keep that many symbols (the reserved ids are not counted); all by default.
            min_count: leave out symbols that occur less often.

        Raises:
            ZooError: an argument is out of range, or no symbol is left.

        >>> Vocabulary.learn(["b a b", "a c"], min_count=2).symbols
        ('a', 'b')
        """
        for name, value in (("max_size", max_size), ("min_count", min_count)):
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise ZooError(f"`{name}` should be a whole number of at least 1, received {value!r}.")
        if isinstance(texts, str):
            raise ZooError("`texts` should be a list of strings, received one string. Pass [text].")
        counts = Counter(token for text in texts for token in split(normalize(text, language, lower), unit))
        ranked = sorted(counts, key=lambda token: (-counts[token], token))
        return cls([token for token in ranked if counts[token] >= (min_count or 1)][:max_size], unit, language, lower)

    def to_dict(self) -> dict:
        """Everything there is to know, as JSON can hold it; `from_dict` reads it back."""
        return {"unit": self.unit, "language": self.language, "lower": self.lower, "symbols": list(self.symbols)}

    @classmethod
    def from_dict(cls, values: dict) -> Vocabulary:
        """The vocabulary that `to_dict` described. A malformed dictionary is a `ZooError`."""
        expected = {"unit", "language", "lower", "symbols"}
        if not isinstance(values, dict) or set(values) != expected:
            received = sorted(map(str, values)) if isinstance(values, dict) else type(values).__name__
            raise ZooError(
                f"A vocabulary should have the keys {sorted(expected)}, received {received}. Save it with `to_dict`."
            )
        return cls(**values)


def _checked(symbols, unit: str) -> tuple[str, ...]:
    if isinstance(symbols, (str, bytes)) or not isinstance(symbols, Iterable):
        raise ZooError(f"`symbols` should be a list of strings, received {type(symbols).__name__}.")
    symbols = tuple(symbols)
    if not symbols:
        raise ZooError("A vocabulary needs at least one symbol, received none. Check the texts and `min_count`.")
    for symbol in symbols:
        if not isinstance(symbol, str) or not symbol or (unit == "character" and len(symbol) != 1):
            raise ZooError(f"A symbol of unit {unit!r} should be a {unit} as a non-empty string, received {symbol!r}.")
    if len(set(symbols)) != len(symbols):
        twice = [symbol for symbol, count in Counter(symbols).items() if count > 1]
        raise ZooError(f"Every symbol should be there once, received more than once: {twice[:5]}. Remove the repeats.")
    return symbols
