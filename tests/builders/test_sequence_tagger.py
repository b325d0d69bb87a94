"""A tagger that reads which words there are and how each is spelt."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.spelling import spelling
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

RNG = np.random.default_rng(0)
LETTERS = {"vocabulary_size": 9, "letters": 5, "character_vocabulary_size": 7}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(2)
    made = zoo.build_sequence_tagger((None,), 4, (6, 6), skip_connections="input", cell="gru", **LETTERS)
    made.set_weights([RNG.normal(scale=0.5, size=weight.shape) for weight in made.get_weights()])
    return made


def sentence(words, lengths=(5, 2, 3, 1)):
    letters = np.zeros((1, words, 5), "int32")
    for row, length in zip(letters[0], lengths):
        row[:length] = RNG.integers(1, 7, length)
    return {"inputs": RNG.integers(1, 9, (1, words)).astype("int32"), "characters": letters}


def answer(model, inputs):
    return keras.ops.convert_to_numpy(model(inputs, training=False))


def test_padding_never_changes_the_answer(model):
    inputs = sentence(3)
    padded = {"inputs": np.pad(inputs["inputs"], ((0, 0), (0, 2)))}
    padded["characters"] = np.pad(inputs["characters"], ((0, 0), (0, 2), (0, 0)))
    answers = answer(model, inputs)
    assert answers.shape == (1, 3, 4)
    np.testing.assert_allclose(answer(model, padded)[:, :3], answers, atol=1e-6)


def test_words_and_spelling_both_matter(model):
    inputs = sentence(3)
    for name in inputs:
        changed = {**inputs, name: inputs[name].copy()}
        changed[name][0, 0] = np.where(changed[name][0, 0] > 0, 1 + changed[name][0, 0] % 6, 0)
        assert np.abs(answer(model, changed) - answer(model, inputs)).max() > 1e-3


def test_a_word_is_read_to_its_last_letter_alone(model):
    fewer = zoo.build_sequence_tagger(
        (None,), 4, (6, 6), skip_connections="input", cell="gru", **{**LETTERS, "letters": 3}
    )
    fewer.set_weights(model.get_weights())
    inputs = sentence(3, lengths=(3, 1, 2))
    cut = {**inputs, "characters": inputs["characters"][:, :, :3]}
    np.testing.assert_allclose(answer(fewer, cut), answer(model, inputs), atol=1e-6)


def test_it_learns_from_spelling_what_words_alone_cannot_say():
    """Every word is unknown; its tag is whether it ends in b."""
    characters, rng = Vocabulary(list("ab"), unit="character"), np.random.default_rng(1)
    words = ["".join(rng.choice(list("ab"), rng.integers(1, 7))) for _ in range(192)]
    x = {"inputs": np.ones((48, 4), "int32"), "characters": spelling(words, characters, 4).reshape(48, 4, 4)}
    y = np.array([word[-1] == "b" for word in words], "int32").reshape(48, 4)
    keras.utils.set_random_seed(1)
    sizes = {"vocabulary_size": 2, "letters": 4, "character_vocabulary_size": characters.size}
    tagger = zoo.build_sequence_tagger((None,), 2, 8, input_dropout=0.0, dropout=0.0, character_units=8, **sizes)
    tagger.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    tagger.fit(x, y, epochs=25, batch_size=16, verbose=0)
    assert tagger.evaluate(x, y, verbose=0)[1] > 0.98


def test_saved_and_loaded(model, tmp_path):
    model.save(tmp_path / "tagger.keras")
    inputs = sentence(4)
    np.testing.assert_allclose(
        answer(zoo.load_model(tmp_path / "tagger.keras"), inputs), answer(model, inputs), atol=1e-6
    )


@pytest.mark.parametrize(
    "options",
    [
        {"vocabulary_size": 9, "letters": 5},
        {"vocabulary_size": 9, "character_vocabulary_size": 7},
        {"letters": 5, "character_vocabulary_size": 7},
    ],
)
def test_letters_need_all_of_their_options(options):
    with pytest.raises(ZooError, match="need all of vocabulary_size, letters and character_vocabulary_size"):
        zoo.build_sequence_tagger((None,) if "vocabulary_size" in options else (None, 3), 4, 6, **options)


def test_a_bad_number_of_letters():
    with pytest.raises(ZooError, match="letters must be a positive integer"):
        zoo.build_sequence_tagger((None,), 4, 6, **{**LETTERS, "letters": -1})
