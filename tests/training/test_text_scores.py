"""Scores of written text agree with sacrebleu and jiwer called by hand, and with definitions written out again."""

import math
import subprocess
import sys
from collections import Counter
from importlib.metadata import version

import jiwer
import numpy as np
import pytest
import sacrebleu

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.text_scores import (
    SCORES,
    bits_per_character,
    larger_is_better,
    signature,
    text_scores,
)

WRITTEN = ["The cat sat on a mat.", "I'm very hungry!", "He went home early this evening.", "Yes."]
ONE = [["The cat sat on the mat."], ["I am very hungry."], ["He came home early this evening."], ["Yes."]]
FIRST = [row[0] for row in ONE]
SECOND = ["A cat sat on a mat.", None, "This evening he went home.", None]
SOME = [[text for text in row if text is not None] for row in zip(FIRST, SECOND)]


def test_one_reference_is_sacrebleu():
    scores = text_scores(["bleu", "chrf"], WRITTEN, ONE)
    assert 0 < scores["bleu"] == pytest.approx(sacrebleu.corpus_bleu(WRITTEN, [FIRST]).score)
    assert 0 < scores["chrf"] == pytest.approx(sacrebleu.corpus_chrf(WRITTEN, [FIRST], word_order=2).score)


def test_one_or_two_references_are_sacrebleu():
    scores, one = (text_scores(["bleu", "chrf"], WRITTEN, references) for references in (SOME, ONE))
    assert scores["bleu"] == pytest.approx(sacrebleu.corpus_bleu(WRITTEN, [FIRST, SECOND]).score)
    assert scores["chrf"] == pytest.approx(sacrebleu.corpus_chrf(WRITTEN, [FIRST, SECOND], word_order=2).score)
    assert scores["bleu"] > one["bleu"] and scores["chrf"] > one["chrf"]


def ngrams(words, n):
    return Counter(tuple(words[start : start + n]) for start in range(len(words) - n + 1))


def test_bleu_is_its_definition():
    """Papineni et al. 2002, eqs. 1 to 3: clipped counts over the corpus, the closest length, the shorter of equals."""
    rng = np.random.default_rng(0)
    sentences = [
        [list("abcd"[i] for i in rng.integers(0, 4, rng.integers(4, 12))) for _ in range(4)] for _ in range(20)
    ]
    written, references = (
        [row[0] for row in sentences],
        [row[1 : 2 + number % 3] for number, row in enumerate(sentences)],
    )
    precisions = []
    for n in (1, 2, 3, 4):
        right = total = 0
        for text, row in zip(written, references):
            most = Counter()
            for reference in row:
                most |= ngrams(reference, n)
            right, total = right + (ngrams(text, n) & most).total(), total + ngrams(text, n).total()
        precisions.append(right / total)
    length = sum(map(len, written))
    closest = sum(min(map(len, row), key=lambda k: (abs(k - len(text)), k)) for text, row in zip(written, references))
    expected = 100 * min(1, math.exp(1 - closest / length)) * math.exp(np.mean(np.log(precisions)))
    joined = [" ".join(text) for text in written], [[" ".join(text) for text in row] for row in references]
    assert text_scores(["bleu"], *joined, tokenize="none")["bleu"] == pytest.approx(expected)


def test_tokenize():
    written, references = ["the cat , sat on mats ."], [["the cat, sat on mats."]]
    assert text_scores(["bleu"], written, references)["bleu"] == pytest.approx(100)
    assert text_scores(["bleu"], written, references, tokenize="none")["bleu"] < 50
    assert "|tok:13a|" in signature("bleu", references) and "|tok:none|" in signature("bleu", references, "none")


def test_error_rates_are_jiwer():
    scores = text_scores(["wer", "cer"], WRITTEN, ONE)
    assert scores == pytest.approx({"wer": jiwer.wer(FIRST, WRITTEN), "cer": jiwer.cer(FIRST, WRITTEN)})


