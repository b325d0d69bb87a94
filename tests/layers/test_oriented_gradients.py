"""Oriented gradients: the equation once more in NumPy, what they do not see, and what they refuse."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import OrientedGradients

PICTURES = np.random.default_rng(0).random((3, 13, 8, 3)).astype("float32")


def seen(pictures, **options):
    return keras.ops.convert_to_numpy(OrientedGradients(**options)(pictures))


def by_hand(picture, cell, orientations):
    """One pixel after the other, with the angle itself."""
    rows, columns, channels = picture.shape
    grid = np.zeros((rows // cell, columns // cell, orientations + channels))
    wider = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge")
    for row in range(rows // cell * cell):
        for column in range(columns // cell * cell):
            down = wider[row + 2, column + 1] - wider[row, column + 1]
            right = wider[row + 1, column + 2] - wider[row + 1, column]
            size, angle = np.hypot(right, down), np.arctan2(down, right)
            for k in range(orientations):
                lobe = np.maximum(np.cos(2 * (angle - k * np.pi / orientations)), 0) ** 2
                grid[row // cell, column // cell, k] += np.max(size * lobe) / cell**2
            grid[row // cell, column // cell, orientations:] += picture[row, column] / cell**2
    grid[..., :orientations] **= 0.5
    return grid


@pytest.mark.parametrize("cell, orientations, channels", [(4, 8, 3), (3, 5, 1)])
def test_the_equation(cell, orientations, channels):
    pictures = PICTURES[..., :channels]
    expected = np.stack([by_hand(one, cell, orientations) for one in pictures])
    np.testing.assert_allclose(seen(pictures, cell_size=cell, orientations=orientations), expected, atol=2e-3)


def test_an_edge_counts_the_same_whichever_side_is_lighter():
    gradients = seen(PICTURES, cell_size=4)[..., :8]
    np.testing.assert_allclose(seen(1 - PICTURES, cell_size=4)[..., :8], gradients, atol=1e-5)
    darker = seen(PICTURES / 4, cell_size=4)[..., :8]
    np.testing.assert_allclose(darker, gradients / 2, atol=2e-2)


def test_an_upright_edge_is_of_the_first_orientation():
    picture = np.zeros((1, 8, 8, 1), "float32")
    picture[:, :, 4:] = 1.0
    histogram = seen(picture, cell_size=8, orientations=4)[0, 0, 0, :4]
    assert histogram.argmax() == 0 and histogram[0] == pytest.approx(0.5, abs=1e-3) and histogram[2] < 1e-2


def test_it_is_saved_trains_what_is_below_and_has_no_weights(tmp_path):
    model = keras.Sequential([keras.Input((12, 8, 3)), keras.layers.Dense(3), OrientedGradients(4, 6)])
    assert model.output_shape == (None, 3, 2, 9) and not model.layers[-1].weights
    model.compile("sgd", "mse")
    history = model.fit(np.zeros((4, 12, 8, 3)), np.ones((4, 3, 2, 9)), epochs=3, verbose=0).history["loss"]
    assert np.isfinite(history).all() and history[-1] < history[0]
    model.save(tmp_path / "m.keras")
    again = zoo.load_model(tmp_path / "m.keras")
    pictures = PICTURES[:, :12]
    np.testing.assert_allclose(again.predict(pictures, verbose=0), model.predict(pictures, verbose=0), atol=1e-6)


@pytest.mark.parametrize("options", [{"cell_size": 0}, {"cell_size": 2.5}, {"orientations": -1}])
def test_wrong_arguments(options):
    with pytest.raises(ZooError, match=next(iter(options))):
        OrientedGradients(**options)


@pytest.mark.parametrize("shape", [(None, 7, 20, 3), (None, 20, 20)])
def test_a_picture_smaller_than_a_cell(shape):
    with pytest.raises(ZooError, match="of at least 8 x 8 pixels, its cell_size; received"):
        OrientedGradients(8).build(shape)
