"""Where a finished run looks while it writes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.plots.attention import plot_attentions
from keras_rnn_zoo.preprocessing.vocabulary import END
from keras_rnn_zoo.training.decoded import longest_answer, questions
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.trained import TrainedRun

_COUNT, _LONGEST = 4, 100


def draw_attention(trained: TrainedRun, texts: Sequence[str], output: Path) -> list[str]:
    """Draws a panel a sentence: what is written against what is read (Bahdanau et al. 2015, fig. 3).

    Args:
        trained: a run whose model has attention.
        texts: what a translator reads; none: four inputs of middle length from the test split.
        output: the picture's file.

    Returns:
        What was written, a line for each.

    Raises:
        ZooError: the model has no attention, or reads no texts where some are given.
    """
    if texts:
        inputs, longest = _encoded(trained, texts), _LONGEST
    else:
        inputs, longest = _of_middle_length(trained)
    decoding = trained.config.decoding
    writer = SequenceWriter(
        trained.load_model(), decoding.max_length or longest, return_attention=True, **decoding.options()
    )
    panels = [_panel(writer, trained.vocabularies, row) for row in inputs]
    plot_attentions([(weights, read, written) for weights, read, written, _ in panels], output)
    return [text for *_, text in panels]


def _panel(writer, vocabularies, row) -> tuple:
    """Weights `(written, read)`, the names of both, and the text."""
    answer = writer(row[None])
    length = int(answer.lengths[0, 0])
    ids, weights = answer.ids[0, 0, :length], answer.attention[0, 0, :length]
    read = _names(vocabularies["source"], row) if "source" in vocabularies else None
    return weights, read, _names(vocabularies["targets"], ids), vocabularies["targets"].decode(ids)


def _names(vocabulary, ids) -> list[str]:
    return ["</s>" if i == END else vocabulary.decode([i]) or " " for i in ids]


def _encoded(trained, texts) -> list[np.ndarray]:
    vocabulary = trained.vocabularies.get("source")
    if vocabulary is None:
        raise ZooError(f"--text is for models that read a text, {trained.folder} reads none: leave it out.")
    for text in texts:
        if len(vocabulary.encode(text)) == 0:
            raise ZooError(f"There is nothing to read in --text {text!r}: give at least one symbol.")
    unknown = [token for text in texts for token in vocabulary.unknown(text)]
    if unknown:
        print(f"note: unknown to this model: {' '.join(unknown)}", file=sys.stderr)
    return [vocabulary.encode(text) for text in texts]


def _of_middle_length(trained) -> tuple[list[np.ndarray], int]:
    dataset = load_dataset(trained.config)
    if not dataset.spec.writes:
        raise ZooError(f"{trained.folder} does not write: attention is drawn of a translator, captioner or recogniser.")
    return middle(questions(dataset.spec, dataset.test).examples, _COUNT), longest_answer(dataset)


def middle(examples: Examples, count: int) -> list[np.ndarray]:
    """The inputs of `count` examples around the median length."""
    rows = next(values for name, values in examples.inputs.items() if name != "previous")
    order = np.argsort([len(row) for row in rows], kind="stable")
    first = max(0, (len(order) - count) // 2)
    return [np.asarray(rows[number]) for number in order[first : first + count]]
