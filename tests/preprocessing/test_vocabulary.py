"""Ids and symbols: learning, encoding, decoding, keeping."""

import json

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.byte import ByteVocabulary
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN, Vocabulary

TEXTS = ["b a b c", "a, b!", "d"]


def test_reserved_ids():
    assert (PAD, UNKNOWN, START, END) == (0, 1, 2, 3)
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary.size == len(vocabulary) == 6
    assert vocabulary.encode("a b c").tolist() == [4, 5, UNKNOWN]


def test_learning_is_by_frequency_then_symbol():
    assert Vocabulary.learn(TEXTS).symbols == ("b", "a", "!", ",", "c", "d")
    assert Vocabulary.learn(TEXTS, max_size=2).symbols == ("b", "a")
    assert Vocabulary.learn(TEXTS, min_count=2).symbols == ("b", "a")
    assert Vocabulary.learn(reversed(TEXTS)) == Vocabulary.learn(TEXTS)


def test_turkish_casing():
    vocabulary = Vocabulary.learn(["ığdır istanbul"], language="tr", lower=True)
    assert vocabulary.decode(vocabulary.encode("IĞDIR İSTANBUL")) == "ığdır istanbul"


def test_words_that_were_cut_already():
    vocabulary = Vocabulary.of_words(
        [["St.", "IŞIK"], ["St.", "don't", "ışık"]], language="tr", lower=True, min_count=2
    )
    assert vocabulary.symbols == ("st.", "ışık")
    assert vocabulary.encode_tokens(["St.", "Işık", "don't", "I\u015fık"]).tolist() == [4, 5, UNKNOWN, 5]
    assert vocabulary.encode("St.").tolist() == [UNKNOWN, UNKNOWN]
    assert Vocabulary.from_dict(vocabulary.to_dict()) == vocabulary


def test_one_id_for_each_token_in_other_units():
    assert ByteVocabulary().encode_tokens(["a", "ab"]).tolist() == [4 + ord("a"), UNKNOWN]


@pytest.mark.parametrize("unit", ["word", "character"])
def test_round_trip_of_text_and_json(unit):
    text = "I'm in Ankara, ok?"
    vocabulary = Vocabulary.learn([text], unit=unit, language="en", lower=False)
    ids = vocabulary.encode(text)
    assert ids.dtype == np.int32 and ids.ndim == 1 and vocabulary.decode(ids) == text
    again = Vocabulary.from_dict(json.loads(json.dumps(vocabulary.to_dict())))
    assert again == vocabulary and again.to_dict() == vocabulary.to_dict()
    np.testing.assert_array_equal(again.encode(text), ids)


def test_decoding_stops_skips_and_shows_the_unknown():
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary.decode([START, 4, UNKNOWN, 5, PAD, END, 4]) == "a � b"
    assert vocabulary.decode([]) == "" and vocabulary.decode(np.array([END], np.int64)) == ""


def test_empty_text_has_no_ids():
    ids = Vocabulary(["a"]).encode("")
    assert ids.shape == (0,) and ids.dtype == np.int32


def test_equality():
    assert Vocabulary(["a"]) != Vocabulary(["a"], lower=True) and Vocabulary(["a"]) != ["a"]


@pytest.mark.parametrize("ids", [[6], [-1], [[4]], [4.0], ["a"], 4])
def test_ids_out_of_range(ids):
    with pytest.raises(ZooError, match="Ids should be one sequence of whole numbers from 0 to 5"):
        Vocabulary(["a", "b"]).decode(ids)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Vocabulary([]), "at least one symbol"),
        (lambda: Vocabulary(["a", "b", "a"]), r"received more than once: \['a'\]"),
        (lambda: Vocabulary(["a", ""]), "non-empty string, received ''"),
        (lambda: Vocabulary(["a", 3]), "received 3"),
        (lambda: Vocabulary("abc"), "`symbols` should be a list of strings"),
        (lambda: Vocabulary(["ab"], unit="character"), "A symbol of unit 'character'"),
        (lambda: Vocabulary(["a"], unit="byte"), "Unknown unit of text"),
        (lambda: Vocabulary.learn(None), "`texts` should be a list of strings, received NoneType"),
        (lambda: Vocabulary(["a"], lower="yes"), "`lower` should be True or False"),
        (lambda: Vocabulary(["a"], language=""), "`language` should be"),
        (lambda: Vocabulary.learn(TEXTS, max_size=0), "`max_size` should be a whole number"),
        (lambda: Vocabulary.learn(TEXTS, min_count=1.5), "`min_count` should be a whole number"),
        (lambda: Vocabulary.learn(TEXTS, min_count=9), "at least one symbol"),
        (lambda: Vocabulary.learn("text"), "received one string"),
        (lambda: Vocabulary.from_dict({"symbols": ["a"]}), r"should have the keys .* received \['symbols'\]"),
        (lambda: Vocabulary.from_dict(["a"]), "received list"),
        (lambda: Vocabulary.from_dict(Vocabulary(["a"]).to_dict() | {"symbols": None}), "received NoneType"),
        (lambda: Vocabulary.from_dict(Vocabulary(["a"]).to_dict() | {"unit": []}), "Unknown unit of text"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ZooError, match=message):
        call()


def test_a_text_opens_with_a_line_feed_or_the_first_symbol():
    assert Vocabulary(["a", "\n"], unit="character").opening == "\n"
    assert Vocabulary(["the", "cat"]).opening == "the"
    assert ByteVocabulary("en").opening == "\n"
