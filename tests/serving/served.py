"""A task's signatures written as a SavedModel, and asked in a process without Keras."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.fresh_process import run_in_fresh_process
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel
from keras_rnn_zoo.serving.saved_model import write_saved_model
from keras_rnn_zoo.serving.self_check import same
from keras_rnn_zoo.serving.signatures import signatures_of

ALONE = 3  # rows


class Served:
    """A task's signatures, traced as on a machine with a GPU, in `folder`."""

    def __init__(self, task, folder):
        self.task, self.folder = task, folder
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.modules["keras.src.backend.tensorflow.rnn"], "_is_gpu_available", lambda: True)
            self.traced = write_saved_model(task.model, signatures_of(task), folder)

    def check(self, cases, libraries=None):
        """Every case answers as expected, and its first rows as they do alone."""
        requests = [(name, request) for name, request, _ in cases]
        requests += [(name, alone(request, row)) for name, request, _ in cases for row in some_rows(request)]
        answers = iter(run_in_fresh_process(self.folder, requests, libraries))
        together = [next(answers) for _ in cases]
        for (name, _, expected), answer in zip(cases, together):
            assert_equal(name, answer, expected)
        for (name, request, _), answer in zip(cases, together):
            for row in some_rows(request):
                assert_row(name, answer, row, next(answers))

    def greedy_by_steps(self, request: dict, longest: int) -> list[list[int]]:
        """What a client's own loop over `encode` and `step` writes, up to each row's end."""
        with SavedModel(self.folder) as model:
            state = model.run("encode", **request)
            written = []
            for _ in range(longest):
                answer = model.run("step", **state)
                symbol = answer.pop("symbol")
                answer.pop("log_probabilities")
                written.append(symbol)
                state = {**state, **answer, "previous": symbol}
        return np.stack(written, axis=1).tolist()


def some_rows(request) -> range:
    return range(min(ALONE, len(next(iter(request.values())))))


def alone(request: dict, row: int) -> dict:
    """One row without what stands behind its end."""
    inputs = {name: array[row : row + 1] for name, array in request.items()}
    if "lengths" in inputs:
        length = inputs["lengths"][0]
        inputs = {name: array[:, :length] if array.ndim > 1 else array for name, array in inputs.items()}
    if "words" in inputs:
        inputs["words"] = inputs["words"][:, inputs["words"][0] != b""]
    return inputs


def assert_equal(name, answer, expected):
    assert not isinstance(answer, ZooError), f"{name}: {answer}"
    for output, wanted in expected.items():
        assert same(answer[output], wanted), f"{name}: {output} is {answer[output]!r}, should be {wanted!r}"


def assert_row(name, together, row, answer):
    """A row that is answered alone: the same, but for what pads it among others."""
    assert not isinstance(answer, ZooError), f"{name}: {answer}"
    assert answer.keys() == together.keys()
    for output, values in answer.items():
        among = together[output][row : row + 1]
        shared = tuple(slice(min(sizes)) for sizes in zip(values.shape, among.shape))
        assert same(among[shared], values[shared]), f"{name}: {output} of row {row}: {among!r}, alone {values!r}"
        for array in (among.copy(), values.copy()):
            array[shared] = b"" if array.dtype == object else 0
            assert not array.astype(bool).any(), f"{name}: {output} of row {row} goes on behind its end"
