"""Pairs of sentences: units, references as they were written, and which sources are the same."""

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.preprocessing import learn_vocabulary
from keras_rnn_zoo.preprocessing.text import UNITS, normalize, squeeze

PAIRS = [
    ("Hi Tom!", "Selam Tom!"),
    ("Hi, Tom!", "Selam,  Tom!"),
    ("hi tom !", "SELAM TOM!"),
    ("Run, Mary, run!", "Koş Meryem, koş!"),
    ("IT IS IN ISPARTA.", "ISPARTA'DA."),
    ("It is in Isparta.", "Isparta'da."),
    *[(f"Number {n} is Fine.", f"{n} İyi.") for n in range(60)],
    *[(f"Number {n} is Fine.", f"{n} Güzel.") for n in range(60)],
]


@pytest.fixture
def tatoeba(tmp_path, monkeypatch):
    folder = tmp_path / "tur-eng"
    folder.mkdir()
    lines = [f"{en}\t{tr}\tCC-BY 2.0 (France)\n" for en, tr in PAIRS]
    (folder / "tur.txt").write_text("".join(lines), encoding="utf-8")
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    return lambda **options: load("tatoeba_tr_en", **{"min_count": 1, "max_size": 300, **options})


def splits(dataset):
    return dataset.train, dataset.validation, dataset.test


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("unit", UNITS)
def test_tatoeba_in_every_unit(tatoeba, unit, lower):
    dataset = tatoeba(unit=unit, lower=lower)
    assert dataset.spec.scores == ("bleu", "chrf")
    assert sum(map(len, splits(dataset))) == len(PAIRS) - 2
    for field, language in (("source", "tr"), ("targets", "en")):
        vocabulary = dataset.spec.vocabularies[field]
        assert (vocabulary.unit, vocabulary.lower, vocabulary.language) == (unit, lower, language)
    assert dataset.spec.builder_arguments["outputs"] == dataset.spec.vocabularies["targets"].size
    for split in splits(dataset):
        assert [dataset.spec.vocabularies["targets"].encode(text).tolist() for text in split.texts] == [
            row[:-1].tolist() for row in split.targets
        ]


def test_the_first_spelling_is_kept(tatoeba):
    texts = {text for split in splits(tatoeba(source="en", target="tr", lower=False)) for text in split.texts}
    assert {"Selam Tom!", "Selam, Tom!", "ISPARTA'DA.", "7 İyi."} <= texts
    assert not {"SELAM TOM!", "Isparta'da."} & texts


def test_lowering_follows_the_language(tatoeba):
    texts = {text for split in splits(tatoeba(source="en", target="tr")) for text in split.texts}
    assert {"selam, tom!", "ısparta'da.", "7 iyi."} <= texts


def test_the_split_does_not_depend_on_case_or_unit(tatoeba):
    lowered, raw, letters = tatoeba(), tatoeba(lower=False), tatoeba(unit="character", lower=False)
    for one, other, third in zip(*map(splits, (lowered, raw, letters))):
        assert one.texts == [normalize(text, "en", lower=True) for text in other.texts] and other.texts == third.texts
        assert one.groups == other.groups == third.groups


def test_groups_number_the_distinct_sources(tatoeba):
    dataset = tatoeba(source="en", target="tr")
    for split in splits(dataset):
        sources = {}
        for row, group in zip(split.inputs["source"], split.groups):
            sources.setdefault(group, set()).add(dataset.spec.vocabularies["source"].decode(row))
        assert sorted(sources) == list(range(len(sources))) and all(len(texts) == 1 for texts in sources.values())
    assert len(set(dataset.train.groups)) < len(dataset.train) - 40


def test_sources_that_differ_in_an_unknown_word_are_different():
    texts = (["a x", "a y", "a  x", "b"], ["B!", "c", "C", "e\u0301 "])
    vocabularies = learn_vocabulary(["a b"]), learn_vocabulary(["b"], language="en", lower=True)
    about = {"name": "n", "description": "d", "licence": "l", "citation": "c"}
    dataset = translation_dataset(dict.fromkeys(("train", "validation", "test"), texts), *vocabularies, **about)
    assert dataset.train.groups == [0, 1, 0, 2] and dataset.spec.scores == ()
    assert dataset.train.texts == ["b!", "c", "c", "é "]
    np.testing.assert_array_equal(dataset.train.inputs["source"][0], dataset.train.inputs["source"][1])


def test_number_names_have_references_too():
    dataset = load("number_names", limit=200)
    assert dataset.spec.scores == () and len(set(dataset.test.groups)) == len(dataset.test)
    vocabulary = dataset.spec.vocabularies["targets"]
    assert [vocabulary.decode(row) for row in dataset.test.targets] == list(dataset.test.texts)


@pytest.mark.data
def test_the_whole_of_tatoeba_is_one_split():
    lowered, raw = load("tatoeba_tr_en"), load("tatoeba_tr_en", unit="subword", lower=False, max_size=2_000)
    assert len(raw.test) == len(lowered.test) == 3_502 > max(lowered.test.groups) > 3_000
    assert lowered.test.texts == [normalize(text, "en", lower=True) for text in raw.test.texts]
    targets = raw.spec.vocabularies["targets"]
    assert targets.size == 2_004
    assert [targets.decode(row) for row in raw.test.targets[:500]] == [squeeze(text) for text in raw.test.texts[:500]]
