"""TED talks in Turkish and English (Qi et al. 2018), through TensorFlow Datasets."""

from __future__ import annotations

from keras_rnn_zoo.datasets.options import distinct_pair, whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.sst import readable
from keras_rnn_zoo.datasets.tfds_rows import read_rows, text_of
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import join
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

NAME = "ted_hrlr_translate/tr_to_en"
LANGUAGES, SPLITS = ("tr", "en"), ("train", "validation", "test")


def load(
    source: str = "tr",
    target: str = "en",
    unit: str = "subword",
    max_size: int | None = 8_000,
    min_count: int = 1,
    max_words: int | None = 50,
) -> Dataset:
    """Sentences of talks, 182,450/4,045/5,029 as published, by talk; they are in small letters there.

    The published split is kept as it is: what every talk says, such as thanks, is in all three. The marks and clitics that
    the source sets apart are joined to their words again ("do n't ." is "don't."). 120 MB are downloaded.

    Args:
        source, target: `"tr"` and `"en"`, either way.
        unit: `"subword"`, `"word"`, `"character"` or `"byte"`.
        max_size: keep that many symbols of each language.
        min_count: words or characters that the training split holds less often are unknown.
        max_words: training pairs with more words on a side are left out; `None`: none.

    Raises:
        ZooError: an option is out of range, or the talks are missing or damaged, see `tfds_rows.read_rows`.
    """
    distinct_pair(source, target, LANGUAGES)
    if max_words is not None:
        max_words = whole("max_words", max_words, minimum=1)
    pairs = {split: [_pair(row, source, target) for row in rows] for split, rows in read_rows(NAME, SPLITS).items()}
    if max_words is not None:
        pairs["train"] = [pair for pair in pairs["train"] if max(len(text.split()) for text in pair) <= max_words]
    if not pairs["train"]:
        raise ZooError(f"`max_words` should leave pairs to train on, received {max_words}: none is so short.")
    splits = {split: tuple(zip(*rows)) for split, rows in pairs.items()}
    vocabularies = (
        learn_vocabulary(texts, unit, language, max_size=max_size, min_count=min_count)
        for texts, language in zip(splits["train"], (source, target))
    )
    return translation_dataset(
        splits,
        *vocabularies,
        name="ted_tr_en",
        description=f"Sentences of TED talks, from {source} to {target}.",
        scores=("bleu", "chrf"),
        licence="CC BY-NC-ND 4.0 (the talks)",
        citation="Qi et al., When and Why are Pre-trained Word Embeddings Useful for Neural Machine Translation?, 2018; "
        "https://github.com/neulab/word-embeddings-for-nmt, TensorFlow Datasets ted_hrlr_translate/tr_to_en",
    )


def _pair(row, source: str, target: str) -> tuple[str, str]:
    texts = {"en": readable(text_of(row["en"])), "tr": join(text_of(row["tr"]).split(), "word")}
    return texts[source], texts[target]
