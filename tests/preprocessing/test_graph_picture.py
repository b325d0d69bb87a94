"""A file's bytes are seen in a graph as Pillow sees them."""

import io

import numpy as np
import pytest

pytest.importorskip("PIL", minversion="13", reason="earlier Pillows resize in another order")
from PIL import Image  # noqa: E402

tf = pytest.importorskip("tensorflow")

from keras_rnn_zoo.errors import ZooError  # noqa: E402
from keras_rnn_zoo.preprocessing.graph_bicubic import stretched  # noqa: E402
from keras_rnn_zoo.preprocessing.graph_picture import GraphPicture  # noqa: E402
from keras_rnn_zoo.preprocessing.picture import read_picture  # noqa: E402

SIZES = [(20, 30), (61, 83), (7, 5), (400, 90), (1, 1), (64, 64)]


def drawn(height, width, mode, seed=0):
    """A picture with soft and sharp places, some of it at the ends of what a byte holds."""
    rng, channels = np.random.default_rng(seed), len(mode)
    coarse = np.clip(rng.integers(-60, 316, (height // 5 + 1, width // 5 + 1, channels)), 0, 255).astype(np.uint8)
    fine = rng.integers(0, 256, (height, width, channels), np.uint8)
    soft = np.kron(coarse, np.ones((5, 5, 1), np.uint8))[:height, :width]
    pixels = np.where(rng.random((height, width, 1)) < 0.3, fine, soft)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels, mode)


def file_of(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def as_pillow_reads(file, shape):
    return read_picture(Image.open(io.BytesIO(file)), shape)


@pytest.mark.parametrize("channels", [1, 3])
def test_resizing_is_pillow_s_in_either_order(channels):
    rng = np.random.default_rng(5)
    for _ in range(60):
        height, width, new_height, new_width = rng.integers(1, 90, 4).tolist()
        pixels = rng.integers(0, 2, (height, width, channels), np.uint8) * 255
        expected = Image.fromarray(pixels if channels == 3 else pixels[..., 0]).resize((new_width, new_height))
        found = stretched(tf.constant(pixels, tf.int32), new_height, new_width).numpy()
        np.testing.assert_array_equal(found, np.asarray(expected).reshape(found.shape))


@pytest.mark.parametrize("shape", [(20, 30, 3), (20, 30, 1), (33, 120, 3), (64, 17, 1), (1, 1, 3)])
def test_every_kind_of_picture_is_as_pillow_has_it(shape):
    files = [file_of(drawn(*size, mode), "PNG") for size in SIZES for mode in ("L", "LA", "RGB", "RGBA")]
    files += [file_of(drawn(*size, "RGB").convert("P"), "PNG") for size in SIZES]
    files += [file_of(drawn(*size, "RGB").convert("1"), "PNG") for size in SIZES]
    files += [file_of(drawn(*size, mode), "BMP") for size in SIZES for mode in ("L", "RGB")]
    files += [file_of(drawn(*size, "RGB").convert("P"), "GIF") for size in SIZES]
    seen = GraphPicture(shape)(files).numpy()
    assert seen.dtype == np.float32 and seen.shape == (len(files), *shape)
    for file, found in zip(files, seen):
        np.testing.assert_array_equal(found, as_pillow_reads(file, shape))


@pytest.mark.parametrize("shape", [(40, 40, 3), (33, 60, 1)])
@pytest.mark.parametrize("options", [{}, {"quality": 95, "subsampling": 0}, {"quality": 30}, {"progressive": True}])
def test_jpegs_are_as_pillow_has_them(shape, options):
    files = [file_of(drawn(*size, mode), "JPEG", **options) for size in SIZES for mode in ("L", "RGB")]
    files.append(file_of(drawn(40, 40, "RGB").convert("CMYK"), "JPEG"))
    for file, found in zip(files, GraphPicture(shape)(files).numpy()):
        np.testing.assert_array_equal(found, as_pillow_reads(file, shape))


def test_the_first_picture_of_several():
    frames = [drawn(9, 9, "L", seed) for seed in range(3)]
    file = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(GraphPicture((9, 9, 1))([file])[0], as_pillow_reads(file, (9, 9, 1)))


def test_a_saved_model_sees(tmp_path):
    sees = GraphPicture((16, 16, 3))
    signature = tf.function(lambda files: {"pictures": sees(files)}, [tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(sees, str(tmp_path), signature)
    loaded = tf.saved_model.load(str(tmp_path))
    files = [file_of(drawn(30, 20, "RGBA"), "PNG"), file_of(drawn(16, 16, "RGB"), "PNG")]
    found = loaded.signatures["serving_default"](tf.constant(files))["pictures"]
    np.testing.assert_array_equal(found, [as_pillow_reads(file, (16, 16, 3)) for file in files])
    assert sees(tf.zeros([0], tf.string)).shape == (0, 16, 16, 3)


def test_what_is_no_picture():
    whole = file_of(drawn(64, 64, "RGB"), "PNG")
    sees = GraphPicture((8, 8, 3))
    for wrong in (b"", b"hello", b"\x89", b"\xff" * 1000):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"PNG, JPEG, GIF or BMP files, but are not:\] \[1\]"):
            sees([whole, wrong])
    for damaged in (whole[:900], whole[:8], b"GIF89a", b"BM" + b"\0" * 60, file_of(drawn(64, 64, "L"), "JPEG")[:40]):
        with pytest.raises(tf.errors.InvalidArgumentError):
            sees([whole, damaged])


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 2), (8, 0, 3), (None, None, 3)])
def test_errors(shape):
    with pytest.raises(ZooError, match="`shape` should be .height, width, channels., of 1 or 3 channels, received"):
        GraphPicture(shape)
