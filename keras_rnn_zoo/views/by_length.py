"""How well finished runs translate short and long sentences."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import writer_for
from keras_rnn_zoo.plots.by_length import plot_by_length
from keras_rnn_zoo.training.decoded import Questions, longest_answer, questions, tokenizer, write
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.text_scores import signature, text_scores
from keras_rnn_zoo.training.trained import TrainedRun

_RANGES = 8


def draw_by_length(runs: Sequence[TrainedRun], output: Path, command: str) -> dict:
    """Draws the BLEU of the test split by the length of the source in words, a line a run (Bahdanau et al. 2015, fig. 2).

    Each run writes as its own `decoding` says. The numbers go into a JSON file beside the picture.

    Args:
        runs: of models that read a text, on the same data.
        output: the picture's file.
        command: what makes it, for the JSON file.

    Returns:
        What the JSON file holds.

    Raises:
        ZooError: a run reads or writes no text, is not scored by BLEU, or was not tested on the first one's data.
    """
    datasets = [_checked(run) for run in runs]
    asked = [questions(dataset.spec, dataset.test) for dataset in datasets]
    for run, others in zip(runs, asked):
        if others.references != asked[0].references:
            raise ZooError(f"{run.folder} was tested on other data than {runs[0].folder}: give runs on the same data.")
    ranges = ranges_of(_lengths(datasets[0], asked[0]))
    curves = {
        run.folder.name: _curve(ranges, _texts(run, dataset, question), question, dataset)
        for run, dataset, question in zip(runs, datasets, asked)
    }
    how = signature("bleu", asked[0].references, tokenizer(datasets[0].spec))
    record = {"command": command, "score": "bleu", "signature": how, "runs": {}}
    for name, points in curves.items():
        record["runs"][name] = [{"words": words, "bleu": bleu, "examples": count} for words, bleu, count in points]
    plot_by_length(curves, output, "BLEU")
    output.with_suffix(".json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return record


def ranges_of(lengths: Sequence[int]) -> dict[str, np.ndarray]:
    """The numbers of the examples in each of about eight ranges of equal width; the last one holds the longest 1% too.

    >>> {name: rows.tolist() for name, rows in ranges_of([1, 2, 2, 5]).items()}
    {'1': [0], '2': [1, 2], '4+': [3]}
    """
    lengths = np.asarray(lengths)
    most = max(1, math.floor(np.quantile(lengths, 0.99)))
    width = math.ceil(most / _RANGES)
    numbers = np.minimum((lengths - 1) // width, (most - 1) // width)
    return {
        _named(number * width + 1, (number + 1) * width, lengths[numbers == number].max()): np.flatnonzero(
            numbers == number
        )
        for number in np.unique(numbers)
    }


def _named(first: int, last: int, longest: int) -> str:
    if longest > last:
        return f"{first}+"
    return f"{first}" if first == last else f"{first}-{last}"


def _checked(run: TrainedRun) -> Dataset:
    if "source" not in run.vocabularies:
        raise ZooError(f"{run.folder} reads no text: runs of translators are expected.")
    dataset = load_dataset(run.config)
    if "bleu" not in dataset.spec.scores:
        raise ZooError(f"{run.folder}: {dataset.spec.name} is not scored by BLEU.")
    return dataset


def _lengths(dataset: Dataset, asked: Questions) -> list[int]:
    decode = dataset.spec.vocabularies["source"].decode
    return [max(1, len(decode(ids).split())) for ids in asked.examples.inputs["source"]]


def _texts(run: TrainedRun, dataset: Dataset, asked: Questions) -> list[str]:
    decoding, decode = run.config.decoding, dataset.spec.vocabularies["targets"].decode
    writer = writer_for(run.load_model(), decoding.max_length or longest_answer(dataset), **decoding.options())
    return [decode(ids) for ids in write(writer, dataset.spec, asked.examples, run.config.training.batch_size)]


def _curve(ranges: dict[str, np.ndarray], texts: list[str], asked: Questions, dataset: Dataset) -> list[tuple]:
    """For each range its name, the BLEU of its examples, and how many they are."""
    points = []
    for name, rows in ranges.items():
        written, right = [texts[i] for i in rows], [asked.references[i] for i in rows]
        bleu = text_scores(["bleu"], written, right, tokenizer(dataset.spec))["bleu"]
        points.append((name, round(bleu, 2), len(rows)))
    return points
