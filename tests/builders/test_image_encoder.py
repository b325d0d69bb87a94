"""The built-in CNN: pictures vary in training alone, as much as asked for, and the model is saved with that."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.builders.image_encoder import build_image_encoder
from keras_rnn_zoo.errors import ZooError

PICTURES = np.random.default_rng(0).random((4, 12, 12, 3)).astype("float32")


def augmented(encoder, pictures, training=True):
    """The pictures as the first convolution gets them."""
    first = encoder.get_layer("conv_1")
    inner = keras.Model(encoder.inputs, first.input)
    return keras.ops.convert_to_numpy(inner([pictures], training=training))


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_vary_in_training_alone(channels):
    pictures = PICTURES[..., :channels]
    encoder = build_image_encoder((12, 12, channels), 5, filters=(2, 2), augment=0.5)
    one, other = augmented(encoder, pictures), augmented(encoder, pictures)
    assert not np.allclose(one, other) and not np.allclose(one, pictures)
    assert one.shape == pictures.shape and one.min() >= 0 and one.max() <= 1
    np.testing.assert_array_equal(augmented(encoder, pictures, training=False), pictures)


def test_more_is_more():
    def change(strength):
        keras.utils.set_random_seed(1)
        encoder = build_image_encoder((12, 12, 3), 5, filters=(2,), augment=strength)
        return np.mean([np.abs(augmented(encoder, PICTURES) - PICTURES).mean() for _ in range(8)])

    assert build_image_encoder((12, 12, 3), 5, augment=0.0).get_layer("conv_1").input is not None
    assert 0 < change(0.05) < change(0.3) < change(1.0)


def test_no_augmentation_adds_no_layer():
    names = [layer.name for layer in build_image_encoder((12, 12, 3), 5, filters=(2,)).layers]
    assert names == ["picture", "conv_1", "relu_1", "flatten", "features"]


def test_batch_normalization_stands_before_the_rectifier():
    encoder = build_image_encoder((12, 12, 3), 5, filters=(2, 4), batch_normalization=True)
    names = [layer.name for layer in encoder.layers]
    assert names.index("conv_2") < names.index("normalization_2") < names.index("relu_2")
    plain = build_image_encoder((12, 12, 3), 5, filters=(2, 4))
    assert encoder.count_params() == plain.count_params() + 4 * (2 + 4)


def test_a_captioner_trains_with_both_and_comes_back(tmp_path):
    options = {"filters": (2, 2), "image_units": 3, "batch_normalization": True, "augment": 0.4}
    model = zoo.build_captioner((12, 12, 3), 6, 4, embedding_dim=3, **options)
    model.compile("sgd", "sparse_categorical_crossentropy")
    inputs = {"context": PICTURES, "previous": np.array([[2, 4, 5]] * 4)}
    history = model.fit(inputs, np.array([[4, 5, 3]] * 4), epochs=2, verbose=0).history["loss"]
    assert np.isfinite(history).all()
    model.save(tmp_path / "m.keras")
    again = zoo.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0), atol=1e-6)
    layers = [layer.name for layer in again._flatten_layers()]
    assert {"move", "zoom", "turn", "brightness", "contrast", "saturation", "normalization_2"} <= set(layers)


@pytest.mark.parametrize("augment", [-0.1, 1.5, True, "much", float("nan")])
def test_a_wrong_strength(augment):
    with pytest.raises(ZooError, match="augment must be a number from 0 to 1"):
        build_image_encoder((12, 12, 3), 5, augment=augment)


@pytest.mark.parametrize("option", [{"augment": 0.5}, {"batch_normalization": True}, {"oriented_gradients": 8}])
def test_features_are_not_augmented(option):
    with pytest.raises(ZooError, match="belong to the built-in CNN"):
        zoo.build_captioner((7,), 6, 4, **option)


def test_convolutions_read_oriented_gradients():
    encoder = build_image_encoder((48, 48, 3), 5, filters=(4, 6), oriented_gradients=8, augment=0.3)
    names = [layer.name for layer in encoder.layers]
    order = ["contrast", "oriented_gradients", "gradients_normalization", "conv_1", "features"]
    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)
    assert encoder.get_layer("conv_1").input.shape == (None, 6, 6, 11)
    with pytest.raises(ZooError, match=r"4 convolutions halve \(6, 6\) to nothing"):
        build_image_encoder((48, 48, 3), 5, filters=(2, 2, 2, 2), oriented_gradients=8)
    with pytest.raises(ZooError, match="Give a smaller cell_size"):
        build_image_encoder((4, 48, 3), 5, filters=(2,), oriented_gradients=8)


def test_the_gradients_themselves_are_written_about(tmp_path):
    options = {"filters": (), "image_units": 0, "oriented_gradients": 4}
    model = zoo.build_captioner((12, 12, 3), 6, 4, embedding_dim=3, conditioning="input", **options)
    encoder = model.get_layer("encoder")
    assert encoder.output_shape == (None, 3 * 3 * 11) and len(encoder.trainable_weights) == 2
    attentive = zoo.build_captioner(
        (12, 12, 3), 6, 4, embedding_dim=3, attention="bahdanau", filters=(), oriented_gradients=4
    )
    assert attentive.get_layer("encoder").output_shape[0] == (None, 9, 11)
    model.save(tmp_path / "m.keras")
    inputs = {"context": PICTURES, "previous": np.array([[2, 4, 5]] * 4)}
    again = zoo.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0), atol=1e-6)
