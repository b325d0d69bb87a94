"""Bytes and subwords, and what the vocabularies of all five units have in common."""

import doctest
import importlib
import json
import sys

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing import ByteVocabulary, SubwordVocabulary, learn_vocabulary, vocabulary_from_dict
from keras_rnn_zoo.preprocessing.text import UNITS, normalize
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN, Vocabulary

TEXTS = [
    "Güzel Iğdır, İstanbul!",
    "the lowest, the newest",
    "lower <s> </s> newer",
    "Iğdır'da yağmur yağıyor.",
    "İstanbul, Iğdır!",
]


@pytest.fixture(params=UNITS)
def vocabulary(request):
    return learn_vocabulary(TEXTS, request.param, language="tr", lower=True)


def test_kinds():
    kinds = [type(learn_vocabulary(TEXTS, unit)) for unit in UNITS]
    assert kinds == [Vocabulary, Vocabulary, Vocabulary, ByteVocabulary, SubwordVocabulary]


def test_what_all_units_share(vocabulary):
    assert vocabulary.size == len(vocabulary) and f"{vocabulary.size} ids" in repr(vocabulary)
    assert repr(vocabulary).startswith(type(vocabulary).__name__) and vocabulary.lower and vocabulary.language == "tr"
    ids = vocabulary.encode("İstanbul, IĞDIR!")
    assert ids.dtype == np.int32 and ids.ndim == 1 and ids.min() > END and ids.max() < vocabulary.size
    assert len(vocabulary.tokens("İstanbul, IĞDIR!")) == len(ids)
    assert vocabulary.decode(ids) == "istanbul, ığdır!"
    assert vocabulary.decode([START, *ids[:3], PAD, *ids[3:], END, ids[0]]) == "istanbul, ığdır!"
    assert vocabulary.unknown("İstanbul, IĞDIR!") == []


def test_the_unknown_shows(vocabulary):
    assert vocabulary.decode([UNKNOWN]) == "�"


def test_nothing_has_no_ids(vocabulary):
    for text in ("", "\u200b"):
        ids = vocabulary.encode(text)
        assert ids.shape == (0,) and ids.dtype == np.int32 and vocabulary.tokens(text) == []
    assert vocabulary.decode([]) == vocabulary.decode([END]) == ""


def test_json_holds_a_vocabulary(vocabulary):
    again = vocabulary_from_dict(json.loads(json.dumps(vocabulary.to_dict())))
    assert type(again) is type(vocabulary) and again == vocabulary and again.to_dict() == vocabulary.to_dict()
    np.testing.assert_array_equal(again.encode(TEXTS[0]), vocabulary.encode(TEXTS[0]))
    assert again != learn_vocabulary(TEXTS, vocabulary.unit, language="en", lower=True)
    assert again != vocabulary.to_dict()


def test_ids_out_of_range(vocabulary):
    with pytest.raises(ZooError, match=f"whole numbers from 0 to {vocabulary.size - 1}"):
        vocabulary.decode([vocabulary.size])


def test_half_a_surrogate_pair_is_replaced(vocabulary):
    np.testing.assert_array_equal(vocabulary.encode("\ud83d"), vocabulary.encode("\N{REPLACEMENT CHARACTER}"))


def test_bytes():
    vocabulary = ByteVocabulary()
    assert vocabulary.size == 260 and vocabulary.encode("\0ÿ").tolist() == [4, 0xC3 + 4, 0xBF + 4]
    assert vocabulary.tokens("é") == ["<0xC3>", "<0xA9>"]
    text = normalize("".join(map(chr, [*range(0x3000), 0x1F600])))
    assert vocabulary.decode(vocabulary.encode(text)) == text and vocabulary.unknown(text) == []


def test_broken_utf8_is_replaced():
    ids = ByteVocabulary().encode("aé😀")
    assert ByteVocabulary().decode(ids[:2]) == "a�"
    assert ByteVocabulary().decode([*ids[:2], UNKNOWN, *ids[2:3]]) == "a���"
    assert ByteVocabulary().decode(ids[:-1]) == "aé�"
    assert ByteVocabulary().decode([0xFF + 4, 0xED + 4, 0xA0 + 4]) == "���"


def test_subwords_join_what_is_frequent():
    vocabulary = learn_vocabulary(["low lower lowest"] * 9 + ["new newest"], "subword", max_size=30)
    assert vocabulary.tokens("lower newest") == ["▁lower", "▁newest"]
    assert vocabulary.decode(vocabulary.encode(" slow \t west\n")) == "slow west"
    few = learn_vocabulary(["low lower lowest"] * 9 + ["new newest"], "subword", max_size=11)
    assert few.size == 15 and set("lowerstn▁") < set(few.symbols) and "▁low" not in few.tokens("newest")


def test_subwords_are_learnt_alike_every_time():
    learnt = [learn_vocabulary(TEXTS, "subword", max_size=60).to_dict() for _ in range(3)]
    assert learnt[0] == learnt[1] == learnt[2]


@pytest.mark.parametrize("text", ["漢字", "漢 字", "漢a", "a漢字b 漢", "\0", "\u2585"])
def test_symbols_never_seen(text):
    vocabulary = learn_vocabulary(["a b", "ab"], "subword")
    ids = vocabulary.encode(text)
    assert UNKNOWN in ids and "�" in vocabulary.decode(ids)
    assert len(vocabulary.unknown(text)) == np.sum(ids == UNKNOWN)
    assert all(token.strip("▁ab") for token in vocabulary.unknown(text))


