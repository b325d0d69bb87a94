"""A few lines for a person to look at: what the model answers beside what was right."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset, Examples
from keras_rnn_zoo.generation import continue_text, writer_for
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.decoded import longest_answer, questions, write


def samples(model, config: RunConfig, dataset: Dataset, split: Examples, count: int | None = None) -> list[str]:
    """Lines about `count` examples of `split`, drawn once and for all; or one longer text for a language model.

    Args:
        count: by default 20 of what is written, 5 of what is classified.
    """
    spec = dataset.spec
    if spec.writes:
        return _written(model, config, dataset, split, count or 20)
    if spec.objective == "symbols" and "inputs" in spec.vocabularies:
        vocabulary = spec.vocabularies["inputs"]
        return continue_text(model, vocabulary, vocabulary.opening, length=300, temperature=0.7).splitlines()
    if spec.objective == "labels":
        show = _labelled if "inputs" in spec.vocabularies else _labelled_runs
        return show(model, spec, split.take(count or 5))
    if spec.objective in ("class", "number"):
        return _answered(model, spec, split.take(count or 5))
    return []


def _written(model, config, dataset, split, count):
    spec, asked = dataset.spec, questions(dataset.spec, split)
    chosen = np.random.default_rng(0).permutation(len(asked.references))[:count]
    writer = writer_for(model, config.decoding.max_length or longest_answer(dataset), **config.decoding.options())
    written = write(writer, spec, asked.examples.subset(chosen))
    lines = []
    for number, ids in zip(chosen, written, strict=True):
        answer, right = spec.vocabularies["targets"].decode(ids), asked.references[number]
        about = _shown(spec, asked.examples, number)
        lines.append(f"{about}{answer}" + ("" if answer in right else f"   (right: {' / '.join(right)})"))
    return lines


def _shown(spec, examples, number):
    if "source" in spec.vocabularies:
        return f"{spec.vocabularies['source'].decode(examples.inputs['source'][number])} -> "
    return f"{'picture' if spec.pattern == 'one_to_many' else 'recording'} {number + 1} -> "


def _labelled(model, spec, split):
    """Each word with its label, and where that is wrong with the right one."""
    inputs, targets = SequenceBatcher(split, len(split), spec.padding, shuffle=False, bucket=False)[0]
    answers = np.asarray(model.predict(inputs, verbose=0)).argmax(axis=-1)
    lines = []
    for read, answer, target in zip(split.inputs["inputs"], answers, targets, strict=True):
        words = [spec.vocabularies["inputs"].decode([number]) for number in read]
        lines.append(" ".join(map(_beside_right, words, *([spec.labels[n] for n in row] for row in (answer, target)))))
    return lines


def _beside_right(word, label, right):
    return f"{word}/{label}" + ("" if label == right else f" (right: {right})")


def _labelled_runs(model, spec, split):
    """Which label lasts for how many steps, and what was right."""
    inputs, targets = SequenceBatcher(split, len(split), spec.padding, shuffle=False, bucket=False)[0]
    answers = np.asarray(model.predict(inputs, verbose=0)).argmax(axis=-1)
    names = spec.labels or [str(number) for number in range(model.output_shape[-1])]
    return [
        "   ".join([_runs(answer[: len(right)], names), f"(right: {_runs(right, names)})"])
        for answer, right in zip(answers, split.targets, strict=True)
    ]


def _runs(numbers, names):
    return " ".join(f"{names[number]} {len(list(run))}" for number, run in groupby(numbers))


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
