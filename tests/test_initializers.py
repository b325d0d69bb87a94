"""Starts of recurrent weights: their facts, and that names and files know them."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import initializers
from keras_rnn_zoo.cells import ChoGRUCell, SimpleRNNCell
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.initializers import BasicTanh, Chrono, SmartTanh


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


def test_chrono_spreads_memories():
    bias = draw(Chrono(100, gates=(1, -1, 0), seed=1), (3 * 5_000,))
    keep, let_in, candidate = np.split(bias, 3)
    np.testing.assert_array_equal(keep, -let_in)
    assert not candidate.any()
    spans = np.exp(keep)  # uniform from 1 to 99
    assert spans.min() == pytest.approx(1, abs=0.2) and spans.max() == pytest.approx(99, abs=0.2)
    assert spans.mean() == pytest.approx(50, rel=0.03) and spans.std() == pytest.approx(98 / 12**0.5, rel=0.03)
    np.testing.assert_array_equal(bias, draw(Chrono(100, gates=(1, -1, 0), seed=1), (3 * 5_000,)))


@pytest.mark.parametrize(
    "cell, gates, rows, options",
    [
        ("min_gru", (-1, 0), 1, {}),
        ("min_lstm", (1, -1, 0), 1, {}),
        ("gru", (1, 0, 0), 2, {}),
        ("lstm", (-1, 1, 0, 0), 1, {"unit_forget_bias": False}),
    ],
)
def test_chrono_of_cells(cell, gates, rows, options):
    from keras_rnn_zoo.builders import build_many_to_one

    described = {"class_name": "keras_rnn_zoo>Chrono", "config": {"longest": 50, "gates": gates, "seed": 1}}
    options = {"bias_initializer": described, **options}
    model = build_many_to_one((None, 3), 2, 8, cell=cell, cell_options=options)
    (bias,) = [
        ops.convert_to_numpy(weight)
        for weight in model.weights
        if weight.path.endswith("bias") and "recurrence" in weight.path
    ]
    assert bias.size == rows * 8 * len(gates)
    for gate, block in zip(gates, np.split(bias.reshape(rows, -1)[0], len(gates))):
        assert (np.sign(block) == gate).all()
    assert not bias.reshape(rows, -1)[1:].any()


@pytest.mark.parametrize("bad", [{"longest": 2}, {"longest": 9.5}, {"gates": (2, 0)}, {"gates": ()}])
def test_bad_chrono(bad):
    with pytest.raises(ZooError, match="longest|Chrono needs"):
        Chrono(**{"longest": 9, "gates": (1, 0), **bad})


@pytest.mark.parametrize("shape", [(7,), (3, 6), (6, 6)])
def test_chrono_of_what_is_no_bias(shape):
    with pytest.raises(ZooError, match=r"Chrono is for a bias of 2 gates, received the shape"):
        Chrono(9, gates=(1, 0))(shape)


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
