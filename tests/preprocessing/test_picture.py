"""Pictures as a model sees them."""

from pathlib import Path

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.picture import read_picture

Image = pytest.importorskip("PIL.Image")


def test_a_file_an_image_and_an_array_are_the_same(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (6, 5, 3), np.uint8)
    Image.fromarray(array).save(tmp_path / "a.png")
    for given in (tmp_path / "a.png", str(tmp_path / "a.png"), Image.fromarray(array), array, array / 255):
        seen = read_picture(given, (6, 5, 3))
        assert seen.dtype == np.float32
        np.testing.assert_allclose(seen, array / 255, atol=1e-6)


def test_size_channels_and_transparency():
    half = np.zeros((4, 4, 4), np.uint8)
    half[:, :2, 3] = 255  # black on the left, nothing on the right
    grey = read_picture(Image.fromarray(half, "RGBA"), (4, 4, 1))
    assert grey.shape == (4, 4, 1)
    np.testing.assert_array_equal(grey[..., 0], [[0, 0, 1, 1]] * 4)
    assert read_picture(Image.new("RGB", (20, 10), "red"), (4, 8, 3)).shape == (4, 8, 3)


@pytest.mark.parametrize(
    "given, message",
    [
        (np.zeros((6, 5, 3)), "should be .4, 4, 3."),
        (np.zeros((4, 4, 3), "int64"), "of bytes or of floats"),
        (np.full((4, 4, 3), 255.0), "floats from 0 to 1"),
        (np.full((4, 4, 3), np.nan), "floats from 0 to 1"),
        (7, "a path, a PIL image or an array, received int"),
    ],
)
def test_what_is_no_picture(given, message):
    with pytest.raises(ZooError, match=message):
        read_picture(given, (4, 4, 3))


def test_files_that_are_no_pictures(tmp_path):
    with pytest.raises(ZooError, match="Cannot read the picture .*absent.png: .*No such file"):
        read_picture(tmp_path / "absent.png", (4, 4, 3))
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(ZooError, match="received another kind of file"):
        read_picture(tmp_path / "text.png", (4, 4, 3))
    Image.effect_noise((64, 64), 90).save(tmp_path / "whole.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "whole.png").read_bytes()[:1500])
    with pytest.raises(ZooError, match="Cannot read the picture"):
        read_picture(tmp_path / "half.png", (4, 4, 3))
    with pytest.raises(ZooError, match="gives 1 or 3 channels"):
        read_picture(tmp_path / "whole.png", (4, 4, 2))


@pytest.mark.parametrize("path", ["", Path("")])
def test_an_empty_path(path):
    with pytest.raises(ZooError, match="The path of a picture is empty"):
        read_picture(path, (2, 2, 1))


def test_an_array_in_a_file(tmp_path):
    np.save(tmp_path / "a.npy", np.full((2, 2, 1), 51, "uint8"))
    np.testing.assert_allclose(read_picture(tmp_path / "a.npy", (2, 2, 1)), np.full((2, 2, 1), 0.2))
