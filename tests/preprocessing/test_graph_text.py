"""The text steps of a graph are those of the vocabulary, on every kind of text."""

import random
import unicodedata
from itertools import product

import keras
import numpy as np
import pytest

pytest.importorskip("tensorflow_text")
import tensorflow as tf  # noqa: E402

from keras_rnn_zoo.errors import ZooError  # noqa: E402
from keras_rnn_zoo.preprocessing import ByteVocabulary, learn_vocabulary  # noqa: E402
from keras_rnn_zoo.preprocessing.graph_text import GraphText  # noqa: E402
from keras_rnn_zoo.preprocessing.text import UNITS, normalize  # noqa: E402

CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
ASSIGNED = [character for character in CHARACTERS if unicodedata.category(character) != "Cn"]
# What the steps treat in ways of their own, and so what should meet most often.
POOLS = [
    "abcABCIİıi",
    "ğüşöçĞÜŞÖÇßΑΣσςα",
    "'’-.,:;!?",
    '()[]{}"“”«»‘¿¡$€£#…%',
    "0123456789٣²",
    "\u0300\u0301\u0307\u0327\u036f\u0345\u00ad",
    " \t\n\u00a0\u2003\u0085\x1c\u3000",
    "\u200b\u200d\ufeff\u180e",
    "漢字한글\u1100\u1161",
    "😀👩🏽",
    "\0\x01\uffff\ufdd0▁▅\ufffd<s>",
]
KINDS = [("tr", True), ("en", True), ("en", False)]


def random_texts(count, seed):
    rng = random.Random(seed)

    def character():
        return rng.choice(rng.choice(POOLS)) if rng.random() < 0.85 else rng.choice(ASSIGNED)

    return ["".join(character() for _ in range(rng.randint(0, 20))) for _ in range(count)]


TEXTS = [*random_texts(1_500, 1), "GÜZEL IĞDIR İSTANBUL", "", "<s></s><pad><unk>", 'He said "yes", (I\'m "fine").']
CASING = [character for character in ASSIGNED if character.lower() != character or character.upper() != character]


def vocabulary_of(unit, language, lower):
    """One that knows two thirds of the texts."""
    return learn_vocabulary(TEXTS[:1_000] + TEXTS[-4:], unit, language, lower)


def ids_of(graph, texts):
    return graph.encode(tf.constant(texts)).numpy()


def spelled(graph, texts):
    return [text.decode() for text in graph._normalize(tf.constant(texts)).numpy()]


def check_encoding(vocabulary, texts):
    rows = ids_of(GraphText(vocabulary), texts)
    expected = [vocabulary.encode(text) for text in texts]
    assert rows.dtype == np.int32 and rows.shape == (len(texts), max(map(len, expected)))
    for text, row, ids in zip(texts, rows, expected):
        np.testing.assert_array_equal(row, np.pad(ids, (0, len(row) - len(ids))), ascii(text))


@pytest.mark.parametrize(("language", "lower"), KINDS)
@pytest.mark.parametrize("unit", UNITS)
def test_encoding(unit, language, lower):
    vocabulary = vocabulary_of(unit, language, lower)
    known = np.mean([np.mean(vocabulary.encode(text) > 3) for text in TEXTS if vocabulary.tokens(text)])
    assert 0.6 < known <= 1
    check_encoding(vocabulary, TEXTS)


@pytest.mark.parametrize("language", ["tr", "en"])
def test_casing_of_every_character(language):
    graph = GraphText(ByteVocabulary(language, lower=True))
    assert spelled(graph, CHARACTERS) == [normalize(character, language, lower=True) for character in CHARACTERS]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_casing_of_every_pair_of_letters(language):
    letters = "abcçdefgğhıijklmnoöpqrsştuüvwxyzâîû"
    letters += letters.upper() + "İΣσςΑß'’-. \u0307\u0301\u0327"
    pairs = [a + b for a, b in product(letters, repeat=2)]
    graph = GraphText(ByteVocabulary(language, lower=True))
    assert spelled(graph, pairs) == [normalize(pair, language, lower=True) for pair in pairs]


@pytest.mark.parametrize(("before", "after"), [("A", "Σ"), ("ΑΣ", ""), ("ΑΣ", "α"), ("", "\u0307\u0301I")])
def test_casing_depends_on_the_neighbours_of_any_character(before, after):
    texts = [before + character + after for character in (*CASING, *ASSIGNED[::7])]
    graph = GraphText(ByteVocabulary("tr", lower=True))
    assert spelled(graph, texts) == [normalize(text, "tr", lower=True) for text in texts]


def test_words_with_every_character():
    texts = [f"a{character}b 1{character}2" for character in CHARACTERS[:0x3000]]
    texts += [f"a{character}b 1{character}2" for character in CHARACTERS[0x3000::37]]
    vocabulary = learn_vocabulary(texts, "word", "tr", lower=True)
    assert not any(vocabulary.unknown(text) for text in texts)
    check_encoding(vocabulary, texts)


