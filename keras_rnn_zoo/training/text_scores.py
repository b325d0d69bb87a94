"""Scores of written text against what it should say: BLEU and chrF++ by sacrebleu, WER and CER by jiwer.

All are of a corpus, not means over sentences: counts are summed first. Texts are compared as they stand, so case and
Unicode form (`preprocessing.text.normalize`) are settled before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from keras_rnn_zoo.errors import ZooError, unknown_name

TOKENIZERS = ("13a", "none")


@dataclass(frozen=True)
class TextScore:
    """A score.

    Attributes:
        larger_is_better: its direction.
        compute: from written texts, their references and a tokenizer's name to the score.
        signature: from the references and a tokenizer's name to what makes the score comparable with others.
        source: who defined it.
    """

    larger_is_better: bool
    compute: Callable[[Sequence[str], Sequence[Sequence[str]], str], float]
    signature: Callable[[Sequence[Sequence[str]], str], str]
    source: str


def text_scores(
    names: Iterable[str], written: Sequence[str], references: Sequence[Sequence[str]], tokenize: str = "13a"
) -> dict[str, float]:
    """The scores called `names` of `written`, by name.

    BLEU and chrF++ are percentages from 0 to 100. WER and CER are shares, 0.1 for one error in ten words or characters
    of the reference, and above 1 where more is inserted than there is; of several references the one with the fewest
    errors counts (Nießen et al. 2000). An empty written text is an answer that says nothing.

    Args:
        names: keys of `SCORES`.
        written: the texts to score.
        references: for each of them its right texts, one or more, none of them empty; not all need have equally many.
        tokenize: what BLEU takes for words. `"13a"`: punctuation marks are words too, as the field reports
            translations. `"none"`: what stands between spaces, for captions that are lower-cased words already.

    Raises:
        ZooError: an unknown name, nothing to score, or references that do not fit the texts.

    >>> scores = text_scores(["bleu", "wer"], ["the cat sat on a mat"], [["the cat sat on the mat", "a cat sat"]])
    >>> {name: round(score, 3) for name, score in scores.items()}
    {'bleu': 56.234, 'wer': 0.167}
    """
    scores = {name: _score(name) for name in names}
    _check_tokenize(tokenize)
    _check_texts(written, references)
    return {name: score.compute(written, references, tokenize) for name, score in scores.items()}


def signature(name: str, references: Sequence[Sequence[str]], tokenize: str = "13a") -> str:
    """What makes the score called `name` comparable: sacrebleu's own signature, or jiwer's version and the convention.

    Args:
        name, references, tokenize: as for `text_scores`.

    Raises:
        ZooError: an unknown name, or references that cannot be scored against.

    >>> signature("bleu", [["a mat"], ["a cat", "the cat"]]).rsplit("|", 1)[0]
    'nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp'
    """
    score = _score(name)
    _check_tokenize(tokenize)
    _check_references(references)
    return score.signature(references, tokenize)


def larger_is_better(name: str) -> bool:
    """The direction of the score called `name`.

    >>> larger_is_better("bleu"), larger_is_better("wer")
    (True, False)
    """
    return _score(name).larger_is_better


def bits_per_character(nats_total: float, characters: int) -> float:
    """A model's cross-entropy of a text, in bits a character of it, whatever its symbols are (Graves 2013, sec. 3).

    Args:
        nats_total: the text's whole cross-entropy in nats, a number of at least 0.
        characters: how many characters the text has.

    >>> round(bits_per_character(138.63, 100), 3)
    2.0
    """
    if not (math.isfinite(nats_total) and nats_total >= 0):
        raise ZooError(f"`nats_total` should be a finite number of at least 0, received {nats_total!r}.")
    if characters < 1:
        raise ZooError(f"`characters` should be at least 1, received {characters!r}: an empty text has no rate.")
    return nats_total / math.log(2) / characters


def _bleu(written, references, tokenize):
    return _bleu_metric(tokenize).corpus_score(written, _streams(references)).score


def _bleu_signature(references, tokenize):
    return str(_bleu_metric(tokenize, references=_streams(references)).get_signature())


def _bleu_metric(tokenize, **options):
    from sacrebleu.metrics import BLEU

    # `force` only silences sacrebleu's doubt about text that is words already.
    return BLEU(tokenize=tokenize, force=tokenize == "none", **options)


def _chrf(written, references, _):
    return _chrf_metric().corpus_score(written, _streams(references)).score


def _chrf_signature(references, _):
    return str(_chrf_metric(references=_streams(references)).get_signature())


def _chrf_metric(**options):
    from sacrebleu.metrics import CHRF

    return CHRF(word_order=2, **options)


def _streams(references):
    """sacrebleu's order, a list for the first references and one for the second; `None` where there is none."""
    most = max(map(len, references))
    return [[row[number] if number < len(row) else None for row in references] for number in range(most)]


