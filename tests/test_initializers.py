"""Starts of recurrent weights: their facts, and that names and files know them."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import initializers
from keras_rnn_zoo.cells import ChoGRUCell, SimpleRNNCell
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.initializers import BasicTanh, SmartTanh


def draw(initializer, shape=(50, 50), **options):
    return ops.convert_to_numpy(initializer(shape, **options))


def test_smart_tanh_is_sparse_by_rows_and_scaled():
    matrix = draw(SmartTanh(seed=1))
    assert ((matrix != 0).sum(axis=1) == 15).all()
    assert len(set((matrix != 0).sum(axis=0))) > 1
    assert np.abs(np.linalg.eigvals(matrix)).max() == pytest.approx(0.95, abs=1e-5)
    assert abs(matrix.mean() / matrix.std()) < 0.1


@pytest.mark.parametrize("units, connections, kept", [(10, 15, 10), (1, 15, 1), (40, 3, 3)])
def test_smart_tanh_of_other_sizes(units, connections, kept):
    matrix = draw(SmartTanh(connections=connections, spectral_radius=0.5, seed=1), (units, units))
    assert ((matrix != 0).sum(axis=1) == kept).all()
    assert np.abs(np.linalg.eigvals(matrix)).max() == pytest.approx(0.5, abs=1e-4)


def test_smart_tanh_of_other_shapes_is_normal():
    matrix = draw(SmartTanh(seed=1), (100, 300))
    assert (matrix != 0).all() and matrix.std() == pytest.approx(0.01, rel=0.05)


def test_basic_tanh_is_normal():
    assert draw(BasicTanh(seed=1), (100, 100)).std() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("kind", [BasicTanh, SmartTanh])
def test_seeds(kind):
    np.testing.assert_array_equal(draw(kind(seed=3)), draw(kind(seed=3)))
    assert np.abs(draw(kind(seed=3)) - draw(kind(seed=4))).max() > 0
    assert np.abs(draw(kind()) - draw(kind())).max() > 0
    anew = kind(seed=keras.random.SeedGenerator(3))
    assert np.abs(draw(anew) - draw(anew)).max() > 0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_dtype(dtype):
    assert keras.backend.standardize_dtype(SmartTanh(seed=1)((5, 5), dtype=dtype).dtype) == dtype


@pytest.mark.parametrize(
    "bad", [{"connections": 0}, {"connections": 1.5}, {"spectral_radius": 0}, {"std": -1.0}, {"std": "large"}]
)
def test_bad_values(bad):
    with pytest.raises(ZooError, match=next(iter(bad))):
        SmartTanh(**bad)


def test_names():
    assert isinstance(initializers.get("smart_tanh"), SmartTanh)
    assert isinstance(initializers.get("basic_tanh"), BasicTanh)
    assert isinstance(initializers.get("orthogonal"), keras.initializers.Orthogonal)
    assert isinstance(initializers.get(SmartTanh(connections=3)), SmartTanh)
    with pytest.raises(ZooError, match="smart_tanh, and those of Keras"):
        initializers.get("clever_tanh")


def test_cells_take_the_names():
    cell = SimpleRNNCell(20, recurrent_initializer="smart_tanh", kernel_initializer="basic_tanh")
    cell.build((None, 3))
    assert ((ops.convert_to_numpy(cell.recurrent_kernel) != 0).sum(axis=1) == 15).all()
    with pytest.raises(ZooError, match="initializer"):
        ChoGRUCell(4, recurrent_initializer="clever_tanh")


def test_cells_with_them_are_saved(tmp_path):
    cell = SimpleRNNCell(20, recurrent_initializer=SmartTanh(connections=3, seed=2), kernel_initializer="basic_tanh")
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.RNN(cell)])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    found = again.layers[0].cell
    assert found.recurrent_initializer.get_config() == cell.recurrent_initializer.get_config()
    assert isinstance(found.kernel_initializer, BasicTanh)
    x = np.ones((2, 4, 3), "float32")
    np.testing.assert_allclose(again(x), model(x), atol=1e-6)
