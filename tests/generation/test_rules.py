"""What may not be written, and which options contradict each other."""

import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.generation.draws import NEVER
from keras_rnn_zoo.generation.options import Options
from keras_rnn_zoo.generation.rules import Rules
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN

SCORES = np.log(np.random.default_rng(0).dirichlet(np.ones(8), 3).astype("float32"))


def allowed(rules, position):
    return ops.convert_to_numpy(rules.apply(SCORES, position)) > NEVER / 2


def test_padding_and_start_are_never_written():
    assert (allowed(Rules(8, (), 0), 0) == [[i not in (PAD, START) for i in range(8)]]).all()


def test_forbidden_symbols():
    assert (allowed(Rules(8, [UNKNOWN, 6], 0), 0) == [[i not in (PAD, START, UNKNOWN, 6) for i in range(8)]]).all()


@pytest.mark.parametrize("min_length", [0, 1, 3])
def test_the_end_comes_after_the_least_length(min_length):
    rules = Rules(8, (), min_length)
    for position in range(5):
        assert (allowed(rules, position)[:, END] == (position >= min_length)).all()
        assert allowed(rules, position)[:, [1, 4, 5, 6, 7]].all()


def test_what_is_allowed_keeps_its_score():
    scores = ops.convert_to_numpy(Rules(8, (5,), 2).apply(SCORES, 0))
    np.testing.assert_array_equal(scores[:, [1, 4, 6, 7]], SCORES[:, [1, 4, 6, 7]])


@pytest.mark.parametrize(
    "forbidden, message",
    [
        ((8,), "ids from 0 to 7, received \\[8\\]"),
        ((-1,), "ids from 0 to 7"),
        ((END,), "set min_length to max_length"),
        ((UNKNOWN, 4, 5, 6, 7), "leaves no symbol"),
    ],
)
def test_bad_rules(forbidden, message):
    with pytest.raises(ZooError, match=message):
        Rules(8, forbidden, 0)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"max_length": None}, "max_length must be a whole number of at least 1, received None"),
        ({"max_length": 2.0}, "max_length must be a whole number"),
        ({"max_length": True}, "max_length must be a whole number"),
        ({"min_length": -1}, "min_length must be a whole number of at least 0"),
        ({"min_length": 6}, "min_length=6 is above max_length=5"),
        ({"beam_size": 0}, "beam_size must be a whole number of at least 1"),
        ({"beam_size": None}, "beam_size must be a whole number"),
        ({"beam_size": 2, "n_best": 3}, "n_best=3 needs a beam_size of at least that, received 2"),
        ({"n_best": 2}, "n_best=2 needs a beam_size"),
        ({"beam_size": 2, "temperature": 1.0}, "not both"),
        ({"top_k": 0, "temperature": 1.0}, "top_k must be a whole number of at least 1"),
        ({"top_k": 3}, "give a temperature above 0"),
        ({"top_p": 0.5}, "give a temperature above 0"),
        ({"top_p": 0.0, "temperature": 1.0}, "top_p must be above 0"),
        ({"top_p": 1.1, "temperature": 1.0}, "at most 1, received 1.1"),
        ({"length_penalty": 0.6}, "give a beam_size above 1"),
        ({"coverage_penalty": 0.2}, "give a beam_size above 1"),
        ({"length_penalty": -1, "beam_size": 2}, "length_penalty must be a number from 0 to 10"),
        ({"length_penalty": float("nan"), "beam_size": 2}, "length_penalty must be a number from 0 to 10"),
        ({"temperature": "hot"}, "temperature must be a number from 0"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ZooError, match=message):
        Options(**{"max_length": 5, **options})


def language_model():
    return builders.build_language_model((None,), 8, 4, vocabulary_size=8, embedding_dim=3)


@pytest.mark.parametrize("options", [{"return_attention": True}, {"beam_size": 2, "coverage_penalty": 0.2}])
def test_attention_is_asked_of_models_that_have_it(options):
    with pytest.raises(ZooError, match="has no attention"):
        SequenceWriter(language_model(), 5, **options)


@pytest.mark.parametrize("seed", [1.5, [1, 2, 3], [[1], [2]], "seed"])
def test_a_seed_is_a_whole_number_or_one_a_row(seed):
    writer = SequenceWriter(language_model(), 5, temperature=1.0)
    with pytest.raises(ZooError, match="seed must be a whole number, or one for each of the 2 rows"):
        writer(np.array([[4], [5]]), seed=seed)


@pytest.mark.parametrize("options", [{}, {"beam_size": 3}, {"temperature": 2.0}])
def test_a_text_of_one_length(options):
    ids = SequenceWriter(language_model(), 6, min_length=6, **options)(np.array([[4], [5]])).ids
    assert not np.isin(ids, [PAD, UNKNOWN, START, END]).any()
