"""Adapters begin as the model they change, train alone, and merge into plain layers that answer alike."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import freeze_to, merged, with_adapters
from keras_rnn_zoo.layers.low_rank import LowRankLSTM

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((6, 7, 3)).astype("float32"), RNG.integers(0, 2, 6)
X[::2, 5:] = 0  # padding


def model_of(cell, **options):
    keras.utils.set_random_seed(1)
    return zoo.build_many_to_one((None, 3), 2, (6, 6), cell=cell, **options)


CELLS = ("lstm", "gru", "simple_rnn", "peephole_lstm", "deep_transition", "min_gru", "projected_lstm")


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_begin_train_and_merge(cell, bidirectional):
    model = model_of(cell, bidirectional=bidirectional)
    adapted = with_adapters(model, rank=2, alpha=4.0)
    np.testing.assert_allclose(adapted.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)
    frozen = {one.path: np.array(one) for one in adapted.weights if one.path not in _paths(adapted.trainable_variables)}
    adapted.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    adapted.fit(X, Y, epochs=3, verbose=0)
    for one in adapted.weights:
        if one.path in frozen:
            np.testing.assert_array_equal(np.array(one), frozen[one.path])
    assert np.abs(adapted.predict(X, verbose=0) - model.predict(X, verbose=0)).max() > 1e-3
    plain = merged(adapted)
    assert _paths(plain.weights) == _paths(model.weights)
    np.testing.assert_allclose(plain.predict(X, verbose=0), adapted.predict(X, verbose=0), atol=1e-5)


def _paths(variables):
    return [one.path for one in variables]


def test_only_adapters_and_the_output_layer_are_trained():
    adapted = with_adapters(model_of("lstm"), rank=2)
    names = {one.path.split("/")[-1] for one in adapted.trainable_variables}
    assert names == {"kernel_a", "kernel_b", "recurrent_kernel_a", "recurrent_kernel_b", "kernel", "bias"}
    assert sum(path.endswith(("output/kernel", "output/bias")) for path in _paths(adapted.trainable_variables)) == 2
    thawed = freeze_to(adapted, 0)
    assert not any("lstm_cell" in path for path in _paths(thawed.trainable_variables))


def test_adapters_are_saved(tmp_path):
    adapted = with_adapters(model_of("gru"), rank=3)
    adapted.compile("sgd", "sparse_categorical_crossentropy")
    adapted.fit(X, Y, epochs=2, verbose=0)
    adapted.save(tmp_path / "adapted.keras")
    loaded = zoo.load_model(tmp_path / "adapted.keras")
    np.testing.assert_allclose(loaded.predict(X, verbose=0), adapted.predict(X, verbose=0), atol=1e-6)


def test_a_language_model_and_a_translator_are_adapted():
    words = {"vocabulary_size": 12, "embedding_dim": 4}
    for model in (
        zoo.build_language_model((None,), 12, 6, **words),
        zoo.build_translator((None,), 9, 6, **words),
        zoo.build_translator((None,), 9, 6, **words, attention="bahdanau"),
    ):
        adapted = with_adapters(model, rank=2)
        batch = {one.name: RNG.integers(1, 9, (2, 4)) for one in model.inputs}
        batch = batch if len(batch) > 1 else batch["inputs"]
        np.testing.assert_allclose(adapted.predict(batch, verbose=0), model.predict(batch, verbose=0), atol=1e-6)


def test_what_cannot_be_adapted_is_refused():
    with pytest.raises(ZooError, match="no recurrent layer to adapt"):
        with_adapters(zoo.build_one_to_one((20, 64, 1), 2, (8,)))
    with pytest.raises(ZooError, match="^rank must be a whole number"):
        with_adapters(model_of("lstm"), rank=0)
    with pytest.raises(ZooError, match="is a NormPreservingRNN; adapters are for LSTM, GRU, Recurrent"):
        with_adapters(model_of("simple_rnn", norm_preserving=1.0))
    with pytest.raises(ZooError, match="no adapters to merge"):
        merged(model_of("lstm"))


@pytest.mark.parametrize(("cell", "kernel", "largest"), [("lstm", "recurrent_kernel", 7), ("min_gru", "kernel", 2)])
def test_a_rank_that_is_not_low_is_refused(cell, kernel, largest):
    model = zoo.build_many_to_one((None, 3), 2, 8, cell=cell)
    with pytest.raises(ZooError, match=f"of {kernel} of recurrent_1, .*it can be {largest} at most, received 1000"):
        with_adapters(model, rank=1000)
    with_adapters(model, rank=largest)
    with pytest.raises(ZooError, match=f"it can be {largest} at most, received {largest + 1}"):
        with_adapters(model, rank=largest + 1)
    with pytest.raises(ZooError, match="kernel of low, .*it can be 5 at most"):
        LowRankLSTM(6, rank=6, name="low").build((None, None, 3))
