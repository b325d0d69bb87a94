"""Compiled signatures answer as the others, for rows and steps that are no power of two."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.asking import Asking, tensors
from keras_rnn_zoo.serving.exporting import export
from keras_rnn_zoo.serving.numeric import fill_of
from keras_rnn_zoo.serving.saved_model import trace
from keras_rnn_zoo.serving.self_check import same
from keras_rnn_zoo.serving.signatures import signatures_of
from keras_rnn_zoo.serving.warm_up import FILE
from keras_rnn_zoo.serving.xla import ROWS, compiled, warm_up_requests
from keras_rnn_zoo.tasks import Classifier
from tests.serving.small_tasks import classifier_of_vectors, language_model, tagger, translator

TRIED = ("serving_default", "score", "encode", "step")  # Each takes seconds to compile.


@pytest.fixture(scope="module", params=[classifier_of_vectors, tagger, translator], ids=lambda make: make.__name__)
def traced(request):
    task, examples = request.param()
    signatures = {name: signature for name, signature in signatures_of(task).items() if name in TRIED}
    plain, fast = trace(task.model, signatures), trace(task.model, compiled(signatures, fill_of(task)))
    return Asking(task, plain, examples), plain, fast


def assert_same(plain, fast, name, request):
    wanted, found = plain[name](**tensors(request)), fast[name](**tensors(request))
    assert wanted.keys() == found.keys()
    for output, value in wanted.items():
        assert same(found[output].numpy(), value.numpy()), f"{name}: {output} is {found[output]}, should be {value}"


def test_every_signature_answers_the_same(traced):
    asking, plain, fast = traced
    assert len(asking.examples) == 3
    for name, request in asking.requests().items():
        assert_same(plain, fast, name, request)


def test_an_empty_batch_and_one_row_too(traced):
    asking, plain, fast = traced
    request = asking.request("serving_default")
    for rows in (slice(0), slice(1)):
        assert_same(plain, fast, "serving_default", {name: array[rows] for name, array in request.items()})


def test_the_numbers_are_compiled(traced):
    _, plain, fast = traced
    for name, function in fast.items():
        assert _compiled(function) and not _compiled(plain[name]), name


def _compiled(function):
    nodes = [*function.graph.as_graph_def().node]
    for called in function.graph.as_graph_def().library.function:
        nodes += called.node_def
        if called.attr["_XlaMustCompile"].b:
            return True
    return any(node.attr["_XlaMustCompile"].b for node in nodes)


def test_wrong_knobs_are_refused_as_without():
    task, examples = language_model()
    signatures = {"generate": signatures_of(task)["generate"]}
    fast = trace(task.model, compiled(signatures, fill_of(task)))
    request = Asking(task, fast, examples).request("generate")
    for knob, value in (("temperature", -1), ("max_length", 10**9), ("top_p", 0)):
        wrong = request | {knob: np.full_like(request[knob], value)}
        with pytest.raises(tf.errors.InvalidArgumentError, match=knob):
            fast["generate"](**tensors(wrong))


def test_an_export_is_warmed_up_for_its_examples_in_several_rows(tmp_path):
    task = Classifier(builders.build_many_to_one((None, 3), 2, 4), ["a", "b"])
    examples = [np.ones((length, 3), "float32") for length in (3, 5)]
    folder = export(task, tmp_path, examples=examples, xla=True)
    records = list(tf.data.TFRecordDataset(str(folder / FILE)))
    asking = Asking(task, trace(task.model, signatures_of(task)), examples)
    requests = list(warm_up_requests(asking))
    assert len(records) == len(requests) == len(asking.traced) * len(examples) * len(ROWS)
    assert {len(next(iter(inputs.values()))) for _, inputs in requests} == set(ROWS)


def test_ctc_is_refused():
    with pytest.raises(ZooError, match="CTC.*without xla=True"):
        compiled({"frames": None}, None)
