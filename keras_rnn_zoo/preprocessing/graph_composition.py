"""Unicode's canonical composition (NFC) inside a TensorFlow graph."""

from __future__ import annotations

import unicodedata
from functools import cache

from keras_rnn_zoo.preprocessing.graph_letters import (
    ReplaceLetters,
    character_class,
    characters_of,
    codes_of,
    every_character,
    lookup_table,
)
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once

# Korean syllables are counted (The Unicode Standard, 3.12): leading consonant, vowel, and none or one trailing consonant.
_LEADING, _VOWELS, _TRAILING, _SYLLABLES = 0x1100, 0x1161, 0x11A7, 0xAC00
_LEADING_COUNT, _VOWEL_COUNT, _TRAILING_COUNT = 19, 21, 28
_JOINS = -1  # The class of a character that is no mark but may melt into the one before it.
_GONE = -1  # The code of what melted into another.


class Compose(tf.Module):
    """`unicodedata.normalize("NFC", text)` of texts `(batch,)` in UTF-8, with the tables of the running Python.

    After Unicode Standard Annex 15: letters are taken apart, the marks of each put into the order of their combining
    classes, and letter and mark put together where nothing stands between. Texts without a character that this could
    change, which are most, are only searched for one.

    >>> [text.decode() for text in canonical_composition()(["I\\u0307g\\u0306dır", "한글"]).numpy()]
    ['İğdır', '한글']
    """

    def __init__(self):
        super().__init__()
        pairs = _pairs()
        self._take_apart = ReplaceLetters(_parts())
        self._classes = lookup_table(*_columns(_combining_classes(pairs), tf.int32), default=0)
        self._pairs = lookup_table(
            *_columns({_key(*pair): whole for pair, whole in pairs.items()}, tf.int64), default=0
        )
        self._settled = f"[^{_unsettled(pairs)}]*"
        self._compose = traced_once(self._composed_where_needed, tf.TensorSpec([None], tf.string))

    def __call__(self, texts):
        return self._compose(texts)

    def _composed_where_needed(self, texts):
        settled = tf.reduce_all(tf.strings.regex_full_match(texts, self._settled))
        return tf.cond(settled, lambda: texts, lambda: self._composed(texts))

    def _composed(self, texts):
        codes, rows = codes_of(self._take_apart(texts))
        begins = tf.concat([[True], rows[1:] != rows[:-1]], axis=0)
        codes, classes = self._in_order(codes, begins)
        codes = self._together(codes, classes, begins | (classes == 0))
        left = _places(codes != _GONE)
        letters = characters_of(tf.gather(codes, left))
        return tf.strings.unsorted_segment_join(letters, tf.gather(rows, left), tf.size(texts))

    def _in_order(self, codes, begins):
        """The codes, each letter's marks in the order of their classes, and all classes."""
        classes = self._classes.lookup(codes)
        letters = tf.cumsum(tf.cast(begins | (classes <= 0), tf.int64))
        order = tf.argsort(letters * 256 + tf.cast(tf.maximum(classes, 0), tf.int64), stable=True)
        return tf.gather(codes, order), tf.gather(classes, order)

    def _together(self, codes, classes, begins):
        """The codes with each composed of all that melts into it, and `_GONE` for what did.

        Nothing melts into what stands before one of `begins`, so all stretches between these advance at once.
        """
        first = _places(begins)
        length = tf.concat([first[1:], [tf.size(codes, tf.int64)]], axis=0) - first
        several = _places(length > 1)
        first, length = tf.gather(first, several), tf.gather(length, several)

        def advance(step, codes, base, last):
            here = tf.where(step < length, first + step, first)
            kind = tf.maximum(tf.gather(classes, here), 0)
            whole = self._whole(tf.gather(codes, base), tf.gather(codes, here))
            melts = (step < length) & ((last == 0) | (kind > last)) & (whole > 0)
            stays = (step < length) & ~melts
            codes = _melted(codes, base, here, whole, _places(melts))
            return step + 1, codes, tf.where(stays & (kind == 0), here, base), tf.where(stays, kind, last)

        state = tf.constant(1, tf.int64), codes, first, tf.zeros_like(first, tf.int32)
        return tf.while_loop(lambda step, *_: tf.reduce_any(step < length), advance, state)[1]

    def _whole(self, first, second):
        """What the two are together, 0 where they stay two."""
        leading, vowel, trailing = first - _LEADING, second - _VOWELS, second - _TRAILING
        open_syllable = _within(first - _SYLLABLES, _LEADING_COUNT * _VOWEL_COUNT * _TRAILING_COUNT)
        open_syllable &= (first - _SYLLABLES) % _TRAILING_COUNT == 0
        closed = open_syllable & (trailing > 0) & _within(trailing, _TRAILING_COUNT)
        opened = _within(leading, _LEADING_COUNT) & _within(vowel, _VOWEL_COUNT)
        syllable = _SYLLABLES + (leading * _VOWEL_COUNT + vowel) * _TRAILING_COUNT
        whole = self._pairs.lookup(_key(tf.cast(first, tf.int64), tf.cast(second, tf.int64)))
        return tf.where(opened, syllable, tf.where(closed, first + trailing, whole))


