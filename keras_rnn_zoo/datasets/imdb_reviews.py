"""IMDB: reviews of films, negative or positive (Maas et al. 2011), through TensorFlow Datasets."""

from __future__ import annotations

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.text_classes import LabelledText, held_out, text_class_dataset
from keras_rnn_zoo.datasets.tfds_rows import read_rows, text_of
from keras_rnn_zoo.preprocessing.text import squeeze

NAME, LABELS = "imdb_reviews", ("negative", "positive")
VALIDATION = 0.1  # of the training reviews


def load(
    max_words: int | None = 400, unit: str = "word", max_size: int | None = 20_000, min_count: int = 2, seed: int = 0
) -> Dataset:
    """50,000 reviews of films, lower-cased, 25,000 to train on and 25,000 to test, as published.

    A tenth of the training reviews validate: about 22,500/2,500/25,000. A training review that is word for word in the
    published test split too is left out; equal ones stay in one split. 80 MB are downloaded. The 50,000 reviews without a
    label are not used.

    Args:
        max_words: the first so many words of a review are read, of 2,500 in the longest; `None`: all.
        unit: `"word"`, `"subword"`, `"character"` or `"byte"`.
        max_size: keep that many symbols.
        min_count: symbols that the training split holds less often are unknown.
        seed: of the validation split.

    Raises:
        ZooError: an option is out of range, or the reviews are missing or damaged, see `tfds_rows.read_rows`.
    """
    seed = whole("seed", seed, minimum=0)
    if max_words is not None:
        max_words = whole("max_words", max_words, minimum=1)
    rows = {split: _read(values, max_words) for split, values in read_rows(NAME, ("train", "test")).items()}
    splits = {**held_out(rows["train"], rows["test"], VALIDATION, seed), "test": rows["test"]}
    return text_class_dataset(
        splits,
        LABELS,
        unit=unit,
        max_size=max_size,
        min_count=min_count,
        name=NAME,
        description="Whether a review of a film is negative or positive.",
        licence="unclear, research",
        citation="Maas et al., Learning Word Vectors for Sentiment Analysis, ACL 2011; "
        "https://ai.stanford.edu/~amaas/data/sentiment, TensorFlow Datasets imdb_reviews",
    )


def _read(rows, max_words: int | None) -> list[LabelledText]:
    return [(readable(text_of(row["text"]), max_words), int(row["label"])) for row in rows]


def readable(review: str, max_words: int | None = None) -> str:
    """A review without the marks of line ends, and its first words alone.

    >>> readable("Bad.<br /><br />Very bad.", 2)
    'Bad. Very'
    """
    words = squeeze(review.replace("<br />", " ")).split(" ")
    return " ".join(words[:max_words])
