"""What is frozen stays bit for bit, what is thawed moves, and the optimizer knows which is which."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import (
    SlantedTriangular,
    discriminative_optimizer,
    freeze_to,
    gradual_unfreezing,
    layer_groups,
    merged,
    recompile,
    with_adapters,
    with_head,
)
from keras_rnn_zoo.tasks import Classifier

WORDS = {"vocabulary_size": 12, "embedding_dim": 4}
X = np.random.default_rng(0).integers(1, 12, (8, 6))
Y = np.random.default_rng(1).integers(0, 2, 8)


def classifier(**options):
    keras.utils.set_random_seed(3)
    model = zoo.build_sentiment_classifier((None,), 2, (5, 5), **WORDS, dropout=0.0, input_dropout=0.0, **options)
    model.compile(
        keras.optimizers.Adam(0.05, global_clipnorm=1.0), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def translator():
    return zoo.build_translator((None,), 9, (5, 5), **WORDS, attention="bahdanau")


def test_groups_go_from_the_input_to_the_output():
    names = [layer.name for layer in layer_groups(translator())]
    encoder, decoder = ["embedding", "recurrent_1", "recurrent_2"], ["embedding", "recurrent_1", "recurrent_2"]
    assert names[:3] == encoder and names[3:6] == decoder and names[-1] == "output" and len(names) == 9


def test_groups_hold_every_weight_once():
    for model in (classifier(), translator(), zoo.build_captioner((20, 64, 1), 9, 5, embedding_dim=3, image_units=4)):
        held = [variable.path for layer in layer_groups(model) for variable in layer.weights]
        assert sorted(held) == sorted(variable.path for variable in model.weights)


@pytest.mark.parametrize("group", [0, 1, 2, -1, "recurrent_2"])
def test_the_frozen_layers_stay_and_the_others_move(group):
    model = freeze_to(classifier(), group)
    first = {"recurrent_2": 2, -1: 3}.get(group, group)
    before = [[np.array(one) for one in layer.get_weights()] for layer in layer_groups(model)]
    model.fit(X, Y, epochs=2, verbose=0)
    for number, (layer, old) in enumerate(zip(layer_groups(model), before, strict=True)):
        for value, was in zip(layer.get_weights(), old, strict=True):
            assert np.array_equal(value, was) == (number < first), layer.name


def test_freezing_keeps_what_the_model_was_compiled_with():
    model = freeze_to(classifier(), -1)
    assert model.optimizer.global_clipnorm == 1.0 and float(model.optimizer.learning_rate.numpy()) == pytest.approx(
        0.05
    )
    assert "accuracy" in model.evaluate(X, Y, verbose=0, return_dict=True)
    assert not freeze_to(translator(), -1).compiled


@pytest.mark.parametrize("group", [4, -5, 1.0, True])
def test_no_such_group(group):
    with pytest.raises(ZooError, match="A group of layers is a number from -4 to 3, or one of embedding, recurrent_1"):
        freeze_to(classifier(), group)


def test_no_such_name_and_a_name_twice():
    with pytest.raises(ZooError, match="recurrent_2"):
        freeze_to(classifier(), "recurrent_3")
    with pytest.raises(ZooError, match="2 layers are called 'embedding': give a number"):
        freeze_to(translator(), "embedding")


def test_gradual_unfreezing_goes_backwards_and_ends_with_all():
    model = classifier()
    counts = []
    for _ in gradual_unfreezing(model):
        model.fit(X, Y, verbose=0)
        counts.append(len(model.trainable_variables))
    assert counts == [2, 8, 14, 15] and counts[-1] == len(model.weights)
    with pytest.raises(ZooError, match="not compiled"):
        next(gradual_unfreezing(translator()))


def test_recompile_takes_another_optimizer():
    model = recompile(classifier(), keras.optimizers.SGD(0.3))
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    with pytest.raises(ZooError, match="not compiled with a loss"):
        recompile(translator())


def test_slanted_triangle_is_the_papers():
    schedule = SlantedTriangular(0.01, steps=1000, cut_share=0.1, ratio=32)
    for step in (0, 1, 50, 99, 100, 101, 500, 999):
        cut = 100  # eq. 3, as written
        p = step / cut if step < cut else 1 - (step - cut) / (cut * (1 / 0.1 - 1))
        assert float(schedule(step)) == pytest.approx(0.01 * (1 + p * 31) / 32, rel=1e-5)
    again = SlantedTriangular.from_config(schedule.get_config())
    assert float(again(2000)) == pytest.approx(0.01 / 32, rel=1e-5)
    for wrong in ((0, 10), (0.1, 1), (0.1, 10, 1.0), (0.1, 10, 0.1, 0.5)):
        with pytest.raises(ZooError, match="A slanted triangle needs"):
            SlantedTriangular(*wrong)


def test_each_group_moves_at_its_own_rate():
    model = classifier()
    before = [layer.get_weights() for layer in layer_groups(model)]
    recompile(model, discriminative_optimizer(model, "sgd", learning_rate=1.0, decay=10.0))
    twin = classifier()
    recompile(twin, keras.optimizers.SGD(1.0))
    for one in (model, twin):
        one.fit(X, Y, batch_size=8, epochs=1, verbose=0)
    for number, (mine, its, was) in enumerate(zip(layer_groups(model), layer_groups(twin), before, strict=True)):
        for a, b, start in zip(mine.get_weights(), its.get_weights(), was, strict=True):
            np.testing.assert_allclose(a - start, (b - start) * 10.0 ** (number - 3), rtol=2e-3, atol=1e-6)


def test_rates_of_schedules_are_scaled_and_survive_saving(tmp_path):
    model = classifier()
    schedule = SlantedTriangular(0.1, steps=10)
    recompile(model, discriminative_optimizer(model, keras.optimizers.Adam(), learning_rate=schedule, decay=2.0))
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = zoo.load_model(tmp_path / "model.keras")
    rates = sorted(one.get_config()["learning_rate"]["config"]["learning_rate"] for one in loaded.optimizer.optimizers)
    assert rates == pytest.approx([0.1 / 8, 0.1 / 4, 0.1 / 2, 0.1])
    with pytest.raises(ZooError, match="`decay` divides the rate"):
        discriminative_optimizer(model, learning_rate=0.1, decay=0.5)
    piecewise = keras.optimizers.schedules.PiecewiseConstantDecay([5], [0.1, 0.01])
    with pytest.raises(ZooError, match="has no learning rate to scale"):
        discriminative_optimizer(model, learning_rate=piecewise)


ON_A_MODEL = {
    "layer_groups": layer_groups,
    "freeze_to": lambda model: freeze_to(model, -1),
    "gradual_unfreezing": lambda model: next(gradual_unfreezing(model)),
    "recompile": recompile,
    "discriminative_optimizer": lambda model: discriminative_optimizer(model, learning_rate=0.1),
    "with_head": lambda model: with_head(model, 2),
    "with_adapters": with_adapters,
    "merged": merged,
}


@pytest.mark.parametrize("function", ON_A_MODEL.values(), ids=ON_A_MODEL)
def test_what_is_no_model(function):
    task = Classifier(classifier(), ["bad", "good"])
    for given, name in ((task, "Classifier"), (None, "NoneType"), ("model.keras", "str")):
        with pytest.raises(ZooError, match=f"keras.Model is expected, received {name}: of a task give task.model"):
            function(given)


@pytest.mark.parametrize("name", ["layer_groups", "freeze_to", "discriminative_optimizer", "with_adapters", "merged"])
def test_a_model_without_weights(name):
    inputs = keras.Input((3,))
    for model in (keras.Sequential([keras.layers.Dense(2)]), keras.Model(inputs, keras.layers.ReLU()(inputs))):
        with pytest.raises(ZooError, match="has no layers with weights: build it first"):
            ON_A_MODEL[name](model)


@pytest.mark.parametrize("rate", [-1, 0, float("nan"), float("inf"), "fast", None])
def test_a_rate_that_is_none(rate):
    with pytest.raises(ZooError, match="`learning_rate` should be a number above 0, or a Keras schedule; received"):
        discriminative_optimizer(classifier(), "adam", learning_rate=rate)


def test_an_unknown_optimizer():
    for call in (lambda name: discriminative_optimizer(classifier(), name, learning_rate=0.1),
                 lambda name: recompile(classifier(), name)):  # fmt: skip
        with pytest.raises(ZooError, match="the name of one such as 'adam'; received 'foo'"):
            call("foo")
