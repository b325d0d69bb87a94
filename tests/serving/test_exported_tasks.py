"""Small tasks of every kind: their exports answer as they do, and whatever is sent to them, nothing dies."""

import json

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.fresh_process import run_in_fresh_process
from keras_rnn_zoo.preprocessing.base import END
from tests.serving.hostile import may_be_refused, must_be_answered, must_be_refused
from tests.serving.requests import default_case, other_cases, raw
from tests.serving.served import Served, assert_equal
from tests.serving.small_tasks import SMALL

STEPS = 8


@pytest.fixture(scope="module", params=SMALL, ids=lambda make: make.__name__)
def small(request, tmp_path_factory):
    task, examples = request.param()
    return Served(task, tmp_path_factory.mktemp("export") / "1"), examples


def test_every_signature_answers_as_the_task(small):
    served, examples = small
    cases = [default_case(served.task, examples), *other_cases(served.task, examples)]
    assert {case[0] for case in cases} | {"encode", "step"} >= set(served.traced)
    served.check(cases)


def test_one_step_at_a_time_is_greedy(small):
    served, examples = small
    if "step" not in served.traced:
        pytest.skip("does not write")
    stepped = served.greedy_by_steps(raw(served.task, examples), STEPS)
    answers = served.task(examples, beam_size=1, temperature=0, max_length=STEPS, return_scores=True)
    for symbols, answer in zip(stepped, answers, strict=True):
        assert symbols[: symbols.index(END) if END in symbols else STEPS] == answer.ids.tolist()


def test_hostile_requests_get_an_answer_or_a_clear_error(small):
    served, examples = small
    good = default_case(served.task, examples)
    kinds = {True: must_be_answered(served), False: must_be_refused(served), None: may_be_refused(served)}
    asked = [(*request, answered) for answered, requests in kinds.items() for request in requests]
    *answers, last = run_in_fresh_process(served.folder, [*(one[:2] for one in asked), good[:2]])
    for (name, request, answered), answer in zip(asked, answers, strict=True):
        said = f"{name} {request!r:.300}: {answer!r:.300}"
        assert answered is None or answered == (not isinstance(answer, ZooError)), said
        if not isinstance(answer, ZooError):
            assert_safe_in_json(name, request, answer)
    assert_equal("the next good request", last, good[2])


def assert_safe_in_json(name, request, answer):
    for output, array in answer.items():
        if array.dtype == object:
            json.dumps([text.decode() for text in array.flat])
        else:
            assert np.isfinite(array).all(), f"{name} {request!r:.300}: {output} {array!r:.300}"
