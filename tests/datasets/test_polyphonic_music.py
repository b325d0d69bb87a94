"""Four sets of piano rolls: the published splits, and the baseline that settles what their figure means."""

from functools import cache

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load, piano_rolls
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import objectives

scipy_io = pytest.importorskip("scipy.io")

# Pieces and frames of the three splits; "Note 1-gram" of Boulanger-Lewandowski et al. 2012; how many of the validation
# and of the test pieces are also trained on.
SETS = {
    "jsb_chorales": ((229, 76, 77), (13_807, 4_602, 4_725), 11.060, (0, 0)),
    "musedata": ((524, 135, 124), (245_202, 82_755, 64_339), 11.510, (0, 0)),
    "nottingham": ((694, 173, 170), (176_561, 45_513, 44_463), 10.252, (1, 1)),
    "piano_midi": ((87, 12, 25), (75_911, 8_540, 19_036), 11.046, (0, 0)),
}
FILES = {"jsb_chorales": "JSB_Chorales", "musedata": "MuseData", "nottingham": "Nottingham", "piano_midi": "Piano_midi"}


loaded = cache(load)


@pytest.fixture(params=sorted(SETS))  # For each test, so that the tests are skipped first where there is no data.
def music(request):
    return loaded(request.param)


@pytest.mark.data
def test_the_published_splits(music):
    pieces, frames, _, repeated = SETS[music.spec.name]
    splits = music.train, music.validation, music.test
    assert tuple(map(len, splits)) == pieces
    assert tuple(sum(map(len, split.targets)) for split in splits) == frames
    train, validation, test = ([piece.tobytes() for piece in split.targets] for split in splits)
    assert tuple(sum(piece in set(train) for piece in held) for held in (validation, test)) == repeated
    assert not set(validation) & set(test)


@pytest.mark.data
def test_note_1_gram(music):
    baseline = objectives.baseline_of(music, music.test)
    assert round(baseline["nats_per_frame"], 3) == SETS[music.spec.name][2]


@pytest.mark.data
def test_each_chord_is_predicted_from_those_before(music):
    for inputs, targets in zip(music.test.inputs["inputs"], music.test.targets):
        assert inputs.dtype == targets.dtype == np.float32 and not inputs[0].any()
        np.testing.assert_array_equal(inputs[1:], targets[:-1])


@pytest.mark.data
@pytest.mark.parametrize("name", SETS)
def test_loading_again_gives_the_same(name):
    for one, other in zip(load(name).train.targets, load(name).train.targets, strict=True):
        np.testing.assert_array_equal(one, other)


def test_long_pieces_are_cut_to_train_on(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    pieces = {key: np.empty((1, 2), object) for key in ("traindata", "validdata", "testdata")}
    for cell in pieces.values():
        cell[0, :] = [(rng.random((length, 88)) < 0.1).astype(np.uint8) for length in (7, 3)]
    scipy_io.savemat(tmp_path / "small.mat", pieces)
    monkeypatch.setattr(piano_rolls, "locate", lambda *_: tmp_path / "small.mat")
    whole, cut = (piano_rolls.load_piano_rolls("small", "small.mat", "", "", window) for window in (None, 3))
    assert [len(piece) for piece in cut.train.targets] == [3, 3, 1, 3]
    for one, other in (
        (cut.train.targets, whole.train.targets),
        *zip(cut.train.inputs.values(), whole.train.inputs.values()),
    ):
        np.testing.assert_array_equal(np.concatenate(one), np.concatenate(other))
    assert [len(piece) for piece in cut.test.targets] == [len(piece) for piece in cut.validation.targets] == [7, 3]


@pytest.mark.parametrize("window", [0, -1, 2.5, "200"])
def test_bad_windows(window):
    with pytest.raises(ZooError, match="`window` should be a whole number of at least 1"):
        load("nottingham", window=window)


@pytest.mark.parametrize("name", SETS)
def test_a_file_that_is_not_the_original(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    (tmp_path / "poly_music").mkdir()
    scipy_io.savemat(tmp_path / "poly_music" / f"{FILES[name]}.mat", {"traindata": np.ones(3)})
    with pytest.raises(ZooError, match=f"{FILES[name]}.mat is not the original file: expected sha256") as caught:
        load(name)
    assert f"{piano_rolls.ADDRESS}/{FILES[name]}.mat" in str(caught.value) and "KERAS_RNN_ZOO_DATA" in str(caught.value)


@pytest.mark.parametrize("name", SETS)
def test_a_missing_file(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(piano_rolls, "ADDRESS", "http://127.0.0.1:9/mdata")
    message = f"{FILES[name]}.mat could not be downloaded from http://127.0.0.1:9/mdata/{FILES[name]}.mat"
    with pytest.raises(ZooError, match=message) as caught:
        load(name)
    assert "KERAS_RNN_ZOO_DATA" in str(caught.value) and not (tmp_path / "cache").exists()
