"""Words are spelt in a graph as in Python."""

import random

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from keras_rnn_zoo.errors import ZooError  # noqa: E402
from keras_rnn_zoo.preprocessing import Vocabulary, learn_vocabulary  # noqa: E402
from keras_rnn_zoo.preprocessing.graph_spelling import GraphSpelling  # noqa: E402
from keras_rnn_zoo.preprocessing.spelling import spelling  # noqa: E402


def random_words(seed, rows=40, longest=9):
    rng = random.Random(seed)
    letters = "abcçdefgğhıiİIĞÜŞZ'-.0123e\u0301I\u0307한漢😀"
    words = [
        ["".join(rng.choices(letters, k=rng.randint(1, 14))) for _ in range(rng.randint(0, longest))]
        for _ in range(rows)
    ]
    return words, [row + [""] * (longest - len(row)) for row in words]


@pytest.mark.parametrize("width", [1, 5, 20])
@pytest.mark.parametrize(("language", "lower"), [("tr", True), ("en", False)])
def test_letters(language, lower, width, tmp_path):
    words, padded = random_words(1)
    characters = learn_vocabulary(
        [word for row in words[:20] for word in row], "character", language, lower, max_size=25
    )
    spell = GraphSpelling(characters, width)
    ids = spell(padded).numpy()
    assert ids.dtype == np.int32 and ids.shape == (40, 9, width) and (ids == 1).any()
    for row, found in zip(words, ids):
        np.testing.assert_array_equal(found[: len(row)], spelling(row, characters, width))
        assert not found[len(row) :].any()

    signature = tf.function(lambda words: {"letters": spell(words)}, [tf.TensorSpec([None, None], tf.string)])
    tf.saved_model.save(spell, str(tmp_path), signature)
    loaded = tf.saved_model.load(str(tmp_path))
    np.testing.assert_array_equal(loaded.signatures["serving_default"](tf.constant(padded))["letters"], ids)


def test_no_word_at_all():
    spell = GraphSpelling(Vocabulary(list("ab"), "character"), 3)
    assert spell(tf.zeros([0, 4], tf.string)).shape == (0, 4, 3)
    assert spell(tf.zeros([2, 0], tf.string)).shape == (2, 0, 3)
    assert spell([["", "\u200b"]]).numpy().tolist() == [[[0] * 3] * 2]


@pytest.mark.parametrize(
    ("characters", "width", "message"),
    [
        (Vocabulary(["ab"]), 3, "`characters` should be a vocabulary of characters, received Vocabulary"),
        ("ab", 3, "`characters` should be a vocabulary of characters, received 'ab'"),
        (Vocabulary(["a"], "character"), 0, "`width` should be a whole number of at least 1, received 0"),
    ],
)
def test_errors(characters, width, message):
    with pytest.raises(ZooError, match=message):
        GraphSpelling(characters, width)
