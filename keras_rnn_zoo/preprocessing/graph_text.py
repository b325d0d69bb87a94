"""The text steps of a vocabulary inside a TensorFlow graph, for models that are exported with their text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import END, PAD, RESERVED, START, UNKNOWN, UNKNOWN_SYMBOL, BaseVocabulary
from keras_rnn_zoo.preprocessing.byte import ByteVocabulary
from keras_rnn_zoo.preprocessing.subword import SPACE, SubwordVocabulary
from keras_rnn_zoo.preprocessing.text import CLOSING, OPENING, ZERO_WIDTH, lower_case, token_pattern
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

try:
    import tensorflow as tf
    import tensorflow_text as tf_text
except ImportError as error:
    raise ZooError(
        f"Text in a graph needs TensorFlow and TensorFlow Text, of the same version, but: {error}. "
        "Run: pip install 'tensorflow-text==2.21.*'"
    ) from error


class GraphText(tf.Module):
    """A vocabulary as two TensorFlow functions, for a SavedModel that reads strings and writes strings.

    Both give what the vocabulary gives, row by row. Casing and the classes of letters are those of the running
    Python's Unicode, written into the graph as tables, so that they depend neither on the version nor on the locale of
    what serves it. Only NFC is the library's own: it differs for a few marks that Python's Unicode does not have yet.
    A `keras.export.ExportArchive` should `track` this object, and whoever loads the SavedModel should have imported
    `tensorflow_text`, which brings the operations.

    Args:
        vocabulary: of any unit.

    Attributes:
        encode: a `tf.function` of texts `(batch,)` that gives their ids `(batch, longest)`, int32, with 0 on the right;
            an empty text is a row of zeros. Bytes that are not UTF-8 are read as `�`.
        decode: a `tf.function` of ids `(batch, time)`, int32, that gives the texts `(batch,)` up to each row's first
            `END`. An id that the vocabulary does not have raises `tf.errors.InvalidArgumentError`.

    Raises:
        ZooError: `vocabulary` is none.

    >>> text = GraphText(Vocabulary(["merhaba", "dünya", "!"], language="tr", lower=True))
    >>> text.encode(["MERHABA DÜNYA!", "Dünya"]).numpy().tolist()
    [[4, 5, 6], [5, 0, 0]]
    >>> [answer.decode() for answer in text.decode([[2, 4, 5, 6, 3]]).numpy()]
    ['merhaba dünya!']
    """

    def __init__(self, vocabulary: BaseVocabulary):
        super().__init__()
        if not isinstance(vocabulary, BaseVocabulary):
            raise ZooError(f"`vocabulary` should be a vocabulary, received {type(vocabulary).__name__}.")
        kinds = {"word": _Words, "character": _Characters, "token": _Tokens, "byte": _Bytes, "subword": _Subwords}
        self._unit = kinds[vocabulary.unit](vocabulary)
        self._normalize = _Normalize(vocabulary.language, vocabulary.lower)
        self._size = vocabulary.size
        # Not as decorators: those would hold `self` weakly, and `GraphText(vocabulary).encode(texts)` would lose it.
        self.encode = tf.function(self._encode, input_signature=[tf.TensorSpec([None], tf.string)])
        self.decode = tf.function(self._decode, input_signature=[tf.TensorSpec([None, None], tf.int32)])

    def _encode(self, texts):
        return self._unit.ids(self._normalize(texts)).to_tensor(PAD)

    def _decode(self, ids):
        inside = tf.reduce_all((ids >= 0) & (ids < self._size))
        with tf.control_dependencies([tf.Assert(inside, [f"Ids should be from 0 to {self._size - 1}, received", ids])]):
            written = tf.cumsum(tf.cast(ids == END, tf.int32), axis=1) == 0
        kept = written & (ids != PAD) & (ids != START)
        return self._unit.text(tf.ragged.boolean_mask(ids, kept).to_tensor(PAD))


class _Normalize(tf.Module):
    """`normalize`, and the replacement of what is not UTF-8."""

    def __init__(self, language: str, lower: bool):
        super().__init__()
        self._lower = _LowerCase(language) if lower else None

    def __call__(self, texts):
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", replacement_char=ord(UNKNOWN_SYMBOL))
        texts = tf_text.normalize_utf8(tf.strings.regex_replace(texts, f"[{ZERO_WIDTH}]", ""), "NFC")
        return tf_text.normalize_utf8(self._lower(texts), "NFC") if self._lower else texts


class _LowerCase(tf.Module):
    """`lower_case`: a table of capitals, and a regular expression for the Σ at the end of a word."""

    def __init__(self, language: str):
        super().__init__()
        lowered = {c: small for c in _characters() if (small := lower_case(c, language)) != c}
        self._small = _table(tuple(lowered), tuple(lowered.values()), default="")
        self._final_sigma = _final_sigma()

    def __call__(self, texts):
        texts = tf.strings.regex_replace(texts, self._final_sigma, r"\1ς\2")
        letters = tf.strings.unicode_split(texts, "UTF-8")
        small = self._small.lookup(letters.flat_values)
        lowered = letters.with_flat_values(tf.where(small == "", letters.flat_values, small))
        return tf.strings.reduce_join(lowered.to_tensor(""), axis=1)


class _Characters(tf.Module):
    """Characters, looked up in a table."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        self._symbols = ("", UNKNOWN_SYMBOL, "", "", *vocabulary.symbols)
        ids = np.arange(RESERVED, vocabulary.size, dtype=np.int32)
        self._ids = _table(vocabulary.symbols, ids, default=np.int32(UNKNOWN))

    def ids(self, texts):
        tokens = self._split(texts)
        return tokens.with_flat_values(self._ids.lookup(tokens.flat_values))

    def text(self, ids):
        return tf.strings.reduce_join(tf.gather(tf.constant(self._symbols), ids), axis=1)

    def _split(self, texts):
        return tf.strings.unicode_split(texts, "UTF-8")


