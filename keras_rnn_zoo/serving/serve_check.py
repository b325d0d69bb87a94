"""Whether a running server answers as a task does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.asking import Asking
from keras_rnn_zoo.serving.rest import ServedModel
from keras_rnn_zoo.serving.saved_model import trace
from keras_rnn_zoo.serving.self_check import difference
from keras_rnn_zoo.serving.signatures import signatures_of


def serve_check(served: ServedModel, task, examples: Sequence | None = None) -> Iterator[tuple[str, str | None]]:
    """Asks `served` by every signature of `task`'s export, and compares: texts and whole numbers are to be equal, floats to 1e-5.

    Args:
        examples: raw inputs, as `task` takes them; by default some are made up.

    Yields:
        a signature's name, and `None` where the answers are equal, else what is wrong, in words.

    Raises:
        ZooError: the task cannot be exported here, so that there is nothing to compare with.
    """
    asking = Asking(task, trace(task.model, signatures_of(task)), examples)
    for name, request in asking.requests().items():
        yield name, _wrong(served, asking, name, request)


def _wrong(served, asking, name, request) -> str | None:
    if name not in served.signatures:
        return f"is not served; the server has {', '.join(served.signatures)}"
    try:
        answer = served.run(name, **request)
    except ZooError as error:
        return str(error)
    found = difference(answer, asking, name, request)
    return found and f"differs: {found}"
