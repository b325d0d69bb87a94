"""The one spelling of a text inside a TensorFlow graph."""

from __future__ import annotations

from functools import cache

from keras_rnn_zoo.preprocessing.base import UNKNOWN_SYMBOL
from keras_rnn_zoo.preprocessing.graph_composition import canonical_composition
from keras_rnn_zoo.preprocessing.graph_letters import ReplaceLetters, character_class, every_character
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once
from keras_rnn_zoo.preprocessing.text import ZERO_WIDTH, lower_case


class Normalize(tf.Module):
    """`preprocessing.text.normalize` of texts `(batch,)`; bytes that are not UTF-8 become `�`.

    Casing and the classes of letters are those of the running Python's Unicode, written into the graph as tables, so that
    they depend neither on the version nor on the locale of what serves it.

    >>> [text.decode() for text in normalizer("tr", True)(["GÜZEL IĞDIR", b"\\xff"]).numpy()]
    ['güzel ığdır', '�']
    """

    def __init__(self, language: str, lower: bool):
        super().__init__()
        self._compose = canonical_composition()
        self._lower = _LowerCase(language) if lower else None
        self._normalize = traced_once(self._normalized, tf.TensorSpec([None], tf.string))

    def __call__(self, texts):
        return self._normalize(texts)

    def _normalized(self, texts):
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", replacement_char=ord(UNKNOWN_SYMBOL))
        texts = self._compose(tf.strings.regex_replace(texts, f"[{ZERO_WIDTH}]", ""))
        return self._compose(self._lower(texts)) if self._lower else texts


@cache
def normalizer(language: str, lower: bool) -> Normalize:
    """The one `Normalize` of these, so that a SavedModel has its tables once."""
    return Normalize(language, lower)


class _LowerCase(tf.Module):
    """`lower_case`: a table of capitals, and a regular expression for the Σ at the end of a word."""

    def __init__(self, language: str):
        super().__init__()
        self._small = ReplaceLetters({c: small for c in every_character() if (small := lower_case(c, language)) != c})
        self._final_sigma = _final_sigma()

    def __call__(self, texts):
        return self._small(tf.strings.regex_replace(texts, self._final_sigma, r"\1ς\2"))


@cache
def _final_sigma() -> str:
    """Where `str.lower` makes Σ a ς: after a cased letter, and not before one; some marks between do not count.

    Which characters are cased and which do not count is asked of `str.lower` itself.
    """
    after = {c for c in every_character() if (c + "Σ").lower()[-1] == "ς"}
    skipped = character_class(c for c in every_character() if ("A" + c + "Σ").lower()[-1] == "ς" and c not in after)
    cased = character_class(after)
    return f"([{cased}][{skipped}]*)Σ([{skipped}]*(?:[^{cased}{skipped}]|$))"
