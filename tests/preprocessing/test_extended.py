"""Symbols behind those that are known, whose ids stay."""

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing import Vocabulary, learn_vocabulary
from keras_rnn_zoo.preprocessing.extended import extended
from keras_rnn_zoo.preprocessing.vocabulary import vocabulary_from_dict

KNOWN = "Irmak kıyısında ılık bir ikindi."
NEW = "Iğdır'da ñoño Ж, irmak ve ılık güneş; ñ."


@pytest.mark.parametrize("unit", ["word", "character", "token", "subword"])
def test_known_text_keeps_its_ids_and_new_text_is_read(unit):
    vocabulary = learn_vocabulary([KNOWN], unit=unit, language="tr", lower=unit != "token")
    more = extended(vocabulary, [NEW])
    assert more.size > vocabulary.size and more.symbols[: len(vocabulary.symbols)] == vocabulary.symbols
    np.testing.assert_array_equal(more.encode(KNOWN), vocabulary.encode(KNOWN))
    assert vocabulary.unknown(NEW) and not more.unknown(NEW)
    assert (more.unit, more.language, more.lower) == (vocabulary.unit, "tr", vocabulary.lower)
    assert vocabulary_from_dict(more.to_dict()) == more


def test_turkish_letters_are_lowered_as_the_vocabulary_lowers():
    words = learn_vocabulary(["ılık"], language="tr", lower=True)
    assert extended(words, ["ILIK IRMAK İRMİK"]).symbols == ("ılık", "irmik", "ırmak")


def test_words_that_are_cut_already():
    words = Vocabulary(["St."], language="en", lower=False)
    assert extended(words, [("St.", "New York"), ("Paul", "New York")]).symbols == ("St.", "New York", "Paul")


def test_nothing_to_add():
    vocabulary = learn_vocabulary([KNOWN])
    assert extended(vocabulary, [KNOWN]) is vocabulary
    pieces, bytes_ = learn_vocabulary(["abc"], unit="subword"), learn_vocabulary(["a"], unit="byte")
    assert extended(bytes_, ["ğ"]) is bytes_
    assert extended(pieces, ["a\0b\N{LOWER FIVE EIGHTHS BLOCK}"]) == pieces  # which SentencePiece keeps for itself


def test_limits():
    words = Vocabulary(["a"])
    assert extended(words, ["b b c c d"], min_count=2).symbols == ("a", "b", "c")
    assert extended(words, ["b b c c d"], max_size=1).symbols == ("a", "b")
    with pytest.raises(ZooError, match="`min_count` should be a whole number"):
        extended(words, ["b"], min_count=0)
    with pytest.raises(ZooError, match="`texts` should be a list of strings"):
        extended(words, "b")
