"""A new head reads what the old one read: the weights below it are the same, and so is what they say."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import layer_groups, with_head

IDS = np.array([[4, 5, 6, 0], [7, 8, 9, 10]])


def language_model(**options):
    return zoo.build_language_model((None,), 12, (6, 5), vocabulary_size=12, embedding_dim=4, **options)


def features(model):
    read = keras.Model(model.inputs, model.get_layer("recurrence").output)
    return ops.convert_to_numpy(read(IDS))


@pytest.mark.parametrize("pooling", ["last", "max", "mean", None])
def test_the_head_reads_what_was_learnt(pooling):
    model = language_model()
    changed = with_head(model, 3, pooling=pooling)
    steps = features(model)
    row = {"last": steps[0, 2], "max": steps[0, :3].max(axis=0), "mean": steps[0, :3].mean(axis=0), None: steps[0]}
    kernel, bias = changed.get_layer("output").get_weights()
    expected = ops.convert_to_numpy(ops.softmax(row[pooling] @ kernel + bias))
    np.testing.assert_allclose(ops.convert_to_numpy(changed(IDS))[0][..., :3], expected, atol=1e-5)
    for mine, its in zip(layer_groups(changed)[:-1], layer_groups(model)[:-1], strict=True):
        for a, b in zip(mine.get_weights(), its.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_it_shares_nothing_trains_and_is_saved(tmp_path):
    model = language_model(cell="peephole_lstm")
    before = [np.array(one) for one in model.get_weights()]
    changed = with_head(model, 2)
    changed.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    losses = changed.fit(IDS, np.array([0, 1]), epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    changed.save(tmp_path / "changed.keras")
    loaded = zoo.load_model(tmp_path / "changed.keras")
    np.testing.assert_allclose(loaded.predict(IDS, verbose=0), changed.predict(IDS, verbose=0), atol=1e-6)


def test_a_deep_output_becomes_a_plain_one():
    model = zoo.build_many_to_many_aligned((None, 3), 5, 6, output_units=7)
    assert with_head(model, 2).get_layer("output").get_config()["units"] == 2


def test_what_has_no_head_to_change_is_refused():
    with pytest.raises(ZooError, match="cannot be given another head: layers called recurrence"):
        with_head(zoo.build_translator((None,), 9, 5, vocabulary_size=12, embedding_dim=4), 2)
    with pytest.raises(ZooError, match="first"):
        with_head(language_model(), 2, pooling="first")
    with pytest.raises(ZooError, match="outputs must be a positive integer"):
        with_head(language_model(), 0)
