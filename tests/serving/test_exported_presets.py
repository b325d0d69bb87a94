"""Every preset, every signature: what TensorFlow's C library answers is what the Python task answers."""

import os
import re

import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.libtensorflow.protobuf import read_fields
from keras_rnn_zoo.preprocessing.base import END
from keras_rnn_zoo.pretrained.folders import find_preset
from keras_rnn_zoo.pretrained.golden import golden_inputs
from tests.serving.requests import default_case, other_cases, raw
from tests.serving.served import Served

EXAMPLES = 3
STEPS = 12
NOT_SERVED = re.compile("Cudnn|PyFunc|_Mkl")


@pytest.fixture(scope="module", params=zoo.list_presets())
def preset(request, tmp_path_factory):
    return request.param, Served(zoo.from_preset(request.param), tmp_path_factory.mktemp("export") / "1")


def golden(name):
    return golden_inputs(find_preset(name))


@pytest.fixture(scope="module")
def cases(preset):
    """`serving_default` on all golden inputs, every other signature on some."""
    name, served = preset
    inputs = golden(name)
    return [default_case(served.task, inputs), *other_cases(served.task, inputs[:EXAMPLES])]


def test_every_signature_answers_as_the_task(preset, cases):
    _, served = preset
    assert {case[0] for case in cases} | {"encode", "step"} >= set(served.traced)
    served.check(cases)


def test_one_step_at_a_time_is_greedy(preset):
    name, served = preset
    if "step" not in served.traced:
        pytest.skip("does not write")
    examples = golden(name)[:EXAMPLES]
    stepped = served.greedy_by_steps(raw(served.task, examples), STEPS)
    answers = served.task(examples, beam_size=1, temperature=0, max_length=STEPS, return_scores=True)
    for symbols, answer in zip(stepped, answers, strict=True):
        assert symbols[: symbols.index(END) if END in symbols else STEPS] == answer.ids.tolist()


def test_nothing_that_only_a_gpu_or_python_has(preset):
    _, served = preset
    graph = (served.folder / "saved_model.pb").read_bytes()
    assert sorted(operation for operation in operations(graph) if NOT_SERVED.search(operation)) == []


def operations(saved_model: bytes) -> set[str]:
    """The operations of a SavedModel's graph and of the functions in it."""
    (meta_graph,) = (value for number, value in read_fields(saved_model) if number == 2)
    (graph,) = (value for number, value in read_fields(meta_graph) if number == 2)
    nodes = [value for number, value in read_fields(graph) if number == 1]
    for number, library in read_fields(graph):
        functions = [value for field, value in read_fields(library) if field == 1] if number == 2 else []
        nodes += [value for function in functions for field, value in read_fields(function) if field == 3]
    return {value.decode() for node in nodes for number, value in read_fields(node) if number == 2}


def test_every_weight_is_stored_once(preset):
    _, served = preset
    read = {id(variable): variable for function in served.traced.values() for variable in function.variables}
    weights = sum(variable.numpy().nbytes for variable in read.values())
    (stored,) = (path.stat().st_size for path in (served.folder / "variables").glob("variables.data*"))
    assert weights <= stored <= 1.01 * weights + 1000  # Beside them stands how the variables hang together.
    assert {variable.shape for variable in read.values()} <= {
        weight.value.shape for weight in served.task.model.variables
    }


@pytest.mark.skipif(
    not os.environ.get("KERAS_RNN_ZOO_LIBTENSORFLOW"),
    reason="KERAS_RNN_ZOO_LIBTENSORFLOW names no unpacked wheel of another TensorFlow",
)
def test_another_tensorflow_answers_as_the_task(preset, cases):
    _, served = preset
    served.check(cases, libraries=os.environ["KERAS_RNN_ZOO_LIBTENSORFLOW"])
