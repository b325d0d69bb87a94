"""A model moved to other symbols keeps the rows of those it knew, to the bit, and answers about them as before."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import with_vocabulary
from keras_rnn_zoo.preprocessing import Vocabulary
from keras_rnn_zoo.tasks import Classifier, LanguageModel, TextToText

OLD = Vocabulary(["a", "b", "c", "d"], unit="character")
NEW = Vocabulary(["d", "x", "a", "y", "c", "z"], unit="character")
SAME_SIZE = Vocabulary(["d", "c", "b", "a"], unit="character")
KEPT = {4: 7, 6: 4, 8: 6, 0: 0, 1: 1, 2: 2, 3: 3}  # id in NEW: id in OLD


def language_model():
    model = zoo.build_language_model((None,), OLD.size, (6, 6), vocabulary_size=OLD.size, embedding_dim=4)
    return LanguageModel(model, OLD)


@pytest.mark.parametrize("new", [NEW, SAME_SIZE])
def test_a_language_model_moves(new):
    task = language_model()
    moved = with_vocabulary(task, new)
    ids = {new.encode(one)[0]: OLD.encode(one)[0] for one in "abcd" if one in new.symbols} | {i: i for i in range(4)}
    old, now = (one.model.get_weights() for one in (task, moved))
    for mine, its in ids.items():
        np.testing.assert_array_equal(now[0][mine], old[0][its])  # the embedding
        np.testing.assert_array_equal(now[-2][:, mine], old[-2][:, its])  # the output layer
        assert now[-1][mine] == old[-1][its]
    for a, b in zip(now[1:-2], old[1:-2], strict=True):
        np.testing.assert_array_equal(a, b)
    fresh = [i for i in range(new.size) if i not in ids]
    for row in fresh:
        np.testing.assert_allclose(now[0][row], old[0].mean(axis=0), rtol=1e-6)
    assert moved.model.output_shape[-1] == new.size and not moved.model.compiled


def test_known_text_has_the_same_odds():
    task = language_model()
    moved = with_vocabulary(task, NEW)
    old, new = (one.model.predict(one.vocabulary.encode("adc")[None], verbose=0)[0] for one in (task, moved))
    ratios = [new[:, mine] / old[:, its] for mine, its in KEPT.items()]
    np.testing.assert_allclose(ratios, np.broadcast_to(ratios[0], np.shape(ratios)), rtol=1e-5)


@pytest.mark.parametrize("attention", [None, "luong_general"])
@pytest.mark.parametrize("field", ["source", "targets"])
def test_a_translator_moves_on_one_side(field, attention):
    model = zoo.build_translator((None,), OLD.size, 6, vocabulary_size=OLD.size, embedding_dim=4, attention=attention)
    task = TextToText(model, OLD, OLD)
    moved = with_vocabulary(task, NEW, field)
    sizes = {"source": (NEW.size, OLD.size), "targets": (OLD.size, NEW.size)}[field]
    assert (moved.vocabularies["source"].size, moved.vocabularies["targets"].size) == sizes
    batch = {"source": np.array([[4, 5]]), "previous": np.array([[2, 4]])}
    assert moved.model.predict(batch, verbose=0).shape == (1, 2, sizes[1])
    changed = [a.path for a, b in zip(moved.model.weights, model.weights, strict=True) if a.shape != b.shape]
    assert len(changed) == (1 if field == "source" else 3)


def test_a_moved_task_is_saved_and_trained(tmp_path):
    moved = with_vocabulary(language_model(), NEW)
    moved.model.compile("sgd", "sparse_categorical_crossentropy")
    moved.fit(["adxyz"], verbose=0)
    moved.save(tmp_path / "task")
    assert zoo.load_task(str(tmp_path / "task")).vocabulary == NEW


def test_what_does_not_fit_is_refused():
    with pytest.raises(ZooError, match="vocabulary is of characters, received one of words"):
        with_vocabulary(language_model(), Vocabulary(["a"]))
    model = zoo.build_translator((None,), OLD.size, 6, vocabulary_size=OLD.size, embedding_dim=4)
    with pytest.raises(ZooError, match='say which vocabulary with field="source"'):
        with_vocabulary(TextToText(model, OLD, OLD), NEW)
    with pytest.raises(ZooError, match="sources"):
        with_vocabulary(TextToText(model, OLD, OLD), NEW, "sources")
    with pytest.raises(ZooError, match="no vocabulary to change"):
        with_vocabulary(Classifier(zoo.build_many_to_one((None, 3), 2, 4), ["a", "b"]), NEW)
    assert keras.backend.backend()


def test_what_is_no_task_or_no_vocabulary():
    task = language_model()
    for given, name in ((task.model, "Functional"), (None, "NoneType")):
        with pytest.raises(ZooError, match=f"give a keras_rnn_zoo.tasks.Task, received {name}"):
            with_vocabulary(given, NEW)
    with pytest.raises(ZooError, match="`vocabulary` should be one as learn_vocabulary makes it, received list"):
        with_vocabulary(task, ["a", "b"])
