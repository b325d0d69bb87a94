"""SST-2 of the GLUE benchmark: phrases and sentences of film reviews (Socher et al. 2013; Wang et al. 2019)."""

from __future__ import annotations

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.sst import readable
from keras_rnn_zoo.datasets.text_classes import LabelledText, held_out, text_class_dataset
from keras_rnn_zoo.datasets.tfds_rows import read_rows, text_of

NAME, LABELS = "glue/sst2", ("negative", "positive")
VALIDATION = 0.05  # of the training phrases


def load(unit: str = "word", max_size: int | None = None, min_count: int = 2, seed: int = 0) -> Dataset:
    """67,349 labelled phrases to train on, and 872 whole sentences to test.

    GLUE hides the labels of its test split, so that its validation split, 872 sentences, is the test split here, as it is in
    most papers. A twentieth of the training phrases validate. Phrases that are alike stay together, and those that are in
    the test split word for word are left out; but parts of one sentence may be in both training and validation, whose
    score therefore flatters. `sst` is the treebank's own cut, by whole sentences. 7 MB are downloaded.

    Args:
        unit: `"word"`, `"subword"`, `"character"` or `"byte"`.
        max_size: keep that many symbols.
        min_count: symbols that the training split holds less often are unknown.
        seed: of the validation split.

    Raises:
        ZooError: an option is out of range, or the phrases are missing or damaged, see `tfds_rows.read_rows`.
    """
    seed = whole("seed", seed, minimum=0)
    rows = {split: _read(values) for split, values in read_rows(NAME, ("train", "validation")).items()}
    splits = {**held_out(rows["train"], rows["validation"], VALIDATION, seed), "test": rows["validation"]}
    return text_class_dataset(
        splits,
        LABELS,
        unit=unit,
        max_size=max_size,
        min_count=min_count,
        name="glue_sst2",
        description="Whether a phrase from a film review is negative or positive.",
        licence="unclear, research",
        citation="Socher et al., Recursive Deep Models for Semantic Compositionality Over a Sentiment Treebank, 2013; Wang et "
        "al., GLUE, 2019; https://gluebenchmark.com, TensorFlow Datasets glue/sst2",
    )


def _read(rows) -> list[LabelledText]:
    return [(readable(text_of(row["sentence"])), int(row["label"])) for row in rows]
