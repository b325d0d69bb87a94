"""The text steps of a graph are those of the vocabulary, on every kind of text."""

import os
import random
import subprocess
import sys
import unicodedata
from itertools import product
from pathlib import Path

import keras
import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402

from keras_rnn_zoo.errors import ZooError  # noqa: E402
from keras_rnn_zoo.preprocessing import ByteVocabulary, learn_vocabulary  # noqa: E402
from keras_rnn_zoo.preprocessing.graph_text import GraphText  # noqa: E402
from keras_rnn_zoo.preprocessing.text import UNITS, normalize, split  # noqa: E402

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


@pytest.mark.parametrize("text", ["{}\u0301", "a\u0323{}\u0307", "\u1100{}\u11a8"])
def test_any_character_is_composed_as_by_python(text):
    texts = [text.format(character) for character in ASSIGNED]
    assert spelled(GraphText(ByteVocabulary()), texts) == [normalize(text) for text in texts]


def test_marks_in_any_order_are_composed_as_by_python():
    parts = sorted({part for c in ASSIGNED for part in unicodedata.normalize("NFD", c) if len(c.encode()) < 3})
    pools = [
        parts,
        "aeiouAEIOUsS",
        "\u0300\u0301\u0307\u0323\u0327\u0328\u031b\u0338\u0345",
        "가각힣\u1100\u1161\u11a7\u11a8",
    ]
    pools += ["\u09c7\u09be\u0dd9\u0dcf\u0dca", [c for c in ASSIGNED if unicodedata.combining(c)]]
    rng = random.Random(3)
    texts = ["".join(rng.choice(rng.choice(pools)) for _ in range(rng.randint(0, 12))) for _ in range(20_000)]
    texts.append("e\u0301\u0323" * 500 + "\u0301" * 200)
    composed = [normalize(text) for text in texts]
    assert composed != texts and spelled(GraphText(ByteVocabulary()), texts) == composed


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


def exported(graph, path):
    """A SavedModel with several signatures on one `GraphText`."""

    def signature(answer):
        return tf.function(lambda texts: {"answer": answer(texts)}, input_signature=[tf.TensorSpec([None], tf.string)])

    answers = {
        "ids": graph.encode,
        "echo": lambda texts: graph.decode(graph.encode(texts)),
        "tokens": lambda texts: graph.tokens(texts)[0],
        "words": lambda texts: graph.words(texts)[0],
        "ids_of_words": lambda texts: graph.ids_of(graph.words(texts)[0]),
    }
    holder = tf.Module()
    holder.graph = graph
    tf.saved_model.save(holder, path, {name: signature(answer) for name, answer in answers.items()})
    return {name: signature(answer)(tf.constant(TEXTS[-80:]))["answer"].numpy() for name, answer in answers.items()}


def graph_of(path):
    file = saved_model_pb2.SavedModel.FromString(Path(path, "saved_model.pb").read_bytes())
    return file.meta_graphs[0].graph_def


@pytest.mark.parametrize("unit", UNITS)
def test_a_process_with_tensorflow_alone_answers_alike(unit, tmp_path):
    path = str(tmp_path / "saved")
    expected = exported(GraphText(vocabulary_of(unit, "tr", True)), path)
    np.savez(tmp_path / "expected.npz", texts=np.array([text.encode() for text in TEXTS[-80:]], object), **expected)
    script = (
        "import sys, numpy as np, tensorflow as tf; expected = dict(np.load(sys.argv[2], allow_pickle=True)); "
        "model = tf.saved_model.load(sys.argv[1]); texts = tf.constant(expected.pop('texts').tolist()); "
        "found = {name: model.signatures[name](texts)['answer'].numpy() for name in expected}; "
        "assert all((found[name] == expected[name]).all() and found[name].shape == expected[name].shape for name in found); "
        "assert not {'tensorflow_text', 'keras_rnn_zoo'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", script, path, str(tmp_path / "expected.npz")]
    result = subprocess.run(command, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]

    graph = graph_of(path)
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    operations = {node.op for node in nodes}
    assert not [name for name in operations if name.startswith(("RegexSplit", "Normalize", "Sentencepiece"))]
    assert {"UnicodeDecode", "While"} & operations and not {"PyFunc", "EagerPyFunc"} & operations


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_large_stands_once_in_a_saved_model(unit, tmp_path):
    rare = "\U0001f9a5" if unit == "character" else "ğzqxjkvw0"
    texts = [*TEXTS[-4:], rare]
    vocabulary = learn_vocabulary(texts, unit, "tr", lower=True)
    exported(GraphText(vocabulary), str(tmp_path / "saved"))
    written = (tmp_path / "saved" / "saved_model.pb").read_bytes()
    if unit in ("word", "token", "character"):
        assert written.count(rare.encode()) == 1
    assert written.count("[^\u0300".encode()) == 1  # What composition may change.
    assert len(written) < (600_000 if unit == "subword" else 300_000)  # Subwords are joined by a loop of their own.


@pytest.mark.parametrize(("language", "lower"), KINDS)
@pytest.mark.parametrize("unit", UNITS)
def test_tokens_words_and_their_ids(unit, language, lower):
    vocabulary, texts = vocabulary_of(unit, language, lower), [text for text in TEXTS[:400] if "\0" not in text]
    graph = GraphText(vocabulary)
    for found, cut in (
        (graph.tokens(texts), vocabulary.tokens),
        (graph.words(texts), lambda text: split(normalize(text, language), "word")),
    ):
        rows, lengths = [part.numpy() for part in found]
        assert [[word.decode() for word in row[:n]] for row, n in zip(rows, lengths)] == [cut(text) for text in texts]
        assert all((row[n:] == b"").all() for row, n in zip(rows, lengths))
    ids = graph.ids_of(rows).numpy()
    assert ids.dtype == np.int32 and ids.shape == rows.shape
    for row, n, text in zip(ids, lengths, texts):
        np.testing.assert_array_equal(row[:n], vocabulary.encode_tokens(split(normalize(text, language), "word")))
        assert not row[n:].any()


def test_errors():
    with pytest.raises(ZooError, match="`vocabulary` should be a vocabulary, received list"):
        GraphText(["a"])
