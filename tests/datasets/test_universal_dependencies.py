"""Universal Dependencies: the published splits, words as they are, and damaged files."""

import gzip

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load, universal_dependencies
from keras_rnn_zoo.datasets.tagging import tagging_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import UNKNOWN

SENTENCES = {
    "train": [("St. Louis", "PROPN PROPN"), ("IŞIK var", "NOUN VERB"), ("ışık St. Louis", "NOUN PROPN PROPN")],
    "dev": [("Louis var", "PROPN VERB")],
    "test": [("Iğdır St.", "PROPN PROPN")],
}


def conllu(sentences):
    blocks = []
    for words, tags in sentences:
        rows = [
            "\t".join([str(n), word, word, tag, "_", "_", "0", "root", "_", "_"])
            for n, (word, tag) in enumerate(zip(words.split(), tags.split(), strict=True), start=1)
        ]
        blocks.append("\n".join([f"# text = {words}", *rows]) + "\n\n")
    return "".join(blocks)


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with a Turkish treebank of a few words."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(universal_dependencies, "ADDRESS", "http://127.0.0.1:9/ud")
    monkeypatch.setitem(universal_dependencies.SIZES, "tr_atis", {name: len(rows) for name, rows in SENTENCES.items()})
    (tmp_path / "ud-tr-atis").mkdir()
    for name, sentences in SENTENCES.items():
        (tmp_path / "ud-tr-atis" / f"tr_atis-ud-{name}.conllu.gz").write_bytes(
            gzip.compress(conllu(sentences).encode())
        )
    return tmp_path / "ud-tr-atis"


@pytest.mark.data
@pytest.mark.parametrize(
    ("treebank", "sentences", "words", "tags"),
    [
        ("tr_atis", [4_274, 572, 586], [36_230, 4_862, 4_815], 13),
        ("en_ewt", [12_544, 2_001, 2_077], [204_577, 25_147, 25_094], 17),
    ],
)
def test_the_published_splits(treebank, sentences, words, tags):
    dataset = load("universal_dependencies", treebank=treebank)
    splits = (dataset.train, dataset.validation, dataset.test)
    assert [len(split) for split in splits] == sentences
    assert [sum(map(len, split.targets)) for split in splits] == words
    assert len(dataset.spec.labels) == dataset.spec.builder_arguments["outputs"] == tags
    assert 0 < (np.concatenate(dataset.train.inputs["inputs"]) == UNKNOWN).mean() < 0.06


@pytest.mark.data
@pytest.mark.parametrize(("treebank", "again"), [("tr_atis", (3, 7)), ("en_ewt", (68, 94))])
def test_sentences_that_come_again(treebank, again):
    train, *others = ([tuple(words) for words, _ in universal_dependencies.read(treebank, name)] for name in SENTENCES)
    assert tuple(sum(words in set(train) for words in split) for split in others) == again


@pytest.mark.data
def test_other_tags_and_the_same_twice():
    first, again = (load("universal_dependencies", tag="deprel", letters=12) for _ in range(2))
    assert "nmod:poss" in first.spec.labels
    for name in ("inputs", "characters"):
        for row, repeat in zip(first.test.inputs[name], again.test.inputs[name], strict=True):
            np.testing.assert_array_equal(row, repeat)


def test_words_are_looked_up_whole(folder):
    dataset = load("universal_dependencies")
    vocabulary = dataset.spec.vocabularies["inputs"]
    assert vocabulary.symbols == ("Louis", "St.") and dataset.spec.labels == ("NOUN", "PROPN", "VERB")
    assert dataset.train.inputs["inputs"][0].tolist() == [5, 4]
    assert dataset.train.inputs["inputs"][1].tolist() == [UNKNOWN, UNKNOWN]
    assert [row.tolist() for row in dataset.train.targets] == [[1, 1], [0, 2], [0, 1, 1]]


