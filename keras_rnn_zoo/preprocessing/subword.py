"""Pieces of words, learnt by byte-pair encoding."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterable
from io import BytesIO

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import (
    END,
    PAD,
    RESERVED,
    START,
    UNKNOWN,
    UNKNOWN_SYMBOL,
    BaseVocabulary,
    check_limits,
)
from keras_rnn_zoo.preprocessing.text import normalize, squeeze

DEFAULT_SIZE = 8_000
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"  # SentencePiece's sign for a space.
_REFUSED = f"{SPACE}\0\N{LOWER FIVE EIGHTHS BLOCK}"  # SentencePiece cannot learn these.


class SubwordVocabulary(BaseVocabulary):
    """Turns text into the ids of pieces of words and back, by a model of the SentencePiece library.

    After Sennrich et al. 2016, "Neural machine translation of rare words with subword units" (arXiv:1508.07909), and
    Kudo and Richardson 2018, "SentencePiece" (arXiv:1808.06226). A space is part of the piece that follows it, so text
    comes back as it was, but for runs of whitespace, which count as one space, and for `▁` (U+2581), which is a space.

    Args:
        model: the serialized model, as bytes or as their base64 text; `learn_vocabulary(unit="subword")` makes one.
        language: ISO 639 code, for the casing of `lower`.
        lower: whether texts are lowered before they are looked up.

    Raises:
        ZooError: the model is damaged, or its reserved ids are not those of this package.

    >>> vocabulary = SubwordVocabulary.learn(["lower lowest newer newest"], max_size=20)
    >>> vocabulary.tokens("newer low")
    ['▁newer', '▁lo', 'w']
    >>> vocabulary.decode(vocabulary.encode("newer low"))
    'newer low'
    """

    UNITS, ARGUMENTS = ("subword",), ("model", "language", "lower")

    def __init__(self, model: bytes | str, language: str = "en", lower: bool = False):
        super().__init__("subword", language, lower)
        self.model = _bytes(model)
        self._processor = _processor(self.model)

    @property
    def size(self) -> int:
        """The number of ids, the reserved ones included: a builder's `vocabulary_size`."""
        return self._processor.get_piece_size()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The pieces, in the order of their ids; `▁` stands for a space."""
        return tuple(self._processor.id_to_piece(list(range(RESERVED, self.size))))

    def tokens(self, text: str) -> list[str]:
        """The pieces that `text` is made of, known or not; neighbouring unknown letters are one piece."""
        return self._processor.encode(squeeze(self._normalized(text)), out_type=str)

    def encode(self, text: str) -> np.ndarray:
        """The ids `(pieces,)`, int32, of `text`, without start and end; `UNKNOWN` where a letter is not known."""
        return np.array(self._processor.encode(squeeze(self._normalized(text))), dtype=np.int32)

    def with_symbols(self, added: Iterable[str]) -> SubwordVocabulary:
        """The same with the letters `added`, which it does not know, behind its pieces; signs of SentencePiece's own stay unknown."""
        pieces = (_piece(letter) for letter in added if letter not in _REFUSED)
        return SubwordVocabulary(self.model + b"".join(pieces), self.language, self.lower)

    def to_dict(self) -> dict:
        """Everything there is to know, as JSON can hold it; `vocabulary_from_dict` reads it back."""
        model = base64.b64encode(self.model).decode("ascii")
        return {"unit": self.unit, "language": self.language, "lower": self.lower, "model": model}

    def _text(self, ids: Iterable[int]) -> str:
        pieces = (UNKNOWN_SYMBOL if i == UNKNOWN else self._processor.id_to_piece(i) for i in ids)
        return "".join(pieces).replace(SPACE, " ").lstrip(" ")

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        language: str = "en",
        lower: bool = False,
        max_size: int | None = None,
        min_count: int = 1,
    ) -> SubwordVocabulary:
        """The pieces that byte-pair encoding finds in `texts`: every letter, then the most frequent pairs.

        Args:
            texts: the training texts.
            language, lower: as in the class.
            max_size: keep at most that many pieces (the reserved ids are not counted); 8,000 by default. There are
                fewer where the texts are few.
            min_count: letters that occur less often are unknown.

        Raises:
            ZooError: no text is left, or there are more letters than `max_size`.
        """
        check_limits(texts, max_size, min_count)
        texts = _learnable([squeeze(normalize(text, language, lower)) for text in texts], min_count)
        return cls(_learnt_model(texts, DEFAULT_SIZE if max_size is None else max_size), language, lower)


def _learnable(texts: list[str], min_count: int) -> list[str]:
    counts = Counter()
    for text in texts:
        counts.update(text)
    left_out = dict.fromkeys((ord(c) for c in counts if counts[c] < min_count or c in _REFUSED), " ")
    kept = [text for text in (squeeze(text.translate(left_out)) for text in texts) if text]
    if not kept:
        raise ZooError("A vocabulary needs at least one symbol, received none. Check the texts and `min_count`.")
    return kept


def _learnt_model(texts: list[str], max_size: int) -> bytes:
    from sentencepiece import SentencePieceTrainer

    letters = len({SPACE, *"".join(texts).replace(" ", SPACE)})
    if letters > max_size:
        raise ZooError(f"`max_size` should hold every letter of the texts, {letters} here, received {max_size}.")
    model = BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="bpe",
        vocab_size=RESERVED + max_size,
        hard_vocab_limit=False,
        normalization_rule_name="identity",  # `normalize` does it, for every unit alike.
        character_coverage=1.0,
        max_sentence_length=max(4192, 4 * max(map(len, texts))),
        num_threads=1,
        minloglevel=2,
        **{"pad_id": PAD, "unk_id": UNKNOWN, "bos_id": START, "eos_id": END},
        **{f"{name}_piece": f" {name}" for name in ("pad", "unk", "bos", "eos")},  # Unlike `<s>`, never part of a text.
    )
    return model.getvalue()


def _piece(symbol: str) -> bytes:
    """A piece as it stands in a serialized model, which may be continued: field 1 of it, whose own field 1 is the text."""
    text = symbol.encode()
    return bytes([0x0A, 2 + len(text), 0x0A, len(text)]) + text


def _bytes(model) -> bytes:
    if isinstance(model, bytes):
        return model
    try:
        return base64.b64decode(model, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        received = f"{type(model).__name__}: {model!r:.40}"
        raise ZooError(
            f"`model` should be bytes or base64 text, received {received}. Save it with `to_dict`."
        ) from error


def _processor(model: bytes):
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor()
    try:
        processor.load_from_serialized_proto(model)
    except RuntimeError as error:
        raise ZooError(f"`model` is no SentencePiece model ({len(model)} bytes): {error}. Learn it anew.") from error
    reserved = processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id()
    if reserved != (PAD, UNKNOWN, START, END):
        raise ZooError(
            f"The model should number padding, unknown, start and end {(PAD, UNKNOWN, START, END)}, received {reserved}. "
            "Learn it with `learn_vocabulary`."
        )
    return processor
