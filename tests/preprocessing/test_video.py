"""A video as frames: every form of it gives the same, and what is none is refused."""

from pathlib import Path

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.video import read_video

Image = pytest.importorskip("PIL.Image")
SHAPE = (4, 6, 1)
BYTES = np.random.default_rng(0).integers(0, 256, (5, 4, 6), np.uint8)


def pictures():
    return [Image.fromarray(frame) for frame in BYTES]


def test_every_form(tmp_path):
    expected = (BYTES / 255).astype("float32")[..., None]
    first, *rest = pictures()
    first.save(tmp_path / "a.webp", save_all=True, append_images=rest, lossless=True)
    (tmp_path / "frames").mkdir()
    for number, picture in enumerate(pictures()):
        picture.save(tmp_path / "frames" / f"{number:03}.png")
    forms = (BYTES, BYTES[..., None], expected, tmp_path / "a.webp", str(tmp_path / "a.webp"), tmp_path / "frames")
    for given in forms:
        frames = read_video(given, SHAPE)
        assert frames.dtype == np.float32
        np.testing.assert_allclose(frames, expected, atol=1 / 255)


def test_a_gif_of_another_size(tmp_path):
    first, *rest = (Image.fromarray(np.full((8, 12), grey, np.uint8)) for grey in (0, 100, 255))
    first.save(tmp_path / "a.gif", save_all=True, append_images=rest)
    frames = read_video(tmp_path / "a.gif", SHAPE)
    assert frames.shape == (3, *SHAPE)
    np.testing.assert_allclose(frames.mean(axis=(1, 2, 3)), [0, 100 / 255, 1], atol=1 / 255)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((5, 4, 7), np.uint8), r"A picture should be \(4, 6, 1\)"),
        (np.full((5, 4, 6), 2.0), "floats from 0 to 1"),
        (np.zeros((0, 4, 6), np.uint8), "at least one frame"),
        (np.array(1.0), "at least one frame"),
        (7, "received int"),
        ("absent.gif", "Cannot read the picture absent.gif"),
        (__file__, "should be a picture"),
    ],
)
def test_what_is_no_video(given, message):
    with pytest.raises(ZooError, match=message):
        read_video(given, SHAPE)


def test_a_folder_without_frames(tmp_path):
    with pytest.raises(ZooError, match="at least one frame"):
        read_video(tmp_path, SHAPE)
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(ZooError, match="notes.txt should be a picture"):
        read_video(tmp_path, SHAPE)


def test_an_array_in_a_file(tmp_path):
    np.save(tmp_path / "a.npy", BYTES)
    for given in (tmp_path / "a.npy", str(tmp_path / "a.npy")):
        np.testing.assert_array_equal(read_video(given, SHAPE), read_video(BYTES, SHAPE))


def test_a_file_that_holds_no_array(tmp_path):
    np.save(tmp_path / "whole.npy", BYTES)
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    np.savez(tmp_path / "several.npz", BYTES)
    (tmp_path / "several.npz").rename(tmp_path / "several.npy")
    (tmp_path / "cut.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:-5])
    (tmp_path / "text.npy").write_text("text")
    for name in ("objects", "several", "cut", "text"):
        with pytest.raises(ZooError, match=f"{name}.npy should be a NumPy array of numbers"):
            read_video(tmp_path / f"{name}.npy", SHAPE)
    with pytest.raises(ZooError, match="Cannot read the array .*absent.npy: No such file"):
        read_video(tmp_path / "absent.npy", SHAPE)


@pytest.mark.parametrize("path", ["", " ", Path("")])
def test_an_empty_path(path):
    with pytest.raises(ZooError, match="The path of a video is empty"):
        read_video(path, SHAPE)
