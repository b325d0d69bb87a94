"""Chords to piano rolls and back, and what is no music."""

import doctest

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing import piano_roll as module
from keras_rnn_zoo.preprocessing.piano_roll import LOWEST, NOTES, after_silence, piano_roll, pitches


def test_examples():
    assert not doctest.testmod(module).failed


def test_every_key_of_a_piano():
    roll = piano_roll([[pitch] for pitch in range(LOWEST, LOWEST + NOTES)])
    np.testing.assert_array_equal(roll, np.eye(NOTES))
    assert roll.dtype == np.float32


def test_there_and_back():
    rng = np.random.default_rng(1)
    roll = (rng.random((50, NOTES)) < 0.05).astype(np.uint8)
    np.testing.assert_array_equal(piano_roll(pitches(roll)), roll)
    assert pitches(piano_roll([{67, 60}, (np.int64(21), 21), []])) == [[60, 67], [21], []]


def test_the_first_frame_is_predicted_from_silence():
    roll = piano_roll([[60], [62]])
    np.testing.assert_array_equal(after_silence(roll), [np.zeros(NOTES), roll[0]])
    np.testing.assert_array_equal(after_silence(roll[:1]), np.zeros((1, NOTES)))


@pytest.mark.parametrize(
    ("chords", "message"),
    [
        ([], "a list of chords, at least one"),
        ("C E G", "a list of chords"),
        ([60, 64], r"Frame 0 should be a list of MIDI pitches, received 60"),
        ([[60], "E4"], "Frame 1 should be a list of MIDI pitches, received 'E4'"),
        ([[60], [20]], "Frame 1 should hold MIDI pitches from 21 to 108, whole numbers, received 20"),
        ([[109]], "received 109"),
        ([[60.0]], "received 60.0"),
        ([[True]], "received True"),
    ],
)
def test_what_is_no_music(chords, message):
    with pytest.raises(ZooError, match=message):
        piano_roll(chords)


@pytest.mark.parametrize("roll", [np.zeros((5, 87)), np.full((5, 88), 2), np.full((5, 88), np.nan), np.zeros((0, 88))])
def test_what_is_no_piano_roll(roll):
    with pytest.raises(ZooError, match=r"A piano roll should be \(frames, 88\) of 0 and 1"):
        pitches(roll)
