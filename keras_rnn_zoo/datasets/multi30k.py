"""Multi30k: captions of photos in English, German and French (Elliott et al. 2016)."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.datasets.files import locate
from keras_rnn_zoo.datasets.gzipped import unpacked_lines
from keras_rnn_zoo.datasets.options import distinct_pair
from keras_rnn_zoo.datasets.prepared import find
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.translation import translation_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import normalize
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

ADDRESS = "https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw"
LANGUAGES = ("en", "de", "fr")
SPLITS = {"train": ("train", 29_000), "validation": ("val", 1_014), "test": ("test_2016_flickr", 1_000)}
SHA256 = {  # of the .gz files
    "train.en": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    "train.de": "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
    "train.fr": "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
    "val.en": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    "val.de": "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
    "val.fr": "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
    "test_2016_flickr.en": "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    "test_2016_flickr.de": "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
    "test_2016_flickr.fr": "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
}


def load(
    source: str = "en",
    target: str = "de",
    unit: str = "subword",
    max_size: int | None = 6_000,
    min_count: int = 1,
    lower: bool = False,
) -> Dataset:
    """Sentences and their translations, 29,000/1,014/1,000 as published; the test split is `test_2016_flickr`.

    Args:
        source, target: two of `"en"`, `"de"` and `"fr"`.
        unit: `"subword"`, `"word"`, `"character"` or `"byte"`.
        max_size: keep that many symbols of each language.
        min_count: words or characters that the training split holds less often are unknown.
        lower: whether the sentences are lowered, the references of BLEU and chrF too.

    Raises:
        ZooError: an option is out of range, or a file is missing or not the original.
    """
    distinct_pair(source, target, LANGUAGES)
    splits = {name: (read(name, source), read(name, target)) for name in SPLITS}
    vocabularies = (
        learn_vocabulary(texts, unit, language, lower, max_size, min_count)
        for texts, language in zip(splits["train"], (source, target))
    )
    return translation_dataset(
        splits,
        *vocabularies,
        name="multi30k",
        description=f"Captions of photos, from {source} to {target}.",
        scores=("bleu", "chrf"),
        licence="non-commercial research",
        citation="Elliott, Frank, Sima'an and Specia, Multi30K: Multilingual English-German Image Descriptions, 2016; "
        f"{ADDRESS}",
    )


def read(split: str, language: str) -> list[str]:
    """The sentences of one split, NFC and without spaces around them, from `NAME.LANGUAGE` or `NAME.LANGUAGE.gz`.

    Raises:
        ZooError: the file is missing, not the original, or holds an empty line or another number of lines.
    """
    name, expected = SPLITS[split]
    path, lines = _lines(f"{name}.{language}")
    sentences = [normalize(line).strip() for line in lines]
    if len(sentences) != expected or not all(sentences):
        full = sum(map(bool, sentences))
        raise ZooError(f"{path} should hold {expected:,} sentences, one a line, received {full:,}. Fetch it anew.")
    return sentences


def _lines(name: str) -> tuple[Path, list[str]]:
    path = find(f"multi30k/{name}") or locate(f"multi30k/{name}.gz", f"{ADDRESS}/{name}.gz", SHA256[name])
    return path, unpacked_lines(path)
