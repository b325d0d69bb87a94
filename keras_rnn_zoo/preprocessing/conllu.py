"""CoNLL-U: sentences with a line for each word (https://universaldependencies.org/format.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from keras_rnn_zoo.errors import ZooError

_NOT_A_WORD = re.compile(r"\d+[-.]\d+")  # a token of several words (3-4), or an empty node (5.1)


class Word(NamedTuple):
    """The ten columns of a word's line; `_` is what is not said."""

    id: str
    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: str
    deprel: str
    deps: str
    misc: str


def parse_conllu(lines: Iterable[str], source: str) -> list[list[Word]]:
    """The sentences of a CoNLL-U text, each a list of its words.

    Comments, tokens of several words (`3-4`) and empty nodes (`5.1`) are left out.

    Args:
        lines: of the text, without their ends.
        source: what the text is called in errors, its path.

    Raises:
        ZooError: a line is no word's, words are not numbered 1, 2, 3 ..., or the last sentence is not ended by an empty line,
            as in a file that is cut short.

    >>> line = "1\\tGit\\tgit\\tVERB\\t_\\t_\\t0\\troot\\t_\\t_"
    >>> [[(word.form, word.upos) for word in sentence] for sentence in parse_conllu(["# text = Git", line, ""], "a.conllu")]
    [[('Git', 'VERB')]]
    """
    sentences, words, number = [], [], 0
    for number, line in enumerate(lines, start=1):
        if line and not line.startswith("#"):
            columns = line.split("\t")
            if not _NOT_A_WORD.fullmatch(columns[0]):
                words.append(_word(columns, len(words) + 1, f"{source}, line {number}"))
        elif words and not line:
            sentences.append(words)
            words = []
    if words or not sentences:
        what = "an empty line after the last sentence" if words else "at least one sentence"
        raise ZooError(f"{source} should have {what}, received {number:,} lines without. It may be cut short.")
    return sentences


def _word(columns: list[str], expected: int, where: str) -> Word:
    if len(columns) != len(Word._fields) or not all(columns) or columns[0] != str(expected):
        raise ZooError(
            f"{where}, column {_wrong_column(columns, expected)}: word {expected} of its sentence should be there, ten columns "
            f"with tabs between them, none empty ({', '.join(Word._fields)}); received {len(columns)}: "
            f"{' | '.join(columns)!r:.80}."
        )
    return Word(*columns)


def _wrong_column(columns: list[str], expected: int) -> int:
    """The number of the first one that is not the word's number, is empty, is missing, or is one too many."""
    if columns[0] != str(expected):
        return 1
    return columns.index("") + 1 if "" in columns else min(len(columns), len(Word._fields)) + 1
