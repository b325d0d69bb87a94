"""The names of numbers, word by word, in English and Turkish."""

from __future__ import annotations

import re

import numpy as np

from keras_rnn_zoo.datasets.options import extra
from keras_rnn_zoo.datasets.splits import numbers

LANGUAGES = ("en", "tr")
CITATION = "Names by num2words, https://github.com/savoirfairelinux/num2words"

# Together these hold every word of the names below a million, so that no held-out name has an unknown one.
ALWAYS = (*range(21), *range(30, 101, 10), 101, 1000)

# num2words writes a Turkish name as one word, against the spelling rules. No word here begins another.
_TURKISH = re.compile(
    "sıfır|bir|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|yirmi|otuz|kırk|elli|altmış|yetmiş|seksen|doksan|yüz|bin"
)
_ENGLISH = re.compile("[a-z]+")


def number_name(number: int, language: str) -> str:
    """The name of a number from 0 to 999,999, its words apart and without punctuation.

    >>> number_name(4273, "en")
    'four thousand two hundred and seventy three'
    >>> number_name(4273, "tr")
    'dört bin iki yüz yetmiş üç'
    """
    name = extra("num2words").num2words(int(number), lang=language)
    return " ".join((_TURKISH if language == "tr" else _ENGLISH).findall(name))


def number_splits(limit: int, seed: int) -> dict[str, np.ndarray]:
    """0 to `limit` - 1 as 80 % train, 10 % validation and 10 % test; those of `ALWAYS` are trained on."""
    return numbers(limit, seed, always=ALWAYS)
