"""What a task itself answers, under the names that its export answers with."""

from __future__ import annotations

import numpy as np


def answers_of(task, examples) -> dict[str, np.ndarray]:
    """What `task` answers to raw inputs, each alone, under names of the outputs of `serving_default`."""
    kind = next(kind.__name__ for kind in type(task).__mro__ if kind.__name__ in _ANSWERS)
    return _ANSWERS[kind]([task(one, **_OPTIONS.get(kind, {"return_scores": True})) for one in examples])


def _strings(rows) -> np.ndarray:
    """Rows of texts as bytes, with empty ones on the right."""
    longest = max(map(len, rows))
    return np.array([[*(text.encode() for text in row), *[b""] * (longest - len(row))] for row in rows], object)


def _of_classifier(answers):
    scores = [next(iter(chances.values())) for _, chances in answers]
    return {"label": _strings([[label for label, _ in answers]])[0], "score": np.array(scores, "float32")}


def _of_tagger(answers):
    words, tags = ([[entry[place] for entry in row] for row in answers] for place in (0, 1))
    return {"words": _strings(words), "tags": _strings(tags)}


def _of_writer(answers):
    texts = _strings([[answer.text for answer in answers]])[0]
    return {"text": texts, "score": np.array([answer.score for answer in answers], "float32")}


_OPTIONS = {
    "Classifier": {"return_probabilities": True},
    "Tagger": {"return_probabilities": True},
    "FrameClassifier": {},
}
_ANSWERS = {
    "Classifier": _of_classifier,
    "Tagger": _of_tagger,
    "FrameClassifier": lambda answers: {"labels": _strings(answers)},
    "WritingTask": _of_writer,
}
