"""Turkish and English sentences from Tatoeba, as manythings.org pairs them."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.datasets.files import locate, read_lines
from keras_rnn_zoo.datasets.options import distinct_pair, whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.splits import connected, grouped
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import check_unit, join, normalize, split
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

ADDRESS = "https://www.manythings.org/anki/tur-eng.zip"
COLUMNS = ("en", "tr")


def load(
    source: str = "tr",
    target: str = "en",
    unit: str = "word",
    max_size: int | None = 20_000,
    min_count: int = 2,
    seed: int = 0,
) -> Dataset:
    """Pairs of sentences, both lower-cased by the rules of their language, 90/5/5.

    Pairs that share a sentence on either side form a group, and a group is in one split: no sentence of the test
    split was ever trained on, in any translation. Pairs alike after normalisation and lower-casing count once.

    Args:
        source, target: `"tr"` and `"en"`, either way.
        unit: `"word"` or `"character"`.
        max_size: keep that many symbols of each language.
        min_count: symbols that the training split holds less often are unknown.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, or the file is missing or malformed.
    """
    distinct_pair(source, target, COLUMNS)
    check_unit(unit)
    seed = whole("seed", seed, minimum=0)
    pairs = _spelled(read(locate("tur-eng/tur.txt", ADDRESS, member="tur.txt")))
    splits = {
        name: tuple([pairs[i][COLUMNS.index(language)] for i in indices] for language in (source, target))
        for name, indices in grouped(connected(pairs), seed).items()
    }
    vocabularies = (
        Vocabulary.learn(texts, unit, language, lower=True, max_size=max_size, min_count=min_count)
        for texts, language in zip(splits["train"], (source, target))
    )
    return translation_dataset(
        splits,
        *vocabularies,
        name="tatoeba_tr_en",
        description=f"Everyday sentences, from {source} to {target}.",
        licence="CC BY 2.0 FR",
        citation="Tatoeba, https://tatoeba.org, as paired on https://www.manythings.org/anki",
    )


def read(path: Path) -> list[tuple[str, str]]:
    """The pairs (English, Turkish) of the file; a third column, the attribution, is left out.

    A line of fewer or more columns, or with an empty sentence, is a `ZooError`.
    """
    pairs = []
    for number, line in enumerate(read_lines(path), start=1):
        columns = line.split("\t")
        if len(columns) not in (2, 3) or not all(column.strip() for column in columns[:2]):
            raise ZooError(
                f"{path}, line {number} should be English, a tab and Turkish, and perhaps an attribution, "
                f"received {line!r:.80}. Fetch it anew."
            )
        pairs.append((columns[0], columns[1]))
    return pairs


def _spelled(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs as a model sees them, spaced in one way, each once."""
    spelled = (tuple(_spell(text, language) for text, language in zip(pair, COLUMNS)) for pair in pairs)
    return list(dict.fromkeys(spelled))


def _spell(text: str, language: str) -> str:
    return join(split(normalize(text, language, lower=True), "word"), "word")
