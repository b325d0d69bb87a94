"""Text to tokens and back: one specification of each step, in plain Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from keras_rnn_zoo.errors import ZooError, unknown_name

UNITS = ("word", "character")

# Characters of no width that a reader cannot see but that would make two equal words differ.
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u180e"
_REMOVE_ZERO_WIDTH = dict.fromkeys(map(ord, ZERO_WIDTH))
_TURKISH_CAPITALS = str.maketrans({"I": "ı", "İ": "i"})

# No look-around, so that the same pattern can be written for RE2 in an exported graph.
_LETTER = r"[\w\u0300-\u036f]"
_TOKEN = re.compile(rf"(?:\d+(?:[.,:]\d+)+|{_LETTER}+)(?:['’-]{_LETTER}+)*|[^\w\s]")

_OPENING = frozenset("([{«“‘¿¡$€£#")
_CLOSING = frozenset(".,;:!?)]}»”’'…%")


def normalize(text: str, language: str = "en", lower: bool = False) -> str:
    """The one spelling of `text`: Unicode NFC, no zero-width characters, and lower case if asked for.

    Whitespace is kept, since it is a symbol to a character model; `split(text, "word")` is what drops it.

    Args:
        text: any string.
        language: ISO 639 code, in small letters. `"tr"` lowers I to ı and İ to i; every other language lowers
            as `str.lower` does.
        lower: whether to lower the case.

    Raises:
        ZooError: `text` is no string or `language` no code.

    >>> normalize("GÜZEL IĞDIR", language="tr", lower=True)
    'güzel ığdır'
    >>> normalize("I\\u0307zmir", language="tr", lower=True)
    'izmir'
    """
    check_text(text)
    check_language(language)
    text = unicodedata.normalize("NFC", text.translate(_REMOVE_ZERO_WIDTH))
    if not lower:
        return text
    if language == "tr":
        text = text.translate(_TURKISH_CAPITALS)
    return unicodedata.normalize("NFC", text.lower())


def split(text: str, unit: str) -> list[str]:
    """The tokens of `text`: words and punctuation marks, or characters.

    An apostrophe or hyphen between letters, and a point, comma or colon between digits, stay in their word.

    >>> split("I'm in Ankara'ya, at 3.5!", "word")
    ["I'm", 'in', "Ankara'ya", ',', 'at', '3.5', '!']
    >>> split("a b", "character")
    ['a', ' ', 'b']
    """
    check_text(text)
    check_unit(unit)
    return _TOKEN.findall(text) if unit == "word" else list(text)


def join(tokens: Iterable[str], unit: str) -> str:
    """The text of `tokens`: no space before closing punctuation or after an opening mark.

    >>> join(["I'm", "here", ",", "(", "really", ")", "!"], "word")
    "I'm here, (really)!"
    """
    check_unit(unit)
    if unit == "character":
        return "".join(tokens)
    text, opened, quoted = "", True, False
    for token in tokens:
        closes = token in _CLOSING or (token == '"' and quoted)
        text += token if opened or closes else f" {token}"
        opened = token in _OPENING or (token == '"' and not quoted)
        quoted ^= token == '"'
    return text


def check_text(text) -> None:
    """Raises a `ZooError` unless `text` is a string."""
    if not isinstance(text, str):
        received = f"{type(text).__name__}: {text!r:.60}"
        raise ZooError(f"Text should be a string, received {received}. Pass str (decode bytes first).")


def check_language(language) -> None:
    """Raises a `ZooError` unless `language` is an ISO 639 code in small letters."""
    if not isinstance(language, str) or not re.fullmatch("[a-z]{2,3}", language):
        raise ZooError(f"`language` should be an ISO 639 code such as 'en' or 'tr', received {language!r}.")


def check_unit(unit) -> None:
    """Raises a `ZooError` unless `unit` is one of `UNITS`."""
    if unit not in UNITS:
        raise unknown_name("unit of text", unit, UNITS)
