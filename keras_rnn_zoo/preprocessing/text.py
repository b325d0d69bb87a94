"""Text to tokens and back: one specification of each step, in plain Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from keras_rnn_zoo.errors import ZooError, unknown_name

SYMBOL_UNITS = ("word", "character", "token")
UNITS = (*SYMBOL_UNITS, "byte", "subword")

# Characters of no width that a reader cannot see but that would make two equal words differ.
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u180e"
_REMOVE_ZERO_WIDTH = dict.fromkeys(map(ord, ZERO_WIDTH))
_SURROGATE = re.compile("[\ud800-\udfff]")
_TURKISH_CAPITALS = str.maketrans({"I": "ı", "İ": "i"})

OPENING = frozenset("([{«“‘¿¡$€£#")
CLOSING = frozenset(".,;:!?)]}»”’'…%")


def token_pattern(letter: str = r"\w", digit: str = r"\d", space: str = r"\s") -> str:
    """The regular expression of one word or punctuation mark.

    It looks neither ahead nor behind, so that it means the same to RE2, whose classes are ASCII: an exported graph
    passes its own, as they stand between square brackets.
    """
    word = f"[{letter}\u0300-\u036f]+"
    number = rf"[{digit}]+(?:[.,:][{digit}]+)+"
    return rf"(?:{number}|{word})(?:['’-]{word})*|[^{letter}{space}]"


_TOKEN = re.compile(token_pattern())


def normalize(text: str, language: str = "en", lower: bool = False) -> str:
    """The one spelling of `text`: Unicode NFC, no zero-width characters, and lower case if asked for.

    Whitespace is kept, since it is a symbol to a character model; `split(text, "word")` is what drops it. Half a
    surrogate pair, which is no character, becomes `�`.

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
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text.translate(_REMOVE_ZERO_WIDTH))
    text = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", lower_case(text, language)) if lower else text


def lower_case(text: str, language: str) -> str:
    """`text` in the small letters of `language`, not yet in NFC: a Greek Σ that ends a word becomes ς, others σ."""
    return (text.translate(_TURKISH_CAPITALS) if language == "tr" else text).lower()


def split(text: str, unit: str) -> list[str]:
    """The symbols of `text`: words and punctuation marks, characters, or tokens, which stand between spaces.

    An apostrophe or hyphen between letters, and a point, comma or colon between digits, stay in their word.

    >>> split("I'm in Ankara'ya, at 3.5!", "word")
    ["I'm", 'in', "Ankara'ya", ',', 'at', '3.5', '!']
    >>> split("a b", "character")
    ['a', ' ', 'b']
    >>> split("the u.s. 's <unk>", "token")
    ['the', 'u.s.', "'s", '<unk>']
    """
    check_text(text)
    check_unit(unit, SYMBOL_UNITS)
    return {"word": _TOKEN.findall, "character": list, "token": str.split}[unit](text)


def join(tokens: Iterable[str], unit: str) -> str:
    """The text of `tokens`: no space before closing punctuation or after an opening mark.

    >>> join(["I'm", "here", ",", "(", "really", ")", "!"], "word")
    "I'm here, (really)!"
    """
    check_unit(unit, SYMBOL_UNITS)
    if unit != "word":
        return ("" if unit == "character" else " ").join(tokens)
    text, opened, quoted = "", True, False
    for token in tokens:
        closes = token in CLOSING or (token == '"' and quoted)
        text += token if opened or closes else f" {token}"
        opened = token in OPENING or (token == '"' and not quoted)
        quoted ^= token == '"'
    return text


def squeeze(text: str) -> str:
    """`text` with one space for each run of whitespace, and none at its ends.

    >>> squeeze(" a \\t b\\n")
    'a b'
    """
    check_text(text)
    return " ".join(text.split())


def check_text(text) -> None:
    """Raises a `ZooError` unless `text` is a string."""
    if not isinstance(text, str):
        received = f"{type(text).__name__}: {text!r:.60}"
        raise ZooError(f"Text should be a string, received {received}. Pass str (decode bytes first).")


def check_language(language) -> None:
    """Raises a `ZooError` unless `language` is an ISO 639 code in small letters."""
    if not isinstance(language, str) or not re.fullmatch("[a-z]{2,3}", language):
        raise ZooError(f"`language` should be an ISO 639 code such as 'en' or 'tr', received {language!r}.")


def check_lower(lower) -> None:
    """Raises a `ZooError` unless `lower` is True or False."""
    if not isinstance(lower, bool):
        raise ZooError(f"`lower` should be True or False, received {lower!r}.")


def check_unit(unit, units: tuple[str, ...] = UNITS) -> None:
    """Raises a `ZooError` unless `unit` is one of `units`."""
    if unit not in units:
        raise unknown_name("unit of text", unit, units)
