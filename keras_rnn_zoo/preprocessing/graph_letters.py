"""Letters inside a TensorFlow graph: classes of them for its regular expressions, and tables that replace them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from keras_rnn_zoo.preprocessing.graph_tensorflow import tf


def every_character() -> Iterator[str]:
    """Every character that UTF-8 can write."""
    return map(chr, chain(range(0xD800), range(0xE000, sys.maxunicode + 1)))


def character_class(characters: Iterable[str]) -> str:
    """The inside of a character class of RE2 that holds `characters`.

    >>> character_class("abcx]ğ")
    '\\\\x{5d}\\\\x{61}-\\\\x{63}\\\\x{78}ğ'
    """
    codes = np.array(sorted(map(ord, characters)))
    runs = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    return "".join(_literal(run[0]) + (f"-{_literal(run[-1])}" if len(run) > 1 else "") for run in runs)


def _literal(code: int) -> str:
    return chr(code) if code > 0x7F else rf"\x{{{code:x}}}"


def lookup_table(keys, values, default) -> tf.lookup.StaticHashTable:
    """A table that a SavedModel takes along."""
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default)


def codes_of(texts):
    """The codes of the characters of texts `(batch,)`, row after row, int32, and the row that each is of, int64."""
    splits, codes = tf.raw_ops.UnicodeDecode(input=texts, input_encoding="UTF-8")
    places = tf.range(tf.size(codes, tf.int64))
    return codes, tf.raw_ops.UpperBound(sorted_inputs=splits[None, 1:], values=places[None], out_type=tf.int64)[0]


def characters_of(codes):
    """Each of `(codes,)` as a string of its own."""
    splits = tf.range(tf.size(codes, tf.int64) + 1)
    return tf.raw_ops.UnicodeEncode(input_values=codes, input_splits=splits, output_encoding="UTF-8")


class ReplaceLetters(tf.Module):
    """Replaces letters of texts `(batch,)`, each on its own; as `str.translate`.

    Args:
        replaced: what stands for a letter, one letter or more.

    >>> ReplaceLetters({"I": "ı", "ß": "ss"})(["Iß!"]).numpy()[0].decode()
    'ıss!'
    """

    def __init__(self, replaced: dict[str, str]):
        super().__init__()
        self._table = lookup_table(tuple(replaced), tuple(replaced.values()), default="")

    def __call__(self, texts):
        codes, rows = codes_of(texts)
        letters = characters_of(codes)
        found = self._table.lookup(letters)
        return tf.strings.unsorted_segment_join(tf.where(found == "", letters, found), rows, tf.size(texts))
