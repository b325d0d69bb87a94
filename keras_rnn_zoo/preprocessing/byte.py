"""Text as its UTF-8 bytes: 256 symbols, none of them ever unknown."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from keras_rnn_zoo.preprocessing.base import RESERVED, UNKNOWN, UNKNOWN_SYMBOL, BaseVocabulary


class ByteVocabulary(BaseVocabulary):
    """Turns text into the ids of its UTF-8 bytes, byte b being id 4 + b, and back.

    What is not UTF-8, as in an answer that stops in the middle of a letter, is decoded as `�`.

    Args:
        language: ISO 639 code, for the casing of `lower`.
        lower: whether texts are lowered before they are looked up.

    Raises:
        ZooError: an argument is out of range.

    >>> vocabulary = ByteVocabulary()
    >>> vocabulary.encode("aç")
    array([101, 199, 171], dtype=int32)
    >>> vocabulary.decode([101, 199, 171, 3]), vocabulary.decode([101, 199])
    ('aç', 'a�')
    """

    UNITS, ARGUMENTS = ("byte",), ("language", "lower")

    def __init__(self, language: str = "en", lower: bool = False):
        super().__init__("byte", language, lower)

    @property
    def size(self) -> int:
        """The number of ids, the reserved ones included: always 260."""
        return RESERVED + 256

    def tokens(self, text: str) -> list[str]:
        """The bytes that `text` is made of, as `"<0xC3>"`."""
        return [f"<0x{byte:02X}>" for byte in self._normalized(text).encode()]

    def encode(self, text: str) -> np.ndarray:
        """The ids `(bytes,)`, int32, of `text`, without start and end."""
        return np.frombuffer(self._normalized(text).encode(), np.uint8).astype(np.int32) + RESERVED

    def to_dict(self) -> dict:
        """Everything there is to know, as JSON can hold it; `vocabulary_from_dict` reads it back."""
        return {"unit": self.unit, "language": self.language, "lower": self.lower}

    def _text(self, ids: Iterable[int]) -> str:
        unknown = UNKNOWN_SYMBOL.encode()
        return b"".join(unknown if i == UNKNOWN else bytes([i - RESERVED]) for i in ids).decode(errors="replace")