def test_only_characters_without_a_name_are_composed_otherwise():
    texts = [f"a{character}\u0301" for character in CHARACTERS]
    composed = spelled(GraphText(ByteVocabulary()), texts)
    differing = [c for c, text, graph in zip(CHARACTERS, texts, composed) if normalize(text) != graph]
    assert len(differing) < 100 and not set(differing) & set(ASSIGNED)


@pytest.mark.parametrize("unit", UNITS)
def test_bytes_that_are_no_utf8(unit):
    vocabulary = vocabulary_of(unit, "tr", True)
    texts = [b"\xff", b"I\xc3", b"\xe2\x82 \xed\xa0\x80", b"\xf0\x9f\x98A\xc0\xaf\xf4\x90\x80\x80", "ğ".encode()]
    rows = ids_of(GraphText(vocabulary), texts)
    for text, row in zip(texts, rows):
        ids = vocabulary.encode(text.decode(errors="replace"))
        np.testing.assert_array_equal(row, np.pad(ids, (0, len(row) - len(ids))))


@pytest.mark.parametrize("unit", UNITS)
def test_decoding(unit):
    vocabulary, rng = vocabulary_of(unit, "en", False), random.Random(2)
    rows = [[rng.randrange(vocabulary.size) for _ in range(12)] for _ in range(600)]
    rows += [[rng.choice((0, 1, 2, 4, 5, 6, *row[:3])) for _ in row] for row in rows]
    rows += [[rng.choice((0, 1, 2, 3, *row[:3])) for _ in row] for row in rows[:100]]
    rows += [[i] * 12 for i in range(vocabulary.size)]
    written = GraphText(vocabulary).decode(tf.constant(rows)).numpy()
    assert [text.decode() for text in written] == [vocabulary.decode(row) for row in rows]


def test_spaces_about_every_kind_of_mark():
    vocabulary = learn_vocabulary(["a ( ) « » \" ' , $ ."])
    ids = [1, 2, *range(4, vocabulary.size)]
    rows = [list(row) for row in product(ids, repeat=4)]
    rows += [random.Random(seed).choices([4, 5, 6, 1], k=12) for seed in range(300)]
    rows = [row + [3] * (12 - len(row)) for row in rows]
    written = GraphText(vocabulary).decode(tf.constant(rows)).numpy()
    assert [text.decode() for text in written] == [vocabulary.decode(row) for row in rows]


@pytest.mark.parametrize("unit", UNITS)
def test_nothing(unit):
    graph = GraphText(learn_vocabulary(["a b"], unit))
    assert ids_of(graph, ["", "\u200b"]).shape == (2, 0) and ids_of(graph, ["", "a"])[0].tolist() == [0]
    assert graph.encode(tf.zeros([0], tf.string)).shape == (0, 0)
    assert graph.decode(tf.zeros([2, 0], tf.int32)).numpy().tolist() == [b"", b""]
    assert graph.decode(tf.zeros([0, 3], tf.int32)).numpy().tolist() == []
    assert graph.decode([[0, 2], [3, 4]]).numpy().tolist() == [b"", b""]


@pytest.mark.parametrize("wrong", [-1, "size"])
@pytest.mark.parametrize("unit", UNITS)
def test_ids_out_of_range(unit, wrong):
    vocabulary = learn_vocabulary(["a b"], unit)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"from 0 to {vocabulary.size - 1}"):
        GraphText(vocabulary).decode([[4, vocabulary.size if wrong == "size" else wrong]])


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="Keras would convert the text steps from JAX")
@pytest.mark.parametrize("unit", UNITS)
def test_a_saved_model_has_it_all(unit, tmp_path):
    vocabulary = vocabulary_of(unit, "tr", True)
    graph = GraphText(vocabulary)

    def echo(texts):
        return graph.decode(graph.encode(texts))

    archive = keras.export.ExportArchive()
    archive.track(graph)
    archive.add_endpoint("serve", echo, input_signature=[tf.TensorSpec([None], tf.string)])
    archive.write_out(str(tmp_path / "archive"), verbose=False)
    written = tf.saved_model.load(str(tmp_path / "archive")).serve(tf.constant(TEXTS[-6:])).numpy()
    assert [text.decode() for text in written] == [vocabulary.decode(vocabulary.encode(text)) for text in TEXTS[-6:]]

    tf.saved_model.save(graph, str(tmp_path / "alone"))
    loaded = tf.saved_model.load(str(tmp_path / "alone"))
    np.testing.assert_array_equal(loaded.encode(tf.constant(TEXTS[:9])), ids_of(graph, TEXTS[:9]))


def test_errors():
    with pytest.raises(ZooError, match="`vocabulary` should be a vocabulary, received list"):
        GraphText(["a"])
