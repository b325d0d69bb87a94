"""What builders refuse, what they leave alone, and that each option does something."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo

TOKENS = {"vocabulary_size": 9, "embedding_dim": 4}


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: zoo.build_many_to_one((None,), 3, 4), r"received \(None,\) without vocabulary_size"),
        (lambda: zoo.build_many_to_one((None, None), 3, 4), "input_shape must be"),
        (lambda: zoo.build_many_to_one((None, 2), 3, 4, vocabulary_size=9, embedding_dim=2), r"must be \(timesteps,\)"),
        (lambda: zoo.build_many_to_one((None,), 3, 4, vocabulary_size=9), "embedding_dim is needed"),
        (lambda: zoo.build_many_to_one((None, 2), 1, 4), "Softmax over 1 output is always 1"),
        (lambda: zoo.build_many_to_one((None, 2), 0, 4), "outputs must be a positive integer"),
        (lambda: zoo.build_many_to_one((None, 2), 2, 4, input_dropout=1.5), "input_dropout must be at least 0"),
        (lambda: zoo.build_one_to_one((3,), 2, "wide"), "units must be a positive integer"),
        (lambda: zoo.build_one_to_many((4, 4, 1), 5, 4, embedding_dim=2), "The context must be one vector"),
        (lambda: zoo.build_many_to_many_unaligned((None, 3), 5, 4), "embedding_dim or decoder_embedding_dim is needed"),
        (lambda: zoo.build_many_to_many_unaligned((None,), 5, 4, **TOKENS, conditioning="first_step"), "first_step"),
        (
            lambda: zoo.build_many_to_many_unaligned((None,), 5, 4, **TOKENS, bridge="copy", decoder_units=6),
            "needs a decoder whose states fit",
        ),
        (lambda: zoo.build_translator((None,), 5, 4, vocabulary_size=9, bidirectional=True), "Use bridge='dense'"),
        (lambda: zoo.build_frame_classifier((None, 20, 36), 7, 4), "A video's shape"),
        (lambda: zoo.build_image_encoder((2, 2, 1), 7), "give fewer filters"),
        (lambda: zoo.build_image_encoder((None, 2, 1), 7), "all known"),
        (lambda: zoo.build_many_to_one((None, 2), 3, 4, embedding_dim=3), "give vocabulary_size as well"),
        (lambda: zoo.build_many_to_one((None,), 3, 4, **TOKENS, mask_value=-1.0), "is for vectors"),
        (lambda: zoo.build_one_to_many((3,), 5, 4, embedding_dim=2, mask_value=0.0), "is for vectors"),
        (
            lambda: zoo.build_one_to_many((3,), 5, 4, embedding_dim=2, output_activation="sigmoid"),
            "'softmax' or 'linear'",
        ),
        (lambda: zoo.build_many_to_one((None, 2), 3, 4, mask_value=float("nan")), "not a number"),
        (lambda: zoo.build_many_to_one(5, 3, 4), "input_shape must be a tuple"),
        (lambda: zoo.build_many_to_one((0, 5), 3, 4), "input_shape must be a tuple"),
        (lambda: zoo.build_many_to_one((None, 2), 3, 4, skip_connections="residual"), "give two"),
        (lambda: zoo.build_translator((None,), 5, 4, vocabulary_size=9, conditioning="input"), "nothing to do"),
        (lambda: zoo.build_captioner((7,), 5, 4, filters=(3,)), "belong to the built-in CNN"),
        (lambda: zoo.build_frame_classifier((None, 8, 8, 1), 5, 4, image_encoder="cnn", filters=(2,)), "built-in CNN"),
        (lambda: zoo.builders.get("many_to_won"), "Did you mean 'many_to_one'"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_builder_neither_compiles_nor_seeds():
    keras.utils.set_random_seed(5)
    first = np.random.rand()
    keras.utils.set_random_seed(5)
    model = zoo.build_many_to_one((None, 2), 3, 4)
    assert np.random.rand() == first and not model.compiled


def test_sub_models_and_layers_are_reached_by_name():
    model = zoo.build_translator((None,), 5, (4, 4), vocabulary_size=9)
    assert isinstance(model.get_layer("encoder"), keras.Model)
    assert model.get_layer("encoder").get_layer("recurrence").output_size == 4
    assert model.get_layer("decoder").rnn.state_size == [4, 4, 4, 4]
    for shape, filters in (((8, 8, 1), (2,)), ((7,), None)):
        captioner = zoo.build_captioner(shape, 5, 4, filters=filters, image_units=3)
        assert captioner.get_layer("encoder").output_shape == (None, 3)


@pytest.mark.parametrize("option", [{"reverse_source": True}, {"bridge": "copy"}, {"conditioning": "both"}])
def test_encoder_decoder_options_matter(option):
    source, previous = np.array([[1, 2, 3], [4, 5, 0]]), np.array([[1, 2], [3, 4]])
    answers = []
    for options in ({}, option):
        keras.utils.set_random_seed(3)
        model = zoo.build_many_to_many_unaligned((None,), 6, 4, **TOKENS, **options)
        model.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in model.get_weights()])
        answers.append(keras.ops.convert_to_numpy(model({"source": source, "previous": previous})))
    assert not np.allclose(*answers)


def test_frames_that_are_padding_change_nothing():
    model = zoo.build_frame_classifier((None, 8, 8, 1), 3, 4, filters=(2,), image_units=3, mask_value=-1.0)
    frames = np.random.default_rng(0).normal(size=(2, 5, 8, 8, 1)).astype("float32")
    padded = np.concatenate([frames, np.full((2, 3, 8, 8, 1), -1.0, "float32")], axis=1)
    short, long = (keras.ops.convert_to_numpy(model(value)) for value in (frames, padded))
    np.testing.assert_allclose(long[:, :5], short, atol=1e-6)
    model.compile(loss="sparse_categorical_crossentropy")
    labels = np.random.default_rng(1).integers(0, 3, (2, 8))
    losses = [model.evaluate(frames, labels[:, :5], verbose=0), model.evaluate(padded, labels, verbose=0)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def test_outputs_are_float32_in_mixed_precision():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        models = [
            (zoo.build_many_to_one((None, 2), 3, 4), np.ones((1, 3, 2), "float32")),
            (
                zoo.build_one_to_many((2,), 5, 4, embedding_dim=3, conditioning="first_step"),
                {"context": np.ones((1, 2), "float32"), "previous": np.ones((1, 3), "int32")},
            ),
        ]
    finally:
        keras.config.set_dtype_policy(policy)
    for model, inputs in models:
        assert model.output.dtype == "float32"
        assert keras.backend.standardize_dtype(model(inputs).dtype) == "float32"


def test_nothing_is_padding_without_a_mask_value():
    model = zoo.build_many_to_one((None, 2), 3, 4, mask_value=None)
    silent = np.zeros((1, 4, 2), "float32")
    kernel, recurrent_kernel, bias = model.get_layer("recurrence").get_weights()
    model.get_layer("recurrence").set_weights([kernel, recurrent_kernel, bias + 1.0])
    one, other = (keras.ops.convert_to_numpy(model(silent[:, :steps])) for steps in (1, 4))
    assert not np.allclose(one, other)


def test_numpy_integers_are_widths():
    assert zoo.build_many_to_one((None, 2), 3, np.int64(4)).get_layer("recurrence").output_size == 4


def test_a_cell_that_cannot_be_copied_is_explained():
    class Unregistered(keras.layers.SimpleRNNCell):
        pass

    with pytest.raises(ValueError, match="register_keras_serializable"):
        zoo.build_many_to_one((None, 2), 3, 4, cell=Unregistered, bidirectional=True)