def _word_error_rate(written, references, _):
    from jiwer import process_words

    return _error_rate(process_words, written, references)


def _character_error_rate(written, references, _):
    from jiwer import process_characters

    return _error_rate(process_characters, written, references)


def _error_rate(process, written, references) -> float:
    nearest = [_fewest_errors(process, text, row) for text, row in zip(written, references, strict=True)]
    return sum(errors for errors, _ in nearest) / sum(length for _, length in nearest)


def _fewest_errors(process, text, references) -> tuple[int, int]:
    """The errors against the nearest reference, and its length; of equally near ones the longest."""
    counts = []
    for reference in references:
        found = process(_one_space(reference), _one_space(text))
        missed = found.substitutions + found.deletions
        counts.append((missed + found.insertions, found.hits + missed))
    return min(counts, key=lambda count: (count[0], -count[1]))


def _one_space(text):
    return " ".join(text.split())


def _jiwer_signature(unit):
    def signature(references, _):
        from importlib.metadata import version

        counts = {len(row) for row in references}
        number = counts.pop() if len(counts) == 1 else "var"
        return f"nrefs:{number}|case:mixed|punctuation:kept|unit:{unit}|jiwer:{version('jiwer')}"

    return signature


def _score(name) -> TextScore:
    if name not in SCORES:
        raise unknown_name("text score", name, SCORES)
    return SCORES[name]


def _check_tokenize(tokenize):
    if tokenize not in TOKENIZERS:
        raise unknown_name("`tokenize`", tokenize, TOKENIZERS)


def _check_texts(written, references):
    _check_references(references)
    if len(written) != len(references):
        raise ZooError(
            f"Each written text should have its list of references, received {len(written):,} texts "
            f"and {len(references):,} lists of references."
        )
    for number, text in enumerate(written):
        if not isinstance(text, str):
            raise ZooError(f"`written` should be strings, received {text!r:.60} at {number:,}. Join tokens first.")


def _check_references(references):
    if len(references) == 0:
        raise ZooError("There is nothing to score: `references` is empty, one list of strings a text was expected.")
    for number, row in enumerate(references):
        strings = isinstance(row, (list, tuple)) and all(isinstance(text, str) for text in row)
        if not strings or not row or not all(text.strip() for text in row):
            raise ZooError(
                f"`references` should be a list of one or more strings for each text, none of them empty; "
                f"received {row!r:.60} at {number:,}."
            )


SCORES: dict[str, TextScore] = {
    "bleu": TextScore(True, _bleu, _bleu_signature, "Papineni et al. 2002; Post 2018"),
    "chrf": TextScore(True, _chrf, _chrf_signature, "Popović 2017 (chrF++)"),
    "wer": TextScore(False, _word_error_rate, _jiwer_signature("words between spaces"), "Nießen et al. 2000"),
    "cer": TextScore(False, _character_error_rate, _jiwer_signature("characters, spaces too"), "Nießen et al. 2000"),
}
