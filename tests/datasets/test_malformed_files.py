"""A malformed file is one error that names the file, and the line where there is one."""

import numpy as np
import pytest

from keras_rnn_zoo.datasets import piano_rolls, tatoeba_tr_en, uci_sentiment
from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError

scipy_io = pytest.importorskip("scipy.io")


@pytest.mark.parametrize("line", ["no tab", "good\t2", "\t1", "good\t", "good\t1 "])
def test_sentiment_lines(tmp_path, line):
    path = tmp_path / "imdb_labelled.txt"
    path.write_text(f"fine \t1\n{line}\n", encoding="utf-8")
    with pytest.raises(ZooError, match="imdb_labelled.txt, line 2 should be a sentence, a tab and 0 or 1"):
        uci_sentiment.read(path)


def test_sentiment_keeps_odd_separators_inside_a_sentence(tmp_path):
    path = tmp_path / "imdb_labelled.txt"
    path.write_bytes("a\u0085b\tc\t1\nd\t0\n".encode())
    assert uci_sentiment.read(path) == [("a\u0085b\tc", 1), ("d", 0)]


@pytest.mark.parametrize("line", ["Hi.", "Hi.\t", "\tSelam.", "a\tb\tc\td", ""])
def test_translation_lines(tmp_path, line):
    path = tmp_path / "tur.txt"
    path.write_text(f"Hi.\tMerhaba.\n{line}\nRun!\tKoş!\n", encoding="utf-8")
    with pytest.raises(ZooError, match="tur.txt, line 2 should be English, a tab and Turkish"):
        tatoeba_tr_en.read(path)


def test_translation_of_two_or_three_columns(tmp_path):
    path = tmp_path / "tur.txt"
    path.write_text("Hi.\tMerhaba.\nRun!\tKoş!\tCC-BY 2.0 (France)\n", encoding="utf-8")
    assert tatoeba_tr_en.read(path) == [("Hi.", "Merhaba."), ("Run!", "Koş!")]


def rolls(**keys):
    cells = {}
    for key in ("traindata", "validdata", "testdata"):
        cell = np.empty((1, 1), object)
        cell[0, 0] = keys.get(key, np.zeros((5, 88), np.uint8))
        cells[key] = cell
    return cells


def test_piano_rolls(tmp_path):
    path = tmp_path / "fine.mat"
    piece = (np.arange(5 * 88).reshape(5, 88) % 7 == 0).astype(np.uint8)
    scipy_io.savemat(path, rolls(traindata=piece))
    (read,) = piano_rolls.read(path)["train"]
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, piece)
    examples = piano_rolls._next_chord([read])
    assert isinstance(examples, Examples) and not examples.inputs["inputs"][0][0].any()
    np.testing.assert_array_equal(examples.inputs["inputs"][0][1:], piece[:-1])


@pytest.mark.parametrize("content", [b"", b"not a mat file", b"MATLAB 5.0 MAT-file" + b" " * 200])
def test_no_mat_file(tmp_path, content):
    path = tmp_path / "bad.mat"
    path.write_bytes(content)
    with pytest.raises(ZooError, match=r"bad.mat should (be a MATLAB .mat file|hold traindata)"):
        piano_rolls.read(path)


def test_truncated_mat_file(tmp_path):
    path = tmp_path / "cut.mat"
    scipy_io.savemat(path, rolls(), do_compression=True)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ZooError, match=r"cut.mat should (be a MATLAB .mat file|hold traindata)"):
        piano_rolls.read(path)


def test_mat_file_without_the_keys(tmp_path):
    path = tmp_path / "other.mat"
    scipy_io.savemat(path, {"weights": np.ones(3)})
    with pytest.raises(ZooError, match=r"other.mat should hold traindata, validdata, testdata, received \['weights'\]"):
        piano_rolls.read(path)


@pytest.mark.parametrize("piece", [np.zeros((5, 87)), np.full((5, 88), 2), np.full((5, 88), np.nan)])
def test_pieces_that_are_no_piano_rolls(tmp_path, piece):
    path = tmp_path / "odd.mat"
    scipy_io.savemat(path, rolls(validdata=piece))
    with pytest.raises(ZooError, match=r"odd.mat: a piece in validdata should be \(frames, 88\) of 0 and 1"):
        piano_rolls.read(path)
