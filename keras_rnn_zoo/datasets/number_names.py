"""English number names to Turkish ones: a small translation with a right answer, generated."""

from __future__ import annotations

from keras_rnn_zoo.datasets.number_words import CITATION, LANGUAGES, number_name, number_splits
from keras_rnn_zoo.datasets.options import distinct_pair, whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary


def load(limit: int = 10_000, source: str = "en", target: str = "tr", seed: int = 0) -> Dataset:
    """The names of 0 to `limit` - 1 in two languages, 80/10/10 by number: test numbers are never trained on.

    Args:
        limit: how many numbers, 200 to 1,000,000.
        source, target: `"en"` and `"tr"`, either way.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, or num2words is not installed.

    >>> dataset = load(limit=1000)
    >>> dataset.spec.vocabularies["source"].decode(dataset.test.inputs["source"][0])
    'four hundred and thirty three'
    >>> dataset.spec.vocabularies["targets"].decode(dataset.test.targets[0])
    'dört yüz otuz üç'
    """
    limit, seed = whole("limit", limit, 200, 1_000_000), whole("seed", seed, 0)
    distinct_pair(source, target, LANGUAGES)
    splits = {
        split: ([number_name(n, source) for n in chosen], [number_name(n, target) for n in chosen])
        for split, chosen in number_splits(limit, seed).items()
    }
    return translation_dataset(
        splits,
        source=Vocabulary.learn(splits["train"][0], language=source, lower=True),
        target=Vocabulary.learn(splits["train"][1], language=target),
        name="number_names",
        description=f"The name of a number below {limit:,}, from {source} to {target}.",
        licence="generated (num2words is LGPL-2.1)",
        citation=CITATION,
    )
