import keras
import numpy as np
import pytest

from keras_rnn_zoo.layers import FoldTime, ReverseSequence


@pytest.mark.parametrize("steps", [9, 7, 6, 12, 1])
def test_every_step_is_seen_whatever_the_length(steps):
    """`keras.layers.TimeDistributed` sees 2 of 7 steps here, where time is not known beforehand."""
    inputs = keras.Input((None, 4, 4, 1))
    cnn = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(3, 3), keras.layers.Flatten()])
    model = keras.Model(inputs, FoldTime(cnn)(inputs))
    frames = np.random.default_rng(0).normal(size=(2, steps, 4, 4, 1)).astype("float32")
    expected = np.stack([keras.ops.convert_to_numpy(cnn(frames[:, t])) for t in range(steps)], axis=1)
    np.testing.assert_allclose(model.predict(frames, verbose=0), expected, atol=1e-5)


def test_a_padded_frame_is_masked():
    frames = np.ones((1, 3, 4, 4, 1), "float32")
    frames[0, 2] = -1.0
    frames[0, 1, 0, 0, 0] = -1.0
    layer = FoldTime(keras.layers.Flatten(), mask_value=-1.0)
    mask = keras.ops.convert_to_numpy(layer.compute_mask(keras.ops.convert_to_tensor(frames)))
    np.testing.assert_array_equal(mask, [[True, True, False]])


def test_the_mask_of_the_input_is_passed_on():
    given = keras.ops.convert_to_tensor(np.array([[True, False]]))
    assert FoldTime(keras.layers.Flatten()).compute_mask(None, given) is given


def test_round_trip():
    layer = FoldTime(keras.layers.Dense(3), mask_value=-1.0)
    copy = FoldTime.from_config(layer.get_config())
    assert copy.mask_value == -1.0 and copy.layer.units == 3


def test_unknown_step_sizes_are_refused():
    with pytest.raises(ValueError, match="every size after timesteps known"):
        FoldTime(keras.layers.Flatten())(keras.Input((None, None, 3)))


def test_reversing_leaves_padding_on_the_right():
    x = np.arange(1.0, 7.0, dtype="float32").reshape(2, 3, 1)
    mask = keras.ops.convert_to_tensor(np.array([[True, True, True], [True, True, False]]))
    reversed_ = keras.ops.convert_to_numpy(ReverseSequence()(x, mask=mask))[..., 0]
    np.testing.assert_array_equal(reversed_, [[3, 2, 1], [5, 4, 6]])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(ReverseSequence()(x))[..., 0], [[3, 2, 1], [6, 5, 4]])
