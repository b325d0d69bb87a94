"""Deep output, and the five networks of Pascanu et al. 2014 with it."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import DeepOutput


def test_equation():
    layer = DeepOutput(3, [5, 4], "sigmoid")
    h = np.random.default_rng(0).normal(size=(2, 6, 7)).astype("float32")
    y = keras.ops.convert_to_numpy(layer(h))
    w1, b1, w2, b2, v, c = layer.get_weights()
    expected = 1 / (1 + np.exp(-(np.tanh(np.tanh(h @ w1 + b1) @ w2 + b2) @ v + c)))
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert DeepOutput.from_config(layer.get_config()).get_config() == layer.get_config()


def test_answers_in_float32_and_passes_the_mask_on():
    layer = DeepOutput(3, 5, dtype="mixed_float16")
    sequences, mask = np.ones((1, 2, 7), "float32"), np.array([[True, False]])
    assert keras.backend.standardize_dtype(layer(sequences).dtype) == "float32"
    assert layer.compute_mask(sequences, mask) is mask


def test_bad_widths():
    for units in (0, [4, -1], "4", []):
        with pytest.raises(ZooError, match="output_units"):
            DeepOutput(3, units)
    with pytest.raises(ZooError, match="input_units"):
        zoo.build_many_to_one((None, 7), 3, 5, input_units=0)


def test_deep_input():
    model = zoo.build_many_to_one((None, 7), 3, 5, cell="simple_rnn", input_units=(6, 4))
    assert [model.get_layer(f"inputs_layer_{number}").units for number in (1, 2)] == [6, 4]
    x = np.random.default_rng(0).normal(size=(2, 4, 7)).astype("float32")
    padded = np.concatenate([x, np.zeros((2, 3, 7), "float32")], axis=1)
    np.testing.assert_allclose(model.predict(x, verbose=0), model.predict(padded, verbose=0), atol=1e-6)