class _Tokens(_Characters):
    """What stands between spaces, likewise."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self._space, _ = _word_patterns()

    def text(self, ids):
        tokens = tf.gather(tf.constant(self._symbols), ids)
        return tf.strings.strip(tf.strings.reduce_join(tokens, axis=1, separator=" "))

    def _split(self, texts):
        return tf.strings.split(tf.strings.regex_replace(texts, self._space, " "))


class _Words(_Characters):
    """Words and punctuation marks, likewise, with the spaces of `join`."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self._space, self._token = _word_patterns()

    def text(self, ids):
        words = tf.gather(tf.constant(self._symbols), ids)
        return tf.strings.reduce_join(self._spaces(ids) + words, axis=1)

    def _split(self, texts):
        texts = tf.strings.regex_replace(texts, self._space, " ")
        return tf.strings.split(tf.strings.regex_replace(texts, self._token, r"\0 "))

    def _spaces(self, ids):
        """None at the start, after an opening mark or before a closing one; quotation marks open and close in turn."""
        quotes = self._among({'"'}, ids)
        quoted = tf.cumsum(tf.cast(quotes, tf.int32), axis=1, exclusive=True) % 2 == 1
        opens = self._among(OPENING, ids) | (quotes & ~quoted)
        closes = self._among(CLOSING, ids) | (quotes & quoted) | (ids == PAD)
        opened = tf.concat([tf.ones_like(opens[:, :1]), opens[:, :-1]], axis=1)
        return tf.where(opened | closes, "", " ")

    def _among(self, marks, ids):
        return tf.gather(tf.constant([symbol in marks for symbol in self._symbols]), ids)


class _Bytes(tf.Module):
    """Bytes, whose ids are counted."""

    def __init__(self, vocabulary: ByteVocabulary):
        super().__init__()
        self._bytes = (b"", UNKNOWN_SYMBOL.encode(), b"", b"", *(bytes([byte]) for byte in range(256)))

    def ids(self, texts):
        symbols = tf.strings.bytes_split(texts)
        numbers = tf.reshape(tf.io.decode_raw(symbols.flat_values, tf.uint8), [-1])
        return symbols.with_flat_values(tf.cast(numbers, tf.int32) + RESERVED)

    def text(self, ids):
        joined = tf.strings.reduce_join(tf.gather(tf.constant(self._bytes), ids), axis=1)
        return tf.strings.unicode_transcode(joined, "UTF-8", "UTF-8", replacement_char=ord(UNKNOWN_SYMBOL))


class _Subwords(tf.Module):
    """Pieces, found by the vocabulary's own SentencePiece model."""

    def __init__(self, vocabulary: SubwordVocabulary):
        super().__init__()
        self._space, _ = _word_patterns()
        self._tokenizer = tf_text.SentencepieceTokenizer(vocabulary.model, out_type=tf.int32)
        self._pieces = ("", UNKNOWN_SYMBOL, "", "", *vocabulary.symbols)

    def ids(self, texts):
        return self._tokenizer.tokenize(tf.strings.regex_replace(texts, f"{self._space}+", " "))

    def text(self, ids):
        joined = tf.strings.reduce_join(tf.gather(tf.constant(self._pieces), ids), axis=1)
        return tf.strings.regex_replace(tf.strings.regex_replace(joined, SPACE, " "), "^ +", "")


def _table(keys, values, default) -> tf.lookup.StaticHashTable:
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default)


@cache
def _word_patterns() -> tuple[str, str]:
    """One whitespace and one token, for RE2, with Python's classes."""
    letter, digit, space = (_ranges(filter(re.compile(kind).match, _characters())) for kind in (r"\w", r"\d", r"\s"))
    return f"[{space}]", token_pattern(letter, digit, space)


@cache
def _final_sigma() -> str:
    """Where `str.lower` makes Σ a ς: after a cased letter, and not before one; some marks between do not count.

    Which characters are cased and which do not count is asked of `str.lower` itself.
    """
    after = {c for c in _characters() if (c + "Σ").lower()[-1] == "ς"}
    skipped = _ranges(c for c in _characters() if ("A" + c + "Σ").lower()[-1] == "ς" and c not in after)
    cased = _ranges(after)
    return f"([{cased}][{skipped}]*)Σ([{skipped}]*(?:[^{cased}{skipped}]|$))"


def _characters() -> Iterator[str]:
    """Every character that UTF-8 can write."""
    return map(chr, chain(range(0xD800), range(0xE000, sys.maxunicode + 1)))


def _ranges(characters) -> str:
    """The inside of a character class of RE2 that holds `characters`.

    >>> _ranges("abcx")
    '\\\\x{61}-\\\\x{63}\\\\x{78}-\\\\x{78}'
    """
    codes = np.array(sorted(map(ord, characters)))
    runs = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    return "".join(rf"\x{{{run[0]:x}}}-\x{{{run[-1]:x}}}" for run in runs)