def test_rare_letters_are_unknown():
    vocabulary = learn_vocabulary(["ab ab", "ba", "abx"], "subword", min_count=2)
    assert vocabulary.unknown("abx") == ["x"] and not vocabulary.unknown("ab ba")
    assert not learn_vocabulary(["ab ab", "ba", "abx"], "subword").unknown("abx")


def test_long_texts_and_odd_letters_are_learnt():
    vocabulary = learn_vocabulary(["word " * 5_000, "a\0b \u2585 c▁d"], "subword")
    assert not vocabulary.unknown("word a b c d") and vocabulary.unknown("a\0") == ["\0"]


SUBWORDS = learn_vocabulary(TEXTS, "subword").to_dict()


def foreign():
    from io import BytesIO

    from sentencepiece import SentencePieceTrainer

    model = BytesIO()
    arguments = {"vocab_size": 8, "hard_vocab_limit": False, "minloglevel": 2}
    SentencePieceTrainer.train(sentence_iterator=iter(["a b ab"]), model_writer=model, model_type="bpe", **arguments)
    return model.getvalue()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learn_vocabulary(TEXTS, "syllable"), "Unknown unit of text 'syllable'"),
        (lambda: learn_vocabulary(TEXTS, "byte", max_size=255), "at least 256 for bytes, received 255"),
        (lambda: learn_vocabulary(TEXTS, "byte", min_count=0), "`min_count` should be a whole number"),
        (lambda: learn_vocabulary("text", "byte"), "received one string"),
        (lambda: learn_vocabulary(TEXTS, "subword", max_size=True), "`max_size` should be a whole number"),
        (lambda: SubwordVocabulary.learn(TEXTS, max_size=0), "`max_size` should be a whole number"),
        (lambda: learn_vocabulary(["abc d"], "subword", max_size=4), "every letter of the texts, 5 here, received 4"),
        (lambda: learn_vocabulary(["abc d"], "subword", min_count=2), "at least one symbol"),
        (lambda: learn_vocabulary(["", " \t", "▁"], "subword"), "at least one symbol"),
        (lambda: learn_vocabulary([3], "subword"), "Text should be a string, received int"),
        (lambda: ByteVocabulary(lower=1), "`lower` should be True or False"),
        (lambda: ByteVocabulary("Turkish"), "`language` should be an ISO 639 code"),
        (lambda: SubwordVocabulary("no base64"), "should be bytes or base64 text, received str"),
        (lambda: SubwordVocabulary(None), "should be bytes or base64 text, received NoneType"),
        (lambda: SubwordVocabulary(b"no model"), r"no SentencePiece model \(8 bytes\)"),
        (lambda: SubwordVocabulary(b""), r"no SentencePiece model \(0 bytes\)"),
        (
            lambda: SubwordVocabulary(foreign()),
            r"padding, unknown, start and end \(0, 1, 2, 3\), received \(-1, 0, 1, 2\)",
        ),
        (lambda: vocabulary_from_dict({**SUBWORDS, "unit": "byte"}), "should have the keys"),
        (lambda: vocabulary_from_dict({**SUBWORDS, "unit": "bytes"}), "Unknown unit of text 'bytes'"),
        (lambda: vocabulary_from_dict({**SUBWORDS, "unit": []}), "Unknown unit of text"),
        (lambda: vocabulary_from_dict({}), r"should have the keys .* received \[\]"),
        (lambda: vocabulary_from_dict("word"), "received str"),
        (lambda: ByteVocabulary.from_dict(SUBWORDS), "should have the keys"),
        (
            lambda: ByteVocabulary.from_dict({**ByteVocabulary().to_dict(), "unit": "word"}),
            "Unknown unit of text 'word'",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ZooError, match=message):
        call()


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.delitem(sys.modules, "keras_rnn_zoo.preprocessing.graph_tensorflow", raising=False)
    with pytest.raises(ZooError, match="in a graph needs TensorFlow"):
        importlib.import_module("keras_rnn_zoo.preprocessing.graph_tensorflow")


GRAPHS = [
    "bicubic",
    "composition",
    "letters",
    "normalize",
    "picture",
    "recording",
    "spelling",
    "subwords",
    "text",
    "words",
]


@pytest.mark.parametrize(
    "name", ["base", "byte", "subword", "vocabulary", "text", *(f"graph_{name}" for name in GRAPHS)]
)
def test_docstring_examples(name):
    if name.startswith("graph_"):
        pytest.importorskip("tensorflow")
    assert not doctest.testmod(importlib.import_module(f"keras_rnn_zoo.preprocessing.{name}")).failed


def test_tokens_stand_between_spaces():
    vocabulary = learn_vocabulary(["the u.s. <unk> 's  $ N\tdo n't"], "token")
    assert vocabulary.tokens(" the\u00a0u.s. 's ") == ["the", "u.s.", "'s"]
    assert sorted(vocabulary.symbols) == sorted(["the", "u.s.", "<unk>", "'s", "$", "N", "do", "n't"])
    assert vocabulary.decode(vocabulary.encode("the u.s. 's\nn't zebra")) == "the u.s. 's n't �"
