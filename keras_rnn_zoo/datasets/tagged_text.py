"""Tagged sentences of one's own, in a CoNLL-U file."""

from __future__ import annotations

from keras_rnn_zoo.datasets.known import Known
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.own_files import LICENCE, deal, own_path, own_text
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.tagging import TaggedSentence, tagged_sentences, tagging_dataset, tags_of
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.conllu import parse_conllu

TAGS = ("upos", "xpos", "deprel")


def load(
    path: str,
    tag: str = "upos",
    language: str = "en",
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 2,
    letters: int | None = None,
    seed: int = 0,
) -> Dataset:
    """The tag of every word of a CoNLL-U file's sentences, dealt 80/10/10, sentences of the same words in one split.

    For the builder `sequence_tagger` and its configurations, such as those of `universal_dependencies`.

    Args:
        path: the file, UTF-8: ten columns a word with tabs between them, an empty line after each sentence
            (https://universaldependencies.org/format.html).
        tag: the column to be learnt, `"upos"`, `"xpos"` or `"deprel"`.
        language: ISO 639 code, for the casing of `lower`.
        lower: whether words are lowered before they are looked up.
        max_size: keep that many words.
        min_count: words that the training split holds less often are unknown.
        letters: give so many letters of each word as a second input, see `preprocessing.spelling`; `None`: none.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, there is no such file, a line has another form (the error names it), the tag is not
            given, or there are too few sentences.
    """
    splits, about = _dealt(path, tag, seed)
    limits = {"max_size": max_size, "min_count": min_count}
    return tagging_dataset(splits, language=language, lower=lower, letters=letters, **limits, **about)


def load_like(
    known: Known, path: str, tag: str = "upos", max_size: int | None = None, min_count: int = 1, seed: int = 0
) -> Dataset:
    """The same for a trained model, whose words, letters and tags are kept.

    Args:
        known: what the model knows.
        path, tag, seed: as in `load`.
        max_size, min_count: of the words that are added.

    Raises:
        ZooError: as `load`; or the model reads no words.
    """
    if (unit := known.vocabulary("inputs").unit) not in ("word", "token"):
        raise ZooError(f"{known.name} reads {unit}s, and tags are of words: take a model of words.")
    splits, about = _dealt(path, tag, seed)
    sentences = [tuple(words) for words, _ in splits["train"]]
    vocabularies = {"inputs": known.vocabulary("inputs", sentences, max_size, min_count)}
    if known.letters():
        words = [word for words in sentences for word in words]
        vocabularies["characters"] = known.vocabulary("characters", words)
    return tagged_sentences(splits, known.classes(tags_of(splits)), vocabularies, known.letters(), **about)


def _dealt(path: str, tag: str, seed: int) -> tuple[dict[str, list[TaggedSentence]], dict]:
    """The sentences of each split, and what the specification says of them."""
    one_of("tag", tag, TAGS)
    seed = whole("seed", seed, minimum=0)
    file = own_path(path, "a CoNLL-U file")
    parsed = parse_conllu(own_text(file).split("\n"), str(file))
    sentences = [([word.form for word in words], [getattr(word, tag) for word in words]) for words in parsed]
    if all(name == "_" for _, tags in sentences for name in tags):
        raise ZooError(f"{file} does not say the {tag} of its words: choose another of {', '.join(TAGS)}.")
    splits = deal([tuple(words) for words, _ in sentences], None, seed, str(file))
    description = f"The {tag} of every word of {file.name}."
    about = {"name": "tagged_text", "description": description, "licence": LICENCE, "citation": file.name}
    return {name: [sentences[i] for i in rows] for name, rows in splits.items()}, about
