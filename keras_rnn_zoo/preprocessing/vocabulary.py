"""Which id stands for which symbol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import END as END
from keras_rnn_zoo.preprocessing.base import PAD as PAD
from keras_rnn_zoo.preprocessing.base import RESERVED, UNKNOWN, UNKNOWN_SYMBOL, BaseVocabulary, check_limits
from keras_rnn_zoo.preprocessing.base import START as START
from keras_rnn_zoo.preprocessing.byte import ByteVocabulary
from keras_rnn_zoo.preprocessing.subword import SubwordVocabulary
from keras_rnn_zoo.preprocessing.text import SYMBOL_UNITS, check_unit, join, normalize, split


class Vocabulary(BaseVocabulary):
    """Turns text into the ids of its words, characters or tokens and back.

    Ids 0 to 3 are reserved (`PAD`, `UNKNOWN`, `START`, `END`); the symbols follow in the order given.

    Args:
        symbols: words, characters or tokens, no two alike.
        unit: what a symbol is, `"word"`, `"character"` or `"token"` (what stands between spaces).
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

    UNITS, ARGUMENTS = SYMBOL_UNITS, ("symbols", "unit", "language", "lower")

    def __init__(self, symbols: Iterable[str], unit: str = "word", language: str = "en", lower: bool = False):
        super().__init__(unit, language, lower)
        self.symbols = _checked(symbols, unit)
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols, start=RESERVED)}

    @property
    def size(self) -> int:
        """The number of ids, the reserved ones included: a builder's `vocabulary_size`."""
        return RESERVED + len(self.symbols)

    def tokens(self, text: str) -> list[str]:
        """The symbols that `text` is made of, known or not."""
        return split(self._normalized(text), self.unit)

    def encode(self, text: str) -> np.ndarray:
        """The ids `(tokens,)`, int32, of `text`, without start and end; `UNKNOWN` where a token is not known."""
        return self._looked_up(self.tokens(text))

    def encode_tokens(self, tokens: Iterable[str]) -> np.ndarray:
        """The ids `(tokens,)`, int32, of what was cut into tokens already, each looked up whole."""
        return self._looked_up(map(self._normalized, tokens))

    def _looked_up(self, tokens: Iterable[str]) -> np.ndarray:
        return np.array([self._ids.get(token, UNKNOWN) for token in tokens], dtype=np.int32)

    def with_symbols(self, added: Iterable[str]) -> Vocabulary:
        """The same with `added`, which it does not know, behind its symbols."""
        return Vocabulary((*self.symbols, *added), self.unit, self.language, self.lower)

    def to_dict(self) -> dict:
        """Everything there is to know, as JSON can hold it; `vocabulary_from_dict` reads it back."""
        return {"unit": self.unit, "language": self.language, "lower": self.lower, "symbols": list(self.symbols)}

    def _text(self, ids: Iterable[int]) -> str:
        return join((UNKNOWN_SYMBOL if i == UNKNOWN else self.symbols[i - RESERVED] for i in ids), self.unit)

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
        check_limits(texts, max_size, min_count)
        counts = Counter(token for text in texts for token in split(normalize(text, language, lower), unit))
        return cls(_commonest(counts, max_size, min_count), unit, language, lower)

    @classmethod
    def of_words(
        cls,
        sentences: Iterable[Iterable[str]],
        language: str = "en",
        lower: bool = False,
        max_size: int | None = None,
        min_count: int = 1,
    ) -> Vocabulary:
        """The words of sentences that were cut into words already; otherwise as `learn`. `encode_tokens` looks them up.

        >>> Vocabulary.of_words([["St.", "Louis"], ["St.", "Paul"]], min_count=2).symbols
        ('St.',)
        """
        check_limits(sentences, max_size, min_count)
        counts = Counter(normalize(word, language, lower) for words in sentences for word in words)
        return cls(_commonest(counts, max_size, min_count), "word", language, lower)


def learn_vocabulary(
    texts: Iterable[str],
    unit: str = "word",
    language: str = "en",
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 1,
) -> BaseVocabulary:
    """The symbols of `texts` in one of five units.

    Args:
        texts: the training texts.
        unit: `"word"`, `"character"`, `"token"` (what stands between spaces), `"byte"` (of UTF-8) or `"subword"` (pieces
            of words, by byte-pair encoding).
        language: ISO 639 code, for the casing of `lower`.
        lower: whether texts are lowered before they are looked up.
        max_size: keep at most that many symbols (the reserved ids are not counted); of words and characters all by
            default, of subwords 8,000. Bytes are always 256, and fewer are refused.
        min_count: words or characters that occur less often are unknown; of subwords, those with such a character.
            A byte is never unknown.

    Returns:
        a `Vocabulary` (words, characters, tokens), `ByteVocabulary` or `SubwordVocabulary`.

    Raises:
        ZooError: an argument is out of range, or no symbol is left.

    >>> learn_vocabulary(["b a b", "a c"])
    Vocabulary(7 ids, unit='word', language='en', lower=False)
    >>> learn_vocabulary(["b a b", "a c"], unit="byte").encode("b")
    array([102], dtype=int32)
    """
    check_unit(unit)
    check_limits(texts, max_size, min_count)
    if unit == "byte":
        if max_size is not None and max_size < 256:
            raise ZooError(f"`max_size` should be at least 256 for bytes, received {max_size}.")
        return ByteVocabulary(language, lower)
    if unit == "subword":
        return SubwordVocabulary.learn(texts, language, lower, max_size, min_count)
    return Vocabulary.learn(texts, unit, language, lower, max_size, min_count)


def vocabulary_from_dict(values: dict) -> BaseVocabulary:
    """The vocabulary, of whichever unit, that `to_dict` described. A malformed dictionary is a `ZooError`.

    >>> vocabulary_from_dict(ByteVocabulary("tr").to_dict()) == ByteVocabulary("tr")
    True
    """
    kinds = {unit: kind for kind in (Vocabulary, ByteVocabulary, SubwordVocabulary) for unit in kind.UNITS}
    unit = values.get("unit", "word") if isinstance(values, dict) else "word"
    check_unit(unit)
    return kinds[unit].from_dict(values)


def _commonest(counts: Counter, max_size: int | None, min_count: int) -> list[str]:
    ranked = sorted(counts, key=lambda token: (-counts[token], token))
    return [token for token in ranked if counts[token] >= min_count][:max_size]


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