def test_turkish_small_letters(folder):
    vocabulary = load("universal_dependencies", lower=True).spec.vocabularies["inputs"]
    assert set(vocabulary.symbols) == {"ışık", "louis", "st."}
    assert vocabulary.encode_tokens(["IŞIK", "Işık", "ışık"]).tolist() == [vocabulary.encode_tokens(["ışık"])[0]] * 3


def test_letters_of_words(folder):
    dataset = load("universal_dependencies", letters=4, lower=True)
    characters = dataset.spec.vocabularies["characters"]
    (spelt,) = dataset.test.inputs["characters"]
    assert spelt.shape == (2, 4) and spelt[1, 3] == 0
    assert [characters.decode(row) for row in spelt] == ["\ufffd\ufffdır", "St."]  # the last letters of Iğdır
    assert dataset.spec.builder_arguments["letters"] == 4
    assert dataset.spec.builder_arguments["character_vocabulary_size"] == characters.size
    assert dataset.spec.padding == {"inputs": 0, "characters": 0, "targets": 0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (conllu(SENTENCES["dev"])[:-9], "dev.conllu.gz, line 3, column [0-9]+: word 2"),
        (conllu(SENTENCES["dev"]).rstrip("\n"), "an empty line after the last sentence"),
        ("1 Louis PROPN\n\n", "dev.conllu.gz, line 1, column 1: word 1"),
        ("# nothing\n", "at least one sentence"),
        (2 * conllu(SENTENCES["dev"]), "dev.conllu.gz should hold 1 sentences, as version 2.15, received 2"),
    ],
)
def test_a_damaged_file(folder, text, message):
    path = folder / "tr_atis-ud-dev.conllu.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert_named(folder, path, message)


def test_a_packed_file_that_is_cut(folder):
    path = folder / "tr_atis-ud-dev.conllu.gz"
    path.write_bytes(path.read_bytes()[:-9])
    assert_named(folder, path, "should be a whole .gz file, received a damaged one")
    path.write_bytes(b"text")
    assert_named(folder, path, "should be a .gz file, received another")


def assert_named(folder, path, message):
    before = contents(folder.parent)
    with pytest.raises(ZooError, match=message) as caught:
        load("universal_dependencies")
    for named in (
        str(path),
        "http://127.0.0.1:9/ud/UD_Turkish-Atis/r2.15/tr_atis-ud-dev.conllu",
        "KERAS_RNN_ZOO_DATA",
    ):
        assert named in str(caught.value)
    assert "etch it anew" not in str(caught.value) and str(caught.value).count("Remove it and save") == 1
    assert contents(folder.parent) == before


def test_a_missing_file(folder):
    (folder / "tr_atis-ud-test.conllu.gz").unlink()
    with pytest.raises(ZooError, match="ud-tr-atis/tr_atis-ud-test.conllu could not be downloaded") as caught:
        load("universal_dependencies")
    assert "http://127.0.0.1:9/ud/UD_Turkish-Atis/r2.15/tr_atis-ud-test.conllu" in str(caught.value)
    assert not (folder.parent / "cache").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"treebank": "en_gum"}, "Unknown `treebank` 'en_gum'"),
        ({"tag": "lemma"}, "Unknown `tag` 'lemma'"),
        ({"tag": "xpos"}, "tr_atis does not say the xpos of its words"),
        ({"letters": 0}, "`letters` should be a whole number of at least 1"),
        ({"min_count": 0}, "`min_count` should be"),
    ],
)
def test_bad_options(folder, options, message):
    with pytest.raises(ZooError, match=message):
        load("universal_dependencies", **options)


@pytest.mark.parametrize(
    ("splits", "message"),
    [
        ({"validation": []}, "the validation split should have at least one sentence"),
        (
            dict.fromkeys(("train", "validation", "test"), [(["a"], ["X"])]),
            r"two different tags are needed, received \['X'\]",
        ),
    ],
)
def test_splits_that_cannot_be_learnt(splits, message):
    whole = dict.fromkeys(("train", "validation", "test"), [(["a", "b"], ["X", "Y"])])
    with pytest.raises(ZooError, match=f"mine: .*{message}"):
        tagging_dataset({**whole, **splits}, language="en", name="mine", description="")
