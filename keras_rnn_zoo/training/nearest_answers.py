"""The answers of a dataset's nearest training examples, scored as a model's are."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.training.decoded import Questions, questions, text_scores_of
from keras_rnn_zoo.training.nearest import consensus, nearest_text, nearest_vector

_NEIGHBOURS = 10


def nearest_answers(dataset: Dataset, asked: Questions) -> dict | None:
    """The scores of an answer copied from the most similar training example, and what that is.

    Texts are compared by their characters, pictures and sounds of one length by their distance; where training inputs
    have several answers each, the most typical one of the ten nearest inputs' is taken (Devlin et al. 2015).

    Returns:
        `None` where the dataset names no scores, or has inputs that are not of one shape.
    """
    if not dataset.spec.scores:
        return None
    name, texts = _copied(dataset, asked)
    if name is None:
        return None
    exact = np.mean([text in right for text, right in zip(texts, asked.references, strict=True)])
    return {"name": name, "exact_match": float(exact), **text_scores_of(dataset.spec, asked, texts)}


def _copied(dataset: Dataset, asked: Questions) -> tuple[str | None, list[str]]:
    vocabulary = dataset.spec.vocabularies.get("source")
    if vocabulary is not None:
        sources = [[vocabulary.decode(ids) for ids in s.inputs["source"]] for s in (dataset.train, asked.examples)]
        return "the answer to the most similar source", nearest_text(sources[0], dataset.train.texts, sources[1])
    field = next(iter(set(asked.examples.inputs) - {"previous"}))
    known = questions(dataset.spec, dataset.train)
    known_inputs, inputs = known.examples.inputs[field], asked.examples.inputs[field]
    if len({np.shape(row) for rows in (known_inputs, inputs) for row in rows}) > 1:
        return None, []
    known_inputs, inputs = np.asarray(known_inputs), np.asarray(inputs)
    if sum(map(len, known.references)) >= 2 * len(known.references):
        neighbours = min(_NEIGHBOURS, len(known.references))
        texts = consensus(known_inputs, known.references, inputs, neighbours)
        return f"the {neighbours} nearest inputs' consensus", texts
    return "the nearest input's answer", [known.references[i][0] for i in nearest_vector(known_inputs, inputs)]
