"""A vocabulary that learns more symbols and keeps the ids of those it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from keras_rnn_zoo.preprocessing.base import UNKNOWN, BaseVocabulary, check_limits
from keras_rnn_zoo.preprocessing.text import normalize

Text = str | tuple[str, ...]  # a text, or its words where it is cut into them already


def extended(
    vocabulary: BaseVocabulary, texts: Iterable[Text], max_size: int | None = None, min_count: int = 1
) -> BaseVocabulary:
    """`vocabulary` and, behind its symbols, those of `texts` that it does not know, the most frequent first.

    The texts are cut as `vocabulary` cuts them. Of subwords the letters are added that it does not know; bytes are all known.

    Args:
        texts: each a string, or a tuple of its words.
        max_size: add that many symbols at most; by default all.
        min_count: leave out symbols that occur less often.

    Raises:
        ZooError: an argument is out of range.

    >>> from keras_rnn_zoo.preprocessing import learn_vocabulary
    >>> extended(learn_vocabulary(["a cat"]), ["A cat sat. A dog sat."]).symbols
    ('a', 'cat', '.', 'A', 'sat', 'dog')
    """
    check_limits(texts, max_size, min_count)
    counts = Counter(symbol for text in texts for symbol in _unknown(vocabulary, text))
    ranked = sorted(counts, key=lambda symbol: (-counts[symbol], symbol))
    added = [symbol for symbol in ranked if counts[symbol] >= min_count][:max_size]
    return vocabulary.with_symbols(added) if added else vocabulary


def _unknown(vocabulary: BaseVocabulary, text: Text) -> Iterator[str]:
    if isinstance(text, tuple):
        looked_up = zip(text, vocabulary.encode_tokens(text))
        yield from (normalize(word, vocabulary.language, vocabulary.lower) for word, i in looked_up if i == UNKNOWN)
    elif vocabulary.unit == "subword":
        yield from "".join(vocabulary.unknown(text))
    else:
        yield from vocabulary.unknown(text)
