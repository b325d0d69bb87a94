"""OpenVINO, which has no code of TensorFlow's, reads exported SavedModels of numbers, and the numeric parts of the others."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rnn_zoo.serving.asking import Asking
from keras_rnn_zoo.serving.exporting import export
from keras_rnn_zoo.serving.numeric import frozen, numeric_parts
from keras_rnn_zoo.serving.saved_model import trace
from keras_rnn_zoo.serving.self_check import same
from keras_rnn_zoo.serving.signatures import signatures_of
from tests.serving.small_tasks import classifier, classifier_of_vectors, frame_classifier, tagger, translator

openvino = pytest.importorskip("openvino", reason="needs openvino")


def ask(folder, inputs):
    model = openvino.Core().compile_model(openvino.convert_model(folder), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    given = {tensor.any_name: inputs[tensor.any_name] for tensor in model.inputs}
    return {tensor.any_name: np.asarray(value) for tensor, value in model(given).items()}


def test_a_saved_model_that_takes_numbers(tmp_path):
    task, examples = classifier_of_vectors()
    folder = export(task, tmp_path, examples=examples)
    asking = Asking(task, trace(task.model, signatures_of(task)), examples)
    found = ask(folder, asking.request("serving_default"))
    assert found["label"].tolist() == task(examples)
    np.testing.assert_allclose(found["score"], asking.expected()["score"], atol=1e-5)


@pytest.mark.parametrize("make", [classifier, tagger, frame_classifier, translator], ids=lambda make: make.__name__)
def test_the_numbers_of_the_others(make, tmp_path):
    task, examples = make()
    signatures = signatures_of(task)
    part = numeric_parts(signatures).get("greedy") or numeric_parts(signatures)["serving_default"]
    name = "greedy" if "greedy" in signatures else "serving_default"
    asking = Asking(task, {name: signatures[name].traced()}, examples)
    traced, numbers = part.traced(), part.numbers(asking.request(name))
    tf.saved_model.save(tf.Module(), str(tmp_path), signatures=frozen(traced))
    found = ask(tmp_path, numbers)
    for output, wanted in part.answer(traced, numbers).items():
        assert same(found[output], wanted), f"{output} is {found[output]}, should be {wanted}"