def test_error_rates_count_the_nearest_reference():
    written, references = ["a b c", "a b"], [["x y z w", "a b x"], ["a x", "a b c d"]]
    assert text_scores(["wer"], written, references)["wer"] == pytest.approx((1 + 1) / (3 + 2))
    # Of equally near references the longest, in whatever order.
    for row in (["a x", "a b c"], ["a b c", "a x"]):
        assert text_scores(["wer"], ["a b"], [row])["wer"] == pytest.approx(1 / 3)


def test_error_rates_are_of_the_corpus():
    assert text_scores(["wer"], ["x", "a b c"], [["a"], ["a b c"]])["wer"] == 1 / 4
    assert text_scores(["wer"], ["a b c d e"], [["a"]])["wer"] == 4
    assert text_scores(["wer", "cer"], ["a  b\tc "], [["a b c"]]) == {"wer": 0, "cer": 0}


def test_turkish_letters_are_letters():
    assert text_scores(["cer"], ["ışık"], [["isik"]])["cer"] == 3 / 4


def test_right_and_empty_answers():
    right = text_scores(SCORES, FIRST, ONE)
    assert right == pytest.approx({"bleu": 100, "chrf": 100, "wer": 0, "cer": 0})
    assert text_scores(SCORES, [""] * 4, ONE) == {"bleu": 0, "chrf": 0, "wer": 1, "cer": 1}
    partly = text_scores(SCORES, ["", *FIRST[1:]], ONE)
    assert 0 < partly["bleu"] < 100 and 0 < partly["chrf"] < 100 and 0 < partly["wer"] < 1


def test_only_the_scores_asked_for():
    assert list(text_scores(["wer"], WRITTEN, ONE)) == ["wer"]


@pytest.mark.parametrize("name", SCORES)
def test_direction(name):
    right, wrong = (text_scores([name], written, ONE)[name] for written in (FIRST, WRITTEN))
    assert (right > wrong) == larger_is_better(name)


def test_signatures():
    chrf = sacrebleu.CHRF(word_order=2)
    chrf.corpus_score(WRITTEN, [FIRST, SECOND])
    assert signature("chrf", SOME) == str(chrf.get_signature())
    bleu = sacrebleu.BLEU()
    bleu.corpus_score(WRITTEN, [FIRST])
    assert signature("bleu", ONE) == str(bleu.get_signature())
    assert signature("wer", SOME).startswith("nrefs:var|") and f"jiwer:{version('jiwer')}" in signature("cer", ONE)
    assert signature("wer", ONE) != signature("cer", ONE)


@pytest.mark.parametrize(
    "written, references, says",
    [
        ([], [], "nothing to score"),
        (["a"], [["a"], ["b"]], "1 texts and 2 lists"),
        (["a", "b"], [["a"], []], "at 1"),
        (["a"], ["a"], "list of one or more strings"),
        (["a"], [["a", " "]], "none of them empty"),
        (["a"], [["a", None]], "list of one or more strings"),
        (["a", ["b"]], [["a"], ["b"]], "Join tokens"),
    ],
)
def test_bad_texts(written, references, says):
    with pytest.raises(ZooError, match=says):
        text_scores(["bleu"], written, references)


def test_bad_names():
    with pytest.raises(ZooError, match="Did you mean 'bleu'"):
        text_scores(["blue"], WRITTEN, ONE)
    with pytest.raises(ZooError, match="Unknown text score"):
        larger_is_better("rouge")
    with pytest.raises(ZooError, match="Unknown `tokenize`"):
        text_scores(["bleu"], WRITTEN, ONE, tokenize="13b")
    with pytest.raises(ZooError, match="none of them empty"):
        signature("bleu", [[]])


def test_bits_per_character():
    # A uniform choice of 8 letters costs 3 bits each, whether the model reads letters or words.
    assert bits_per_character(10 * math.log(8), 10) == pytest.approx(3)
    for nats, characters, says in ((1.0, 0, "at least 1"), (math.nan, 5, "finite"), (-1.0, 5, "at least 0")):
        with pytest.raises(ZooError, match=says):
            bits_per_character(nats, characters)


def test_nothing_is_imported_before_a_score_is_wanted():
    script = (
        "import sys, keras_rnn_zoo.training.text_scores; "
        "assert not {'sacrebleu', 'jiwer', 'keras', 'tensorflow'} & set(sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]
