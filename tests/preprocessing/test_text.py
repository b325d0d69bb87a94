"""One specification of each text step: spelling, tokens, and back."""

import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import ZERO_WIDTH, join, normalize, split, squeeze


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("GÜZEL IĞDIR İSTANBUL", "tr", "güzel ığdır istanbul"),
        ("I\u0307STANBUL", "tr", "istanbul"),
        ("I\u200b\u0307", "tr", "i"),
        ("ISPARTA", "tr", "ısparta"),
        ("ISPARTA", "en", "isparta"),
        ("İ", "en", "i\u0307"),
        ("STRASSE ΟΔΟΣ", "de", "strasse οδος"),
        ("Σ ΣΑΣ ΑΣ' ΑΣ'Α", "el", "σ σας ας' ασ'α"),
    ],
)
def test_casing_follows_the_language(text, language, expected):
    assert normalize(text, language, lower=True) == expected
    assert normalize(expected, language, lower=True) == expected


def test_normalize_composes_and_drops_what_has_no_width():
    assert normalize("cafe\u0301") == "café"
    assert normalize(f"a{ZERO_WIDTH}b") == "ab"
    assert normalize(" a  b\n") == " a  b\n"
    assert normalize("\ud83dx\ude00 😀") == "�x� 😀"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I'm in Ankara'ya, now!", ["I'm", "in", "Ankara'ya", ",", "now", "!"]),
        ("Tom’un evi", ["Tom’un", "evi"]),
        ("  a \t b\u0085c\n", ["a", "b", "c"]),
        ("Wow...", ["Wow", ".", ".", "."]),
        ("At 10:30'da, 3.5 kg.", ["At", "10:30'da", ",", "3.5", "kg", "."]),
        ("'quoted'", ["'", "quoted", "'"]),
        ("well-known - yes", ["well-known", "-", "yes"]),
        ("", []),
    ],
)
def test_words(text, tokens):
    assert split(text, "word") == tokens


def test_characters_are_joined_without_loss():
    text = " a\n\tğ. "
    assert join(split(text, "character"), "character") == text


@pytest.mark.parametrize(
    "text",
    ["I'm here, (really)!", 'He said "yes" and left.', "Saat 10:30'da gel.", "$5, %3?", "", "Yes; no: 'maybe'..."],
)
def test_joined_words_split_alike(text):
    tokens = split(text, "word")
    assert split(join(tokens, "word"), "word") == tokens


@pytest.mark.parametrize(
    "text", ["I'm here, (really)!", 'He said "yes" and left.', "Tom'un evi nerede?", "It costs $5."]
)
def test_ordinary_text_survives(text):
    assert join(split(text, "word"), "word") == text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalize(b"abc"), "Text should be a string, received bytes"),
        (lambda: normalize("a", language="Turkish"), "`language` should be an ISO 639 code"),
        (lambda: normalize("a", language=None), "`language` should be an ISO 639 code"),
        (lambda: split("a", "words"), "Unknown unit of text 'words'. Did you mean 'word'"),
        (lambda: split(None, "word"), "Text should be a string, received NoneType"),
        (lambda: join(["a"], "line"), "Unknown unit of text 'line'"),
        (lambda: split("a", "byte"), "Unknown unit of text 'byte'. Known: character, token, word"),
        (lambda: squeeze(None), "Text should be a string, received NoneType"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ZooError, match=message):
        call()
