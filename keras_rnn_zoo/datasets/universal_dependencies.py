"""Universal Dependencies: sentences whose every word has its part of speech (Nivre et al. 2020)."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.datasets.files import DATA_VARIABLE
from keras_rnn_zoo.datasets.gzipped import locate_gzipped, unpacked_lines
from keras_rnn_zoo.datasets.options import one_of
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.tagging import TaggedSentence, tagging_dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.conllu import parse_conllu

ADDRESS = "https://raw.githubusercontent.com/UniversalDependencies"
VERSION = "2.15"
TREEBANKS = {  # the language, the repository, where it is in a data folder
    "tr_atis": ("tr", "UD_Turkish-Atis", "ud-tr-atis"),
    "en_ewt": ("en", "UD_English-EWT", "ud-en-ewt"),
}
SIZES = {  # sentences
    "tr_atis": {"train": 4_274, "dev": 572, "test": 586},
    "en_ewt": {"train": 12_544, "dev": 2_001, "test": 2_077},
}
TAGS = ("upos", "xpos", "deprel")
SPLITS = {"train": "train", "validation": "dev", "test": "test"}


def load(
    treebank: str = "tr_atis",
    tag: str = "upos",
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 2,
    letters: int | None = None,
) -> Dataset:
    """The words of a sentence and the tag of each, in the published split.

    `"tr_atis"`: Turkish questions about flights, 4,274/572/586 sentences, 36,230/4,862/4,815 words, 13 parts of speech.
    `"en_ewt"`: English of the web, 12,544/2,001/2,077 sentences, 204,577/25,147/25,094 words, 17 parts of speech. Version
    2.15 is downloaded, and a file with another number of sentences is refused. The published split is kept as it is, though
    short sentences come again: 7 of the test sentences of `"tr_atis"` and 94 of `"en_ewt"` are in the training split word for
    word, 3 and 68 of the validation sentences.

    Words are those of the treebank, which cuts "don't" into "do" and "n't" and keeps "St." whole; a tagger takes such words as
    a tuple. In a plain text it finds them by our own rule, which keeps "don't" and cuts "St.".

    Args:
        treebank: `"tr_atis"` or `"en_ewt"`.
        tag: `"upos"`, the universal part of speech; `"xpos"`, the treebank's own; `"deprel"`, the word's relation to its head.
        lower: whether words are lowered before they are looked up, I and İ in Turkish as ı and i.
        max_size: keep that many words.
        min_count: words that the training split holds less often are unknown: what the model learns to expect of words
            that it has never seen.
        letters: give so many letters of each word as a second input, `characters`; their case is kept; `None`: none.

    Raises:
        ZooError: an option is out of range, the treebank lacks that tag, or a file is missing, cut short, malformed or another.
    """
    language, repository, _ = TREEBANKS[one_of("treebank", treebank, TREEBANKS)]
    one_of("tag", tag, TAGS)
    return tagging_dataset(
        {split: read(treebank, name, tag) for split, name in SPLITS.items()},
        language=language,
        lower=lower,
        max_size=max_size,
        min_count=min_count,
        letters=letters,
        name="universal_dependencies",
        description=f"The {tag} of every word of {treebank}, a treebank of Universal Dependencies.",
        licence="CC BY-SA 4.0",
        citation="Nivre et al., Universal Dependencies v2: An Evergrowing Multilingual Treebank Collection, 2020; "
        f"https://github.com/UniversalDependencies/{repository}",
    )


def read(treebank: str, name: str, tag: str = "upos") -> list[TaggedSentence]:
    """The sentences of one file, `"train"`, `"dev"` or `"test"`: their words, and the tag of each.

    Raises:
        ZooError: the file is missing, cut short, malformed or another, or has no such tags.
    """
    _, repository, folder = TREEBANKS[treebank]
    file = f"{treebank}-ud-{name}.conllu"
    address = f"{ADDRESS}/{repository}/r{VERSION}/{file}"
    path = locate_gzipped(f"{folder}/{file}", address)
    try:
        sentences = parse_conllu(unpacked_lines(path), str(path))
        _check_size(sentences, SIZES[treebank][name], path)
    except ZooError as error:
        raise ZooError(
            f"{str(error).removesuffix(' Fetch it anew.')} Remove it and save {address} as {path.with_name(file)}, or set "
            f"{DATA_VARIABLE} to a folder that holds it whole."
        ) from error
    if all(getattr(word, tag) == "_" for words in sentences for word in words):
        raise ZooError(f"{treebank} does not say the {tag} of its words: choose another of {', '.join(TAGS)}.")
    return [([word.form for word in words], [getattr(word, tag) for word in words]) for words in sentences]


def _check_size(sentences: list, expected: int, path: Path) -> None:
    if len(sentences) != expected:
        raise ZooError(f"{path} should hold {expected:,} sentences, as version {VERSION}, received {len(sentences):,}.")
