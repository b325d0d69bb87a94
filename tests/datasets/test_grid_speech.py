"""GRID's sentences: sizes, normalisation, stacked frames, both ways to answer, and malformed files."""

import numpy as np
import pytest

from keras_rnn_zoo.datasets import grid_speech, load
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import END, RESERVED, START

SIZES = [800, 100, 100]
SENTENCES = ["bin blue at f two now", "lay red by a one soon", "set white in z nine again"]


def made(tmp_path, monkeypatch, **arrays):
    """A data folder with a file of three random sentences, one a split, in which `arrays` replace some; `None` removes."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    path = tmp_path / grid_speech.FILE
    path.parent.mkdir()
    contents = {
        "logmel": np.random.default_rng(0).integers(0, 256, (3, 239, 40), np.uint8),
        "lo": np.float32(-14),
        "hi": np.float32(6),
        "sentences": np.array(SENTENCES),
        "split": np.array(["train", "valid", "test"]),
    } | arrays
    np.savez(path, **{name: array for name, array in contents.items() if array is not None})
    return path


def sizes(dataset):
    return [len(split) for split in (dataset.train, dataset.validation, dataset.test)]


@pytest.mark.data
def test_words_to_be_written():
    dataset = load("grid_speech")
    spec, train = dataset.spec, dataset.train
    assert sizes(dataset) == SIZES and spec.pattern == "many_to_many_unaligned" and spec.objective == "symbols"
    assert spec.builder_arguments == {"input_shape": (None, 40), "outputs": RESERVED + 51}
    assert spec.writes and spec.scores == ("wer", "cer")
    frames = train.inputs["source"]
    assert frames.shape == (800, 239, 40) and frames.dtype == np.float32
    assert abs(frames.mean()) < 0.002 and abs(frames.std() - 1) < 0.002
    for examples in (train, dataset.validation, dataset.test):
        for previous, targets, text in zip(examples.inputs["previous"], examples.targets, examples.texts):
            assert previous[0] == START and targets[-1] == END and len(targets) == 7
            assert spec.vocabularies["targets"].decode(targets) == text
    spoken = [set(examples.texts) for examples in (train, dataset.validation, dataset.test)]
    assert len(set.union(*spoken)) == 1_000, "a sentence is in two splits"


@pytest.mark.data
@pytest.mark.parametrize("stack", [1, 3, 6])
@pytest.mark.parametrize("unit", ["word", "character"])
def test_labels_to_be_aligned(unit, stack):
    dataset = load("grid_speech", unit=unit, answer="ctc", stack=stack)
    spec = dataset.spec
    assert sizes(dataset) == SIZES and (spec.pattern, spec.objective) == ("many_to_many_aligned", "ctc")
    assert spec.writes and spec.padding == {"inputs": 0.0, "targets": 0}
    assert spec.builder_arguments["input_shape"] == (None, 40 * stack)
    vocabulary = spec.vocabularies["targets"]
    for examples in (dataset.train, dataset.validation, dataset.test):
        for frames, targets, text in zip(examples.inputs["inputs"], examples.targets, examples.texts):
            assert vocabulary.decode(targets) == text and targets.min() >= RESERVED
            repeats = int((targets[1:] == targets[:-1]).sum())
            assert len(frames) >= len(targets) + repeats, "no alignment is long enough"


@pytest.mark.data
def test_it_is_the_same_every_time():
    first, again = (load("grid_speech", unit="character", stack=2) for _ in range(2))
    np.testing.assert_array_equal(first.test.inputs["source"], again.test.inputs["source"])
    assert first.test.texts == again.test.texts and first.spec.vocabularies == again.spec.vocabularies


def test_energies_come_back(tmp_path, monkeypatch):
    energies = np.zeros((3, 239, 40), np.uint8)
    energies[:, 0], energies[:, 1] = 255, 51
    path = made(tmp_path, monkeypatch, logmel=energies)
    read, sentences, _ = grid_speech.read(path)
    np.testing.assert_allclose(read[0, :3, 0], [6, -10, -14], rtol=1e-6)
    assert sentences == SENTENCES


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"logmel": np.zeros((3, 238, 40), np.uint8)},
            r"logmel should be unsigned integers of shape \(None, 239, 40\)",
        ),
        ({"logmel": np.zeros((3, 239, 40), np.float32)}, "logmel should be unsigned integers"),
        ({"logmel": None}, "should hold logmel, lo, hi, sentences, split, received .*'hi', 'lo', 'sentences', 'split'"),
        ({"sentences": np.array(SENTENCES[:2])}, "one row an example"),
        (
            {"split": np.array(["train", "dev", "test"])},
            r"split should name \['test', 'train', 'valid'\], received .*dev",
        ),
        ({"sentences": np.array([*SENTENCES[:2], ""])}, "every sentence should be a text, received an empty one"),
        ({"hi": np.float32(-14)}, "`lo` should be below `hi`"),
    ],
)
def test_a_malformed_file(tmp_path, monkeypatch, arrays, message):
    made(tmp_path, monkeypatch, **arrays)
    with pytest.raises(ZooError, match=message):
        load("grid_speech")


@pytest.mark.parametrize("keep", [0, 100, -50])
def test_a_truncated_file(tmp_path, monkeypatch, keep):
    path = made(tmp_path, monkeypatch)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ZooError, match="grid_s1_logmel40.npz should be a NumPy .npz file"):
        load("grid_speech")


def test_a_missing_file(tmp_path, monkeypatch):
    made(tmp_path, monkeypatch).unlink()
    with pytest.raises(ZooError, match="grid_s1_logmel40.npz should be in .* made from talker 1 of https://zenodo.org"):
        load("grid_speech")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit": "byte"}, "Unknown `unit` 'byte'"),
        ({"answer": "CTC"}, "Unknown `answer` 'CTC'. Known: ctc, sentence"),
        ({"stack": 0}, "`stack` should be a whole number from 1 to 6"),
        ({"stack": 7}, "received 7"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ZooError, match=message):
        load("grid_speech", **options)
