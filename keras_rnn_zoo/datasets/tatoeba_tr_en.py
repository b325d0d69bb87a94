"""Turkish and English sentences from Tatoeba, as manythings.org pairs them."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.datasets.files import locate, read_lines
from keras_rnn_zoo.datasets.options import distinct_pair, whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.splits import connected, grouped
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import check_lower, check_unit, normalize, split, squeeze
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

ADDRESS = "https://www.manythings.org/anki/tur-eng.zip"
COLUMNS = ("en", "tr")


def load(
    source: str = "tr",
    target: str = "en",
    unit: str = "word",
    max_size: int | None = 20_000,
    min_count: int = 2,
    lower: bool = True,
    seed: int = 0,
) -> Dataset:
    """Pairs of sentences, 90/5/5, lower-cased by the rules of their language unless told otherwise.

    Pairs that share a sentence on either side form a group, and a group is in one split: no sentence of the test
    split was ever trained on, in any translation. Sentences whose words are alike after normalisation and lower-casing
    are the same sentence, also where `lower` is off: the split is that of the lower-cased sentences, and of pairs
    that are alike the first one's spelling is kept.

    Args:
        source, target: `"tr"` and `"en"`, either way.
        unit: `"word"`, `"character"`, `"byte"` or `"subword"`.
        max_size: keep that many symbols of each language.
        min_count: symbols that the training split holds less often are unknown, as in `learn_vocabulary`.
        lower: whether the sentences are lowered.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, or the file is missing or malformed.
    """
    distinct_pair(source, target, COLUMNS)
    check_unit(unit)
    check_lower(lower)
    seed = whole("seed", seed, minimum=0)
    pairs = _distinct(read(locate("tur-eng/tur.txt", ADDRESS, member="tur.txt")))
    texts = list(pairs.values())
    splits = {
        name: tuple([texts[i][COLUMNS.index(language)] for i in indices] for language in (source, target))
        for name, indices in grouped(connected(list(pairs)), seed).items()
    }
    vocabularies = (
        learn_vocabulary(texts, unit, language, lower=lower, max_size=max_size, min_count=min_count)
        for texts, language in zip(splits["train"], (source, target))
    )
    return translation_dataset(
        splits,
        *vocabularies,
        name="tatoeba_tr_en",
        description=f"Everyday sentences, from {source} to {target}.",
        scores=("bleu", "chrf"),
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


def _distinct(pairs: list[tuple[str, str]]) -> dict[tuple, tuple[str, str]]:
    """The pairs, each once, in the spelling that comes first, by the lower-cased words of both sides."""
    distinct: dict[tuple, tuple[str, str]] = {}
    for pair in pairs:
        words = tuple(
            tuple(split(normalize(text, language, lower=True), "word")) for text, language in zip(pair, COLUMNS)
        )
        distinct.setdefault(words, tuple(squeeze(text) for text in pair))
    return distinct
