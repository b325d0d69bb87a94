"""Baselines that copy: the answer of the training example most like the question.

They show how much of a task is remembering, which a model that writes has to beat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from keras_rnn_zoo.errors import ZooError, unknown_name

MEASURES = ("cosine", "euclidean")
_CHARACTERS = (2, 3, 4)
_WORDS = (1, 2, 3, 4)
_BATCH = 256


def nearest_text(train_sources: Sequence[str], train_answers: Sequence[str], sources: Sequence[str]) -> list[str]:
    """For each of `sources` the answer to the most similar training source: a translation memory.

    Similar is a high cosine of the counts of 2 to 4 neighbouring characters, weighted by tf-idf; a space is added
    before and behind each text. Of equally similar sources the first is copied, which is the first of all for a text
    that shares nothing with any of them. Texts are compared as they stand, upper and lower case apart.

    Args:
        train_sources: texts.
        train_answers: what to answer to each.
        sources: texts to answer.

    Raises:
        ZooError: no training source, not one answer for each, or a source that is no string.

    >>> nearest_text(["good morning", "good night"], ["günaydın", "iyi geceler"], ["good night!", "morning"])
    ['iyi geceler', 'günaydın']
    """
    _check_strings("train_sources", train_sources)
    _check_strings("sources", sources)
    _check_pairs("train_sources", train_sources, "train_answers", train_answers)
    return [train_answers[number] for number in _CharacterIndex(train_sources).nearest(sources)]


def nearest_vector(train_inputs, inputs, measure: str = "euclidean") -> np.ndarray:
    """For each of `inputs` the number of the nearest training input; of equally near ones the first.

    Args:
        train_inputs: an array `(examples, ...)`: pictures, features, spectrograms padded to one length.
        inputs: an array `(inputs, ...)` of the same shape behind the first axis.
        measure: `"euclidean"` or `"cosine"`, of all values of an input as one vector. To the cosine an input of zeros
            is at a right angle to everything.

    Returns:
        Whole numbers `(inputs,)`.

    Raises:
        ZooError: an unknown measure, no input, inputs of different shapes, or values that are not finite.

    >>> nearest_vector([[0.0, 1.0], [9.0, 1.0]], [[3.0, 1.0], [2.0, 9.0]], measure="cosine")
    array([1, 0])
    """
    rows = [similarities.argmax(axis=1) for similarities in _similarities(train_inputs, inputs, measure)]
    return np.concatenate(rows)


def consensus(
    train_inputs, train_texts: Sequence[Sequence[str]], inputs, neighbours: int = 10, measure: str = "cosine"
) -> list[str]:
    """For each of `inputs` that text of the nearest training inputs which is most like the others (Devlin et al. 2015).

    Alike is the mean over n = 1 to 4 of the F1 score of two texts' n-grams of words.

    Args:
        train_inputs: an array `(examples, ...)`, each picture once.
        train_texts: for each training input its texts, one or more, spaces between their words.
        inputs: an array `(inputs, ...)`.
        neighbours: how many training inputs lend their texts.
        measure: as for `nearest_vector`.

    Raises:
        ZooError: as for `nearest_vector`; too few training inputs; not one or more texts for each.

    >>> texts = [["a dog runs", "a dog runs fast"], ["the dog runs"], ["two men sing"]]
    >>> consensus([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]], texts, [[2.0, 0.1]], neighbours=2)
    ['a dog runs']
    """
    _check_pairs("train_inputs", train_inputs, "train_texts", train_texts)
    _check_texts(train_texts)
    if not 1 <= neighbours <= len(train_inputs):
        raise ZooError(f"`neighbours` should be from 1 to {len(train_inputs):,}, the inputs; received {neighbours!r}.")
    return [
        _most_typical([text for number in row for text in train_texts[number]])
        for similarities in _similarities(train_inputs, inputs, measure)
        for row in np.argsort(-similarities, axis=1, kind="stable")[:, :neighbours]
    ]


class _CharacterIndex:
    """Texts by the n-grams of characters in them: for each n-gram the texts and its weight in each."""

    def __init__(self, texts: Sequence[str]):
        self.alphabet = np.unique(_code_points(texts))
        owners, grams = self._grams(texts)
        self.grams, columns = np.unique(grams, return_inverse=True)
        cells, counts = np.unique(columns * len(texts) + owners, return_counts=True)
        columns, self.owners = np.divmod(cells, len(texts))
        self.starts = np.searchsorted(columns, np.arange(len(self.grams) + 1))
        self.rarity = 1 + np.log((1 + len(texts)) / (1 + np.diff(self.starts)))
        weights = counts * self.rarity[columns]
        self.length = len(texts)
        self.weights = weights / np.sqrt(np.bincount(self.owners, weights**2))[self.owners]

    def nearest(self, texts: Sequence[str]) -> Iterator[int]:
        """The number of the indexed text most similar to each of `texts`."""
        owners, grams = self._grams(texts)
        columns = np.searchsorted(self.grams, grams).clip(max=len(self.grams) - 1)
        known = self.grams[columns] == grams
        cells, counts = np.unique(owners[known] * len(self.grams) + columns[known], return_counts=True)
        owners, columns = np.divmod(cells, len(self.grams))
        bounds = np.searchsorted(owners, np.arange(len(texts) + 1))
        for start, end in zip(bounds, bounds[1:]):
            yield self._nearest(columns[start:end], counts[start:end])

    def _nearest(self, columns, counts) -> int:
        similarity = np.zeros(self.length)
        for column, weight in zip(columns, counts * self.rarity[columns]):
            texts = slice(self.starts[column], self.starts[column + 1])
            similarity[self.owners[texts]] += weight * self.weights[texts]
        return int(similarity.argmax())

    def _grams(self, texts) -> tuple[np.ndarray, np.ndarray]:
        """Each n-gram of each text: the text's number, and the n-gram as a number of base `len(alphabet) + 2`.

        Letters count from 1, so that no n-gram is another with a letter less; the last digit is any unknown letter.
        """
        points, base = _code_points(texts), len(self.alphabet) + 2
        places = np.searchsorted(self.alphabet, points).clip(max=len(self.alphabet) - 1)
        letters = np.where(self.alphabet[places] == points, places + 1, base - 1)
        owner = np.repeat(np.arange(len(texts)), [len(text) + 2 for text in texts])
        owners, grams, gram = [], [], letters
        for n in _CHARACTERS:
            gram = gram[:-1] * base + letters[n - 1 :]
            whole = owner[: len(gram)] == owner[n - 1 :]
            owners.append(owner[: len(gram)][whole])
            grams.append(gram[whole])
        return np.concatenate(owners), np.concatenate(grams)


def _code_points(texts) -> np.ndarray:
    joined = "".join(f" {text} " for text in texts)
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)


def _similarities(train_inputs, inputs, measure) -> Iterator[np.ndarray]:
    """For a batch of inputs after the other, how near each training input is: `(batch, examples)`."""
    if measure not in MEASURES:
        raise unknown_name("measure", measure, MEASURES)
    train, asked = _matrix("train_inputs", train_inputs), _matrix("inputs", inputs)
    if train.shape[1] != asked.shape[1] or np.shape(train_inputs)[1:] != np.shape(inputs)[1:]:
        shapes = f"{np.shape(train_inputs)[1:]} and {np.shape(inputs)[1:]}"
        raise ZooError(f"`train_inputs` and `inputs` should hold inputs of the same shape, received {shapes}.")
    squares = np.einsum("ij,ij->i", train, train)
    for start in range(0, len(asked), _BATCH):
        product = asked[start : start + _BATCH] @ train.T
        # What is the same for all training inputs is left out: it changes no order.
        yield product / np.sqrt(squares).clip(1e-12) if measure == "cosine" else product - squares / 2


def _matrix(name, inputs) -> np.ndarray:
    try:
        array = np.asarray(inputs, dtype="float32")
    except ValueError as error:
        raise ZooError(f"`{name}` should be an array of inputs of one shape. Pad sequences to one length.") from error
    if array.ndim < 2 or not array.size:
        raise ZooError(f"`{name}` should be an array (inputs, ...) that is not empty, received shape {array.shape}.")
    if not np.isfinite(array).all():
        raise ZooError(f"`{name}` should be finite numbers, received NaN or infinity.")
    return array.reshape(len(array), -1)


def _most_typical(texts: list[str]) -> str:
    alike = sum(_shared_ngrams([text.split() for text in texts], n) for n in _WORDS)
    np.fill_diagonal(alike, 0)
    return texts[alike.sum(axis=1).argmax()]


def _shared_ngrams(texts: list[list[str]], n: int) -> np.ndarray:
    """The F1 score of each pair's n-grams: `(texts, texts)`."""
    grams = [_numbered_ngrams(words, n) for words in texts]
    column = {gram: number for number, gram in enumerate(dict.fromkeys(gram for row in grams for gram in row))}
    table = np.zeros((len(texts), len(column)), "float32")
    for row, found in enumerate(grams):
        table[row, [column[gram] for gram in found]] = 1
    totals = table.sum(axis=1)
    return 2 * (table @ table.T) / (totals[:, None] + totals).clip(1)


def _numbered_ngrams(words: list[str], n: int) -> list[tuple]:
    """The n-grams, each with how often it came before, so that the second of a kind is another."""
    seen, numbered = Counter(), []
    for gram in zip(*(words[start:] for start in range(n))):
        numbered.append((gram, seen[gram]))
        seen[gram] += 1
    return numbered


def _check_strings(name, texts):
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise ZooError(f"`{name}` should be strings, received {text!r:.60} at {number:,}. Join tokens first.")


def _check_pairs(name, inputs, answers_name, answers):
    if len(inputs) == 0 or len(inputs) != len(answers):
        received = f"{len(inputs):,} and {len(answers):,}"
        raise ZooError(f"`{name}` and `{answers_name}` should be equally many and not empty, received {received}.")


def _check_texts(train_texts):
    for number, texts in enumerate(train_texts):
        if isinstance(texts, str) or not texts or not all(isinstance(text, str) for text in texts):
            raise ZooError(
                f"`train_texts` should be a list of one or more strings for each input; "
                f"received {texts!r:.60} at {number:,}."
            )
