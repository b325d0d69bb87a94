"""Reading off a CTC model: repeats merge, blanks vanish, and a wide beam finds the most probable text."""

import itertools

import keras
import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import CTCReader, SequenceWriter, writer_for
from keras_rnn_zoo.preprocessing.vocabulary import END

SYMBOLS, FRAMES = 6, 4


class Saying(keras.Model):
    """A model that says at each frame what it is given."""

    def call(self, logits):
        return logits


def reading(path):
    """The symbols of one path through the frames (Graves et al. 2006): repeats merged, then blanks left out."""
    merged = [symbol for symbol, _ in itertools.groupby(path)]
    return tuple(symbol for symbol in merged if symbol)


def exhaustive(logits):
    """Every reading with the sum of the probabilities of its paths."""
    probabilities = np.exp(logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)))
    found = {}
    for path in itertools.product(range(SYMBOLS), repeat=len(logits)):
        found[reading(path)] = found.get(reading(path), 0) + probabilities[range(len(path)), path].prod()
    return sorted(found.items(), key=lambda item: -item[1])


def text_of(ids):
    return tuple(ids[: list(ids).index(END)])


@pytest.mark.parametrize("seed", range(8))
def test_a_wide_beam_finds_the_most_probable_readings(seed):
    logits = np.random.default_rng(seed).normal(scale=2, size=(1, FRAMES, SYMBOLS)).astype("float32")
    logits[..., END] = -1e9  # The end is never said: it is where the reading stops.
    best = exhaustive(logits[0].astype("float64"))
    written = CTCReader(Saying(), FRAMES + 1, beam_size=400, n_best=3)(logits)
    assert [text_of(ids) for ids in written.ids[0]] == [text for text, _ in best[:3]]


def test_greedy_merges_repeats_and_drops_blanks():
    said = [4, 4, 0, 4, 5, 5]
    logits = np.eye(SYMBOLS, dtype="float32")[said][None] * 9
    written = CTCReader(Saying(), 8)(logits)
    assert written.ids[0, 0].tolist() == [4, 4, 5, END, 0, 0, 0, 0] and written.lengths.tolist() == [[4]]


def test_padding_never_changes_the_reading_or_the_loss():
    model = builders.build_speech_recognizer((None, 3), SYMBOLS, (5, 5), alignment="ctc")
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.9, size=weight.shape) for weight in model.get_weights()])
    short = rng.normal(size=(2, 6, 3)).astype("float32")
    padded = np.concatenate([short, np.zeros((2, 5, 3), "float32")], axis=1)
    targets = np.array([[4, 5], [4, 0]], "int32")
    loss = keras.losses.CTC()
    assert float(loss(targets, model(short))) == pytest.approx(float(loss(targets, model(padded))), rel=1e-5)
    for beam_size in (1, 4):
        reader = CTCReader(model, 9, beam_size=beam_size)
        np.testing.assert_array_equal(reader(short).ids, reader(padded).ids)


def test_which_way_a_model_writes():
    ctc = builders.build_speech_recognizer((None, 3), 7, 4, alignment="ctc")
    attentive = builders.build_speech_recognizer((None, 3), 7, 4)
    assert isinstance(writer_for(ctc, 5), CTCReader) and isinstance(writer_for(attentive, 5), SequenceWriter)


def test_bad_arguments():
    with pytest.raises(ZooError, match="no temperature"):
        CTCReader(Saying(), 5, temperature=0.5)
    with pytest.raises(ZooError, match="n_best at most beam_size"):
        CTCReader(Saying(), 5, n_best=2)
    with pytest.raises(ZooError, match="an empty batch"):
        CTCReader(Saying(), 5)(np.zeros((0, 3, 2)))
    with pytest.raises(ZooError, match="embedding_dim belong to a decoder"):
        builders.build_speech_recognizer((None, 3), 7, 4, alignment="ctc", embedding_dim=4)
    with pytest.raises(ZooError, match="ctc"):
        builders.build_speech_recognizer((None, 3), 7, 4, alignment="ctcc")
