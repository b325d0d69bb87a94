"""A few lines for a person to look at: what the model answers beside what was right."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.datasets.spec import DatasetSpec, Examples
from keras_rnn_zoo.generation.continue_text import continue_text
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training.evaluate import write


def samples(model, spec: DatasetSpec, split: Examples, count: int = 5) -> list[str]:
    """`count` lines about the first examples of `split`, or one longer text for a language model."""
    if spec.writes:
        return _written(model, spec, split.take(count))
    if spec.objective == "symbols" and "inputs" in spec.vocabularies:
        return continue_text(model, spec.vocabularies["inputs"], length=300, temperature=0.7).splitlines()
    if spec.objective in ("class", "number"):
        return _answered(model, spec, split.take(count))
    return []


def _written(model, spec, split):
    vocabulary = spec.vocabularies["targets"]
    lines = []
    for number, ids in enumerate(write(model, spec, split)):
        answer, right = vocabulary.decode(ids), vocabulary.decode(split.targets[number])
        about = _shown(spec, split, number)
        lines.append(f"{about}{answer}" + ("" if answer == right else f"   (right: {right})"))
    return lines


def _shown(spec, split, number):
    if "source" in spec.vocabularies:
        return f"{spec.vocabularies['source'].decode(split.inputs['source'][number])} -> "
    return f"picture {number + 1} -> "


def _answered(model, spec, split):
    batcher = SequenceBatcher(split, len(split), spec.padding, shuffle=False, bucket=False)
    inputs, targets = batcher[0]
    answers = np.asarray(model.predict(inputs, verbose=0))
    if spec.objective == "number":
        return [f"{answer[0]:.3f}   (right: {target[0]:.3f})" for answer, target in zip(answers, targets, strict=True)]
    names = spec.labels or [str(number) for number in range(answers.shape[-1])]
    lines = []
    for number, (answer, target) in enumerate(zip(answers.argmax(axis=-1), targets, strict=True)):
        text = ""
        if "inputs" in spec.vocabularies:
            text = f"{spec.vocabularies['inputs'].decode(split.inputs['inputs'][number])} -> "
        lines.append(f"{text}{names[answer]}   (right: {names[int(target)]})")
    return lines
