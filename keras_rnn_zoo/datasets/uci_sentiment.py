"""Sentiment of 3,000 sentences from reviews (UCI 331)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.files import locate, read_lines
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.datasets.splits import stratified
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

ADDRESS = "https://archive.ics.uci.edu/static/public/331/sentiment+labelled+sentences.zip"
FILES = {
    "amazon_cells_labelled.txt": "47003fc0a0d4840b00e96e715b6189bad09e7443a3da41c4cbe12ffc79f86ae3",
    "imdb_labelled.txt": "c662b9360c1652babb990d164835af12aa105db7991f1fdb19038115f0e93de8",
    "yelp_labelled.txt": "b565b1eeb864d76842588c3a256731b08bcdd9faf6de507bfe211a96f8b81912",
}


def load(seed: int = 0, max_size: int | None = None, min_count: int = 2) -> Dataset:
    """2,979 lower-cased sentences, negative or positive, 80/10/10.

    The source has no split: this one is seeded and stratified by label. Of the 3,000 rows the 21 are dropped whose
    sentence, stripped and lower-cased, was there before; their labels agree.

    Args:
        seed: of the split.
        max_size: keep that many words.
        min_count: words that the training split holds less often are unknown.

    Raises:
        ZooError: an option is out of range, or a file is missing or not the original.
    """
    seed = whole("seed", seed, minimum=0)
    texts, labels = _distinct([row for name, sha256 in FILES.items() for row in read(_locate(name, sha256))])
    splits = stratified(labels, seed)
    train = [texts[i] for i in splits["train"]]
    vocabulary = Vocabulary.learn(train, lower=True, max_size=max_size, min_count=min_count)
    everything = Examples({"inputs": [vocabulary.encode(text) for text in texts]}, labels)
    spec = DatasetSpec(
        name="uci_sentiment",
        description="Whether a sentence from a review is negative or positive.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None,), "vocabulary_size": vocabulary.size, "outputs": 2},
        padding={"inputs": 0},
        vocabularies={"inputs": vocabulary},
        labels=("negative", "positive"),
        licence="CC BY 4.0",
        citation="Kotzias et al., From Group to Individual Labels using Deep Features, KDD 2015; "
        "https://archive.ics.uci.edu/dataset/331",
    )
    return Dataset(*(everything.subset(indices) for indices in splits.values()), spec)


def read(path: Path) -> list[tuple[str, int]]:
    """The sentences of one file with their labels, 0 or 1. A line of another form is a `ZooError`."""
    rows = []
    for number, line in enumerate(read_lines(path), start=1):
        text, _, label = line.rpartition("\t")
        if not text.strip() or label not in ("0", "1"):
            raise ZooError(
                f"{path}, line {number} should be a sentence, a tab and 0 or 1, received {line!r:.80}. Fetch it anew."
            )
        rows.append((text, int(label)))
    return rows


def _locate(name: str, sha256: str) -> Path:
    return locate(f"uci-sentiment/{name}", ADDRESS, sha256, member=f"sentiment labelled sentences/{name}")


def _distinct(rows: list[tuple[str, int]]) -> tuple[list[str], np.ndarray]:
    first: dict[str, int] = {}
    for text, label in rows:
        first.setdefault(text.strip().lower(), label)
    return list(first), np.array(list(first.values()), np.int32)
