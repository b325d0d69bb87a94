"""Arrays and pictures come out of archives as they went in, and whatever is wrong with a file is one error."""

import zipfile

import numpy as np
import pytest

from keras_rnn_zoo.datasets.archives import read_arrays, read_pictures
from keras_rnn_zoo.datasets.prepared import find, prepared
from keras_rnn_zoo.errors import ZooError

FORMS = {"frames": ("u", (None, 5, 2)), "names": ("U", (None,)), "scale": ("f", ())}
ARRAYS = {
    "frames": np.arange(30, dtype=np.uint8).reshape(3, 5, 2),
    "names": np.array(["a", "b", "c"]),
    "scale": np.float32(0.5),
}
image = pytest.importorskip("PIL.Image")


def saved(path, **arrays):
    np.savez_compressed(path, **{**ARRAYS, **arrays})
    return path


def test_arrays(tmp_path):
    read = read_arrays(saved(tmp_path / "fine.npz", more=np.zeros(2)), FORMS)
    assert set(read) == set(FORMS)
    for name, array in read.items():
        np.testing.assert_array_equal(array, ARRAYS[name])


@pytest.mark.parametrize("keep", [0, 10, 200, -30])
def test_a_truncated_npz(tmp_path, keep):
    path = saved(tmp_path / "cut.npz")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ZooError, match="cut.npz should be a NumPy .npz file, received another .*Fetch it anew"):
        read_arrays(path, FORMS)


def test_a_damaged_npz(tmp_path):
    path = saved(tmp_path / "bad.npz")
    content = bytearray(path.read_bytes())
    content[60:70] = bytes(10)
    path.write_bytes(content)
    with pytest.raises(ZooError, match="bad.npz should be a NumPy .npz file"):
        read_arrays(path, FORMS)


@pytest.mark.parametrize("content", [b"<html>sorry</html>", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_npz(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(ZooError, match="other.npz should be a NumPy .npz file"):
        read_arrays(path, FORMS)


def test_pickled_objects_are_refused(tmp_path):
    with pytest.raises(ZooError, match="should be a NumPy .npz file"):
        read_arrays(saved(tmp_path / "objects.npz", names=np.array([{}], object)), FORMS)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"frames": ARRAYS["frames"].astype(np.float32)},
            r"frames should be unsigned integers of shape \(None, 5, 2\)",
        ),
        ({"frames": ARRAYS["frames"][..., :1]}, r"received uint8 of shape \(3, 5, 1\)"),
        ({"scale": np.ones(1)}, r"scale should be floats of shape \(\)"),
        ({"names": np.arange(3)}, "names should be text"),
        ({"names": np.array(["a", "b"])}, "one row an example, received frames 3, names 2"),
    ],
)
def test_arrays_of_another_form(tmp_path, arrays, message):
    with pytest.raises(ZooError, match=message):
        read_arrays(saved(tmp_path / "odd.npz", **arrays), FORMS)


def test_arrays_that_are_missing(tmp_path):
    np.savez(tmp_path / "less.npz", frames=ARRAYS["frames"])
    with pytest.raises(ZooError, match=r"less.npz should hold frames, names, scale, received \['frames'\]"):
        read_arrays(tmp_path / "less.npz", FORMS)


def zipped(path, size=(4, 4)):
    red_on_nothing = np.zeros((size[1], size[0], 4), np.uint8)
    red_on_nothing[0, 0] = 255, 0, 0, 255
    with zipfile.ZipFile(path, "w") as archive:
        for name, picture in (
            ("clear.png", image.fromarray(red_on_nothing)),
            ("palette.png", image.new("RGB", size, "blue").convert("P")),
            ("grey.png", image.new("L", size, 128)),
        ):
            with archive.open(name, "w") as file:
                picture.save(file, "png")
    return path


def test_pictures(tmp_path):
    pictures = read_pictures(zipped(tmp_path / "fine.zip"), ["grey.png", "clear.png", "palette.png"], 4)
    assert pictures.shape == (3, 4, 4, 3) and pictures.dtype == np.uint8
    assert (pictures[0] == 128).all() and (pictures[2] == (0, 0, 255)).all()
    assert pictures[1, 0, 0].tolist() == [255, 0, 0] and (pictures[1, 1:] == 255).all()


def test_a_picture_that_is_missing(tmp_path):
    with pytest.raises(ZooError, match="fine.zip should be a .zip file that holds .* 4 x 4 pixels as none.png"):
        read_pictures(zipped(tmp_path / "fine.zip"), ["grey.png", "none.png"], 4)


def test_a_picture_of_another_size(tmp_path):
    with pytest.raises(ZooError, match="a picture of 4 x 4 pixels as grey.png"):
        read_pictures(zipped(tmp_path / "odd.zip", size=(4, 5)), ["grey.png"], 4)


@pytest.mark.parametrize("keep", [0, 30, -40])
def test_a_truncated_zip(tmp_path, keep):
    path = zipped(tmp_path / "cut.zip")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ZooError, match="cut.zip should be a .zip file that holds pictures, but: .*Fetch it anew"):
        read_pictures(path, ["grey.png"], 4)


def test_a_picture_that_is_none(tmp_path):
    path = tmp_path / "text.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("grey.png", "no picture")
    with pytest.raises(ZooError, match="text.zip should be a .zip file that holds a picture .* as grey.png"):
        read_pictures(path, ["grey.png"], 4)


def test_a_prepared_file_is_found_or_explained(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    assert find("set/file.npz") is None
    with pytest.raises(
        ZooError, match=r"set/file.npz should be in .*cache.* it holds frames, made from the corpus\. Make"
    ):
        prepared("set/file.npz", "frames", "the corpus")
    for folder in (tmp_path / "cache" / "set", tmp_path / "set"):
        folder.mkdir(parents=True)
        (folder / "file.npz").write_bytes(b"")
        assert prepared("set/file.npz", "frames", "the corpus") == folder / "file.npz"
