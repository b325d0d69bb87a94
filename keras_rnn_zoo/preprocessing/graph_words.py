"""The cut of a text into words inside a TensorFlow graph."""

from __future__ import annotations

import re
from functools import cache

from keras_rnn_zoo.preprocessing.graph_letters import character_class, every_character
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once
from keras_rnn_zoo.preprocessing.text import token_pattern

SPACE = r"\s"


class CutWords(tf.Module):
    """`preprocessing.text.split(text, "word")` of normalised texts `(batch,)`: ragged strings `(batch, words)`.

    >>> [word.decode() for word in word_cut()(["I'm in Ankara'ya, at 3.5!"]).numpy()[0]]
    ["I'm", 'in', "Ankara'ya", ',', 'at', '3.5', '!']
    """

    def __init__(self):
        super().__init__()
        letter, digit, space = (_matching(kind) for kind in (r"\w", r"\d", SPACE))
        self._space, self._token = space_pattern(), token_pattern(letter, digit, space)
        self._cut = traced_once(self._words, tf.TensorSpec([None], tf.string))

    def __call__(self, texts):
        return self._cut(texts)

    def _words(self, texts):
        texts = tf.strings.regex_replace(texts, self._space, " ")
        return tf.strings.split(tf.strings.regex_replace(texts, self._token, r"\0 "))


@cache
def word_cut() -> CutWords:
    """The one `CutWords`, so that a SavedModel has its patterns once."""
    return CutWords()


@cache
def space_pattern() -> str:
    """One whitespace, for RE2, with Python's class."""
    return f"[{_matching(SPACE)}]"


def _matching(kind: str) -> str:
    return character_class(filter(re.compile(kind).match, every_character()))