@cache
def canonical_composition() -> Compose:
    """The one `Compose`, so that a SavedModel has its tables once."""
    return Compose()


def _places(mask):
    return tf.reshape(tf.where(mask), [-1])


def _melted(codes, bases, places, wholes, which):
    """The codes with the chosen wholes at their bases, and `_GONE` where the other part was."""
    wholes = tf.gather(wholes, which)
    changed = tf.concat([tf.gather(bases, which), tf.gather(places, which)], axis=0)
    return tf.tensor_scatter_nd_update(codes, changed[:, None], tf.concat([wholes, tf.fill(tf.shape(which), _GONE)], 0))


def _within(number, count):
    return (number >= 0) & (number < count)


def _key(first, second):
    return first * 2**21 + second


def _columns(table: dict, key_type):
    return tf.constant(list(table), key_type), tf.constant(list(table.values()), tf.int32)


@cache
def _decomposed() -> dict[str, str]:
    """What Unicode takes apart in its tables, with its own entry: all but the Korean syllables."""
    entries = ((character, unicodedata.decomposition(character)) for character in every_character())
    return {character: entry for character, entry in entries if entry and not entry.startswith("<")}


def _parts() -> dict[str, str]:
    return {character: unicodedata.normalize("NFD", character) for character in _decomposed()}


def _pairs() -> dict[tuple[int, int], int]:
    """Which two characters make which one."""
    pairs = {}
    for character, entry in _decomposed().items():
        codes = tuple(int(code, 16) for code in entry.split())
        if len(codes) == 2 and unicodedata.normalize("NFC", character) == character:
            pairs[codes] = ord(character)
    return pairs


def _combining_classes(pairs) -> dict[int, int]:
    """The classes that are not 0; `_JOINS` where one is 0 but the character may melt into the one before it."""
    classes = {ord(c): unicodedata.combining(c) for c in every_character() if unicodedata.combining(c)}
    return {**dict.fromkeys(_seconds(pairs), _JOINS), **classes}


def _seconds(pairs) -> set[int]:
    vowels, trailing = range(_VOWELS, _VOWELS + _VOWEL_COUNT), range(_TRAILING + 1, _TRAILING + _TRAILING_COUNT)
    return {second for _, second in pairs} | set(vowels) | set(trailing)


def _unsettled(pairs) -> str:
    """The class of all characters that composition may change, or change something before them for."""
    changed = {ord(c) for c in _decomposed() if unicodedata.normalize("NFC", c) != c}
    return character_class(map(chr, changed | set(_combining_classes(pairs)) | _seconds(pairs)))
