"""Answers copied from the nearest training example are those that a plain, slow search finds."""

import math
import time
from collections import Counter

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.nearest import consensus, nearest_text, nearest_vector

RNG = np.random.default_rng(5)
LETTERS = list("abcçdeğıiİ 😀")


def texts(number, rng):
    return ["".join(rng.choice(LETTERS, rng.integers(1, 15))) for _ in range(number)]


def grams(text):
    padded = f" {text} "
    return Counter(padded[start : start + n] for n in (2, 3, 4) for start in range(len(padded) - n + 1))


def similarities(train, text):
    """Cosine of tf-idf, the definition: idf = 1 + ln((1 + texts) / (1 + texts that hold the n-gram))."""
    held = Counter(gram for other in train for gram in set(grams(other)))
    vectors = [
        {gram: count * (1 + math.log((1 + len(train)) / (1 + held[gram]))) for gram, count in grams(other).items()}
        for other in [*train, text]
    ]
    *known, asked = vectors
    norms = [math.sqrt(sum(value**2 for value in vector.values())) for vector in vectors]
    dots = [sum(value * asked.get(gram, 0) for gram, value in vector.items()) for vector in known]
    return np.array([dot / norm / norms[-1] for dot, norm in zip(dots, norms)])


def test_text_is_tf_idf_by_definition():
    train, asked = texts(60, RNG), texts(40, RNG)
    answers = [str(number) for number in range(60)]
    for text, answer in zip(asked, nearest_text(train, answers, asked), strict=True):
        expected = similarities(train, text)
        assert expected[int(answer)] == pytest.approx(expected.max())
    # An accident of similarity alone would not set all 40 apart.
    assert len(set(nearest_text(train, answers, asked))) > 10


def test_text_finds_itself_and_the_first_of_equals():
    train = ["a cat", "a dog", "a cat", "x"]
    assert nearest_text(train, ["1", "2", "3", "4"], ["a cat", "the dog", "x", "a"]) == ["1", "2", "4", "1"]


def test_letters_never_seen_match_nothing():
    # An unknown letter is no n-gram with a letter less, nor like another unknown one.
    assert nearest_text(["zz", "ab"], ["1", "2"], ["Ωab", "Ω", "ΩΨ", "", "aΨb"]) == ["2", "1", "1", "1", "2"]


def test_no_source_no_answer():
    assert nearest_text(["a"], ["b"], []) == []


def test_many_texts_in_little_time():
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abcdefghijklmnoprstuvyz"), rng.integers(2, 8))) for _ in range(2000)]
    train = [" ".join(rng.choice(words, 6)) for _ in range(5000)]
    start = time.perf_counter()
    answers = nearest_text(train, train, [text[4:] for text in train[:200]])
    assert time.perf_counter() - start < 20
    assert np.mean([answer == text for answer, text in zip(answers, train)]) > 0.95


@pytest.mark.parametrize("measure", ["cosine", "euclidean"])
def test_vectors_by_definition(measure):
    train, asked = RNG.normal(size=(300, 4, 3)), RNG.normal(size=(600, 4, 3))
    flat, rows = train.reshape(300, -1), asked.reshape(600, -1)
    distances = {
        "euclidean": np.linalg.norm(rows[:, None] - flat, axis=-1),
        "cosine": -rows @ flat.T / np.linalg.norm(flat, axis=1),
    }[measure]
    assert (nearest_vector(train, asked, measure) == distances.argmin(axis=1)).all()


def test_measures_differ_and_equals_go_to_the_first():
    train, asked = [[1.0, 0.0], [5.0, 5.0], [1.0, 0.0]], [[1.0, 0.9], [3.0, 0.0]]
    assert nearest_vector(train, asked).tolist() == [0, 0]
    assert nearest_vector(train, asked, "cosine").tolist() == [1, 0]
    assert nearest_vector([[0, 0], [0, 7]], np.array([[0, 9]], "uint8"), "cosine").tolist() == [1]


def f1(one, other, n):
    one, other = (Counter(tuple(t.split()[i : i + n]) for i in range(len(t.split()) - n + 1)) for t in (one, other))
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


def test_consensus_by_definition():
    train, asked = RNG.normal(size=(20, 3)), RNG.normal(size=(30, 3))
    captions = [[" ".join(RNG.choice(["a", "dog", "runs"], RNG.integers(1, 9))) for _ in range(3)] for _ in train]
    written = consensus(train, captions, asked, neighbours=4)
    for text, vector in zip(written, asked, strict=True):
        order = np.argsort(-train @ vector / np.linalg.norm(train, axis=1))[:4]
        pool = [caption for number in order for caption in captions[number]]
        alike = [
            sum(f1(one, other, n) for j, other in enumerate(pool) if j != i for n in (1, 2, 3, 4))
            for i, one in enumerate(pool)
        ]
        assert text in pool and max(alike) == pytest.approx(alike[pool.index(text)], rel=1e-5)
    assert len(set(written)) > 5


def test_consensus_of_one():
    assert consensus([[1.0], [2.0]], [["a b"], ["c"]], [[2.1]], neighbours=1, measure="euclidean") == ["c"]


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: nearest_text([], [], ["a"]), "not empty"),
        (lambda: nearest_text(["a"], [], ["a"]), "received 1 and 0"),
        (lambda: nearest_text(["a"], ["b"], [["a"]]), "`sources` should be strings"),
        (lambda: nearest_text([3], ["b"], ["a"]), "`train_sources` should be strings"),
        (lambda: nearest_vector([[1.0]], [[1.0]], "cosin"), "Did you mean 'cosine'"),
        (lambda: nearest_vector([[1.0, 2.0]], [[1.0]]), "same shape"),
        (lambda: nearest_vector(np.ones((1, 2, 3)), np.ones((1, 3, 2))), "same shape"),
        (lambda: nearest_vector([[1.0], [1.0, 2.0]], [[1.0]]), "Pad sequences"),
        (lambda: nearest_vector([], [[1.0]]), "not empty"),
        (lambda: nearest_vector([[1.0]], [[math.nan]]), "finite"),
        (lambda: consensus([[1.0]], [["a"]], [[1.0]]), "from 1 to 1"),
        (lambda: consensus([[1.0]], [["a"]], [[1.0]], neighbours=0), "from 1 to 1"),
        (lambda: consensus([[1.0]], ["a"], [[1.0]], neighbours=1), "list of one or more strings"),
        (lambda: consensus([[1.0]], [["a"], ["b"]], [[1.0]], neighbours=1), "received 1 and 2"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ZooError, match=says):
        call()
