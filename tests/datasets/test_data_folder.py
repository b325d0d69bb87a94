"""The datasets that are read from files have the documented sizes and the known baselines."""

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load
from keras_rnn_zoo.preprocessing.vocabulary import END, START, UNKNOWN, UNKNOWN_SYMBOL

pytestmark = pytest.mark.data


def sizes(dataset):
    return [len(split) for split in (dataset.train, dataset.validation, dataset.test)]


def test_tinyshakespeare():
    dataset = load("tinyshakespeare", window=200)
    vocabulary = dataset.spec.vocabularies["inputs"]
    assert len(vocabulary.symbols) == 65 and dataset.spec.builder_arguments["vocabulary_size"] == 69
    assert sizes(dataset) == [4740, 278, 557]
    assert vocabulary.decode(dataset.validation.inputs["inputs"][0]).startswith("First Citizen:\nBefore we proceed")
    assert not (dataset.test.targets == UNKNOWN).any()


def test_uci_sentiment():
    dataset = load("uci_sentiment")
    assert sizes(dataset) == [2383, 298, 298]
    for split in (dataset.train, dataset.validation, dataset.test):
        assert split.targets.mean() == pytest.approx(0.5, abs=0.01)
        assert min(len(row) for row in split.inputs["inputs"]) >= 1
    assert load("uci_sentiment", seed=1).test.targets.tolist() != dataset.test.targets.tolist()


def test_jsb_note_unigram():
    dataset = load("jsb_chorales")
    assert sizes(dataset) == [229, 76, 77]
    frames = {name: np.concatenate(getattr(dataset, name).targets) for name in ("train", "validation", "test")}
    assert [len(f) for f in frames.values()] == [13_807, 4_602, 4_725]
    # One note of the test split never sounds in train: half a count each way keeps its rate from zero.
    rates = (frames["train"].sum(axis=0, dtype=np.float64) + 0.5) / (len(frames["train"]) + 1)
    test = frames["test"]
    nats = -(test * np.log(rates) + (1 - test) * np.log1p(-rates)).sum(axis=1).mean()
    assert nats == pytest.approx(11.060, abs=5e-4)
    for inputs, targets in zip(dataset.test.inputs["inputs"], dataset.test.targets):
        assert not inputs[0].any()
        np.testing.assert_array_equal(inputs[1:], targets[:-1])


@pytest.mark.parametrize("unit", ["word", "character"])
def test_tatoeba_shares_no_sentence(unit):
    dataset = load("tatoeba_tr_en", unit=unit, max_size=None, min_count=1)
    assert sizes(dataset) == [63_037, 3_502, 3_502]
    for field in ("source", "targets"):
        vocabulary = dataset.spec.vocabularies[field]
        kept = [
            {vocabulary.decode(row) for row in (split.targets if field == "targets" else split.inputs[field])}
            for split in (dataset.validation, dataset.test)
        ]
        train = dataset.train.targets if field == "targets" else dataset.train.inputs[field]
        trained = {vocabulary.decode(row) for row in train}
        # Two sentences that differ in an unknown symbol alone look alike here.
        both = {text for text in kept[0] & kept[1] if UNKNOWN_SYMBOL not in text}
        assert not both and not any(names & trained for names in kept)


def test_tatoeba_fields():
    dataset = load("tatoeba_tr_en", source="en", target="tr", max_size=500)
    assert dataset.spec.vocabularies["source"].size == 504
    assert dataset.spec.vocabularies["targets"].language == "tr"
    for previous, targets in zip(dataset.test.inputs["previous"], dataset.test.targets):
        assert previous[0] == START and targets[-1] == END
        np.testing.assert_array_equal(previous[1:], targets[:-1])
    symbols = "".join(load("tatoeba_tr_en", unit="character").spec.vocabularies["source"].symbols)
    assert "\u200b" not in symbols and "\u0307" not in symbols and symbols == symbols.lower()
