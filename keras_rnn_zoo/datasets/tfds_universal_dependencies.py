"""Universal Dependencies through TensorFlow Datasets: its version 2.10 of every treebank (Nivre et al. 2020)."""

from __future__ import annotations

import re

from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.tagging import TaggedSentence, tagging_dataset
from keras_rnn_zoo.datasets.tfds_rows import read_rows, text_of
from keras_rnn_zoo.errors import ZooError

SPLITS = {"train": "train", "validation": "dev", "test": "test"}
# In the order of the numbers in TensorFlow Datasets; `_` is a token of several words.
TAGS = tuple("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X _".split())


def load(
    treebank: str = "tr_atis",
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 2,
    letters: int | None = None,
) -> Dataset:
    """The words of a sentence and the universal part of speech of each, in the published split of any treebank.

    `"tr_atis"`: 4,274/572/586 sentences; `"en_ewt"`: 12,544/2,001/2,077. The published split is kept as it is, though short
    sentences come again in it. TensorFlow Datasets needs the package `conllu` to prepare a treebank. `universal_dependencies`
    reads two treebanks' own files without it.

    Args:
        treebank: a language and a treebank as TensorFlow Datasets names them, such as `"de_gsd"`; one that has a training, a
            validation and a test split.
        lower: whether words are lowered before they are looked up, I and İ in Turkish as ı and i.
        max_size: keep that many words.
        min_count: words that the training split holds less often are unknown.
        letters: give so many letters of each word as a second input, see `preprocessing.spelling`; `None`: none.

    Raises:
        ZooError: an option is out of range, or the treebank is missing or damaged, see `tfds_rows.read_rows`.
    """
    if not isinstance(treebank, str) or not re.fullmatch(r"[a-z]{2,3}_[a-z]+", treebank):
        raise ZooError(f"`treebank` should be a language and a treebank such as 'tr_atis', received {treebank!r}.")
    name = f"universal_dependencies/{treebank}"
    rows = read_rows(name, SPLITS.values())
    return tagging_dataset(
        {split: [sentence_of(row, name) for row in rows[given]] for split, given in SPLITS.items()},
        language=treebank.partition("_")[0],
        lower=lower,
        max_size=max_size,
        min_count=min_count,
        letters=letters,
        name="tfds_universal_dependencies",
        description=f"The part of speech of every word of {treebank}, a treebank of Universal Dependencies 2.10.",
        licence="each treebank's own; CC BY-SA 4.0 of tr_atis and en_ewt",
        citation="Nivre et al., Universal Dependencies v2: An Evergrowing Multilingual Treebank Collection, 2020; "
        f"https://universaldependencies.org, TensorFlow Datasets {name}",
    )


def sentence_of(row, name: str) -> TaggedSentence:
    """The words of a row and the tag of each; tokens of several words, whose parts follow, are left out."""
    tokens, numbers = [text_of(token) for token in row["tokens"]], [int(number) for number in row["upos"]]
    if len(tokens) != len(numbers) or not tokens:
        raise ZooError(
            f"{name}: a sentence should have a tag for each word, received {len(tokens)} and {len(numbers)}."
        )
    kept = [(token, TAGS[number]) for token, number in zip(tokens, numbers) if TAGS[number] != "_"]
    return [token for token, _ in kept], [tag for _, tag in kept]
