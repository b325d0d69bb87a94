"""Embeddings and dense layers in 8 bits: smaller, measured, and the caller's task as it was."""

import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving import int8
from keras_rnn_zoo.serving.exporting import export
from keras_rnn_zoo.serving.int8 import agreement, quantized
from keras_rnn_zoo.tasks import Classifier, LanguageModel
from tests.serving.small_tasks import classifier, language_model, translator


def measured(task):
    return {"accuracy": 0.9}


def layers_in_8_bits(task):
    return {layer.path for layer in task.model._flatten_layers() if getattr(layer, "quantization_mode", None)}


def kernels(task, kind):
    return {layer.path for layer in task.model._flatten_layers() if type(layer).__name__ in kind}


@pytest.mark.parametrize("make", [classifier, translator, language_model], ids=lambda make: make.__name__)
def test_every_embedding_and_dense_layer_is_reached_and_the_task_stays_as_it_was(make):
    task, examples = make()
    before, answers = task.model.get_weights(), task(examples, **_greedy(task))
    small = quantized(task, measured, report=lambda line: None)
    assert layers_in_8_bits(small) == kernels(small, {"Dense", "Embedding"}) != set()
    assert type(small) is type(task) and layers_in_8_bits(task) == set()
    for weight, was in zip(task.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, was)
    assert task(examples, **_greedy(task)) == answers


def _greedy(task):
    return {"temperature": 0} if isinstance(task, LanguageModel) else {}


@pytest.mark.parametrize("make", [classifier, translator, language_model], ids=lambda make: make.__name__)
def test_what_is_exported_answers_as_the_small_task(make, tmp_path, capsys):
    task, examples = make()
    folder = export(task, tmp_path, examples=examples, int8=True)  # It compares with the small task.
    assert (folder / "saved_model.pb").is_file()
    said = capsys.readouterr().out
    assert "bytes before" in said and "same_answers 1.0000 before" in said


def test_probabilities_move_a_little():
    task, examples = classifier()
    small = quantized(task, measured, report=lambda line: None)
    for text in examples:
        _, was = task(text, return_probabilities=True)
        _, now = small(text, return_probabilities=True)
        assert was["iyi"] != now["iyi"] and abs(was["iyi"] - now["iyi"]) < 0.05


def test_sizes_and_metrics_are_said():
    task, _ = classifier()
    lines = []
    small = quantized(task, measured, report=lines.append)
    sizes = [sum(weight.numpy().nbytes for weight in one.model.weights) for one in (task, small)]
    assert f"weights {sizes[0]:,} bytes before, {sizes[1]:,} now" in lines[0] and sizes[1] < sizes[0]
    assert lines[1] == "accuracy 0.9000 before, 0.9000 now"


@pytest.mark.parametrize(
    "after, larger_is_better, kept",
    [(0.895, True, True), (0.88, True, False), (0.95, True, True), (0.95, False, False), (0.5, False, True)],
)
def test_the_metric_may_not_become_worse(after, larger_is_better, kept):
    task, _ = classifier()
    judged = "accuracy", larger_is_better

    def measure(one):
        return {"accuracy": 0.9 if one is task else after}

    if kept:
        quantized(task, measure, judged, lambda line: None)
        return
    with pytest.raises(ZooError, match="8 bits do not keep accuracy"):
        quantized(task, measure, judged, lambda line: None)


def test_agreement_is_the_share_of_equal_answers():
    task, examples = classifier()
    assert agreement(task, examples)(task) == {"same_answers": 1.0}
    assert agreement(task, examples)(lambda text: "neither") == {"same_answers": 0.0}


def test_nothing_to_hold_in_8_bits(monkeypatch):
    task = Classifier(builders.build_many_to_one((None, 3), 2, 4), ["a", "b"])
    monkeypatch.setattr(int8, "_KINDS", ())
    with pytest.raises(ZooError, match="no embedding and no dense layer"):
        quantized(task, measured)


def test_without_anything_to_measure_on_it_is_refused(tmp_path):
    with pytest.raises(ZooError, match="give examples"):
        export(classifier()[0], tmp_path, int8=True)
    with pytest.raises(ZooError, match="give a Task"):
        export(classifier()[0].model, tmp_path, int8=True)
