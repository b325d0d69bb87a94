"""The text steps of a vocabulary inside a TensorFlow graph, for models that are exported with their text."""

from __future__ import annotations

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import END, PAD, RESERVED, START, UNKNOWN, UNKNOWN_SYMBOL, BaseVocabulary
from keras_rnn_zoo.preprocessing.byte import ByteVocabulary
from keras_rnn_zoo.preprocessing.graph_letters import character_class, lookup_table
from keras_rnn_zoo.preprocessing.graph_normalize import normalizer
from keras_rnn_zoo.preprocessing.graph_subwords import GraphSubwords
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once
from keras_rnn_zoo.preprocessing.graph_words import space_pattern, word_cut
from keras_rnn_zoo.preprocessing.subword import SPACE, SubwordVocabulary
from keras_rnn_zoo.preprocessing.text import CLOSING, OPENING
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary


class GraphText(tf.Module):
    """A vocabulary as TensorFlow functions, for a SavedModel that reads strings and writes strings.

    Each gives what the vocabulary gives, row by row, with TensorFlow's own operations alone. A `keras.export.ExportArchive`
    should `track` this object.

    Args:
        vocabulary: of any unit.

    Attributes:
        encode: a `tf.function` of texts `(batch,)` that gives their ids `(batch, longest)`, int32, with 0 on the right;
            an empty text is a row of zeros. Bytes that are not UTF-8 are read as `�`.
        decode: a `tf.function` of ids `(batch, time)`, int32, that gives the texts `(batch,)` up to each row's first
            `END`. An id that the vocabulary does not have raises `tf.errors.InvalidArgumentError`.

    Raises:
        ZooError: `vocabulary` is none.

    >>> text = GraphText(Vocabulary(["merhaba", "dünya", "!"], language="tr", lower=True))
    >>> text.encode(["MERHABA DÜNYA!", "Dünya"]).numpy().tolist()
    [[4, 5, 6], [5, 0, 0]]
    >>> [answer.decode() for answer in text.decode([[2, 4, 5, 6, 3]]).numpy()]
    ['merhaba dünya!']
    >>> words, lengths = text.words(["Güzel dünya"])
    >>> [word.decode() for word in words.numpy()[0]], lengths.numpy().tolist(), text.ids_of(words).numpy().tolist()
    (['Güzel', 'dünya'], [2], [[1, 5]])
    """

    def __init__(self, vocabulary: BaseVocabulary):
        super().__init__()
        if not isinstance(vocabulary, BaseVocabulary):
            raise ZooError(f"`vocabulary` should be a vocabulary, received {type(vocabulary).__name__}.")
        kinds = {"word": _Words, "character": _Characters, "token": _Tokens, "byte": _Bytes, "subword": _Subwords}
        self._unit = kinds[vocabulary.unit](vocabulary)
        self._normalize = normalizer(vocabulary.language, vocabulary.lower)
        self._size, self._language = vocabulary.size, vocabulary.language
        # Not as decorators: those would hold `self` weakly, and `GraphText(vocabulary).encode(texts)` would lose it.
        self.encode = traced_once(self._encode, tf.TensorSpec([None], tf.string))
        self.decode = traced_once(self._decode, tf.TensorSpec([None, None], tf.int32))

    def ids(self, texts) -> tf.RaggedTensor:
        """The ids of texts `(batch,)`, each row as long as it is: what `encode` pads."""
        return self._unit.ids(self._normalize(texts))

    def tokens(self, texts) -> tuple[tf.Tensor, tf.Tensor]:
        """The symbols that texts `(batch,)` are made of, known or not, as `vocabulary.tokens`.

        Returns:
            strings `(batch, longest)` with `""` on the right, and how many each row has, `(batch,)`, int32.
        """
        return _padded(self._unit.tokens(self._normalize(texts)))

    def words(self, texts) -> tuple[tf.Tensor, tf.Tensor]:
        """Words and punctuation marks in the case they are written in: `split(normalize(text, language), "word")`.

        Args:
            texts: `(batch,)`.

        Returns:
            strings `(batch, longest)` with `""` on the right, and how many each row has, `(batch,)`, int32.
        """
        return _padded(word_cut()(normalizer(self._language, lower=False)(texts)))

    def ids_of(self, words) -> tf.Tensor:
        """One id for each of words `(batch, longest)`, int32, as `vocabulary.encode_tokens`; 0 for `""`."""
        words = tf.convert_to_tensor(words, tf.string)
        given = tf.where(words != "")
        ids = self._unit.id_of(self._normalize(tf.gather_nd(words, given)))
        return tf.scatter_nd(given, ids, tf.shape(words, tf.int64))

    def _encode(self, texts):
        return self.ids(texts).to_tensor(PAD)

    def _decode(self, ids):
        inside = tf.reduce_all((ids >= 0) & (ids < self._size))
        with tf.control_dependencies([tf.Assert(inside, [f"Ids should be from 0 to {self._size - 1}, received", ids])]):
            written = tf.cumsum(tf.cast(ids == END, tf.int32), axis=1) == 0
        kept = tf.where(written & (ids != START), ids, PAD)
        together = tf.argsort(tf.cast(kept == PAD, tf.int32), axis=1, stable=True)
        return self._unit.text(tf.gather(kept, together, batch_dims=1))


class _Symbols(tf.Module):
    """What a text is cut into, and the table of their ids."""

    def __init__(self, symbols: tuple[str, ...]):
        super().__init__()
        self._symbols = tf.constant(symbols)
        self._ids = lookup_table(self._symbols, tf.range(RESERVED, RESERVED + len(symbols)), default=UNKNOWN)

    def ids(self, texts):
        tokens = self.tokens(texts)
        return tokens.with_flat_values(self._ids.lookup(tokens.flat_values))

    def id_of(self, words):
        return self._ids.lookup(words)

    def _written(self, ids):
        reserved = tf.where(ids == UNKNOWN, UNKNOWN_SYMBOL, "")
        return tf.where(ids < RESERVED, reserved, tf.gather(self._symbols, tf.maximum(ids - RESERVED, 0)))


class _Characters(_Symbols):
    """Characters."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary.symbols)

    def tokens(self, texts):
        return tf.strings.unicode_split(texts, "UTF-8")

    def text(self, ids):
        return tf.strings.reduce_join(self._written(ids), axis=1)


class _Tokens(_Symbols):
    """What stands between spaces."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary.symbols)

    def tokens(self, texts):
        return tf.strings.split(tf.strings.regex_replace(texts, space_pattern(), " "))

    def text(self, ids):
        return tf.strings.strip(tf.strings.reduce_join(self._written(ids), axis=1, separator=" "))


class _Words(_Symbols):
    """Words and punctuation marks, with the spaces of `join`."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary.symbols)
        self.tokens = word_cut()

    def text(self, ids):
        words = self._written(ids)
        return tf.strings.reduce_join(self._spaces(words) + words, axis=1)

    def _spaces(self, words):
        """None at the start, after an opening mark or before a closing one; quotation marks open and close in turn."""
        quotes = words == '"'
        quoted = tf.cumsum(tf.cast(quotes, tf.int32), axis=1, exclusive=True) % 2 == 1
        opens = _among(OPENING, words) | (quotes & ~quoted)
        closes = _among(CLOSING, words) | (quotes & quoted) | (words == "")
        opened = tf.concat([tf.ones_like(opens[:, :1]), opens[:, :-1]], axis=1)
        return tf.where(opened | closes, "", " ")


class _Bytes(tf.Module):
    """Bytes, whose ids are counted."""

    def __init__(self, vocabulary: ByteVocabulary):
        super().__init__()
        self._bytes = tf.constant([b"", UNKNOWN_SYMBOL.encode(), b"", b"", *(bytes([byte]) for byte in range(256))])

    def tokens(self, texts):
        ids = self.ids(texts)
        names = tf.constant([f"<0x{byte:02X}>" for byte in range(256)])
        return ids.with_flat_values(tf.gather(names, ids.flat_values - RESERVED))

    def ids(self, texts):
        symbols = tf.strings.bytes_split(texts)
        numbers = tf.reshape(tf.io.decode_raw(symbols.flat_values, tf.uint8), [-1])
        return symbols.with_flat_values(tf.cast(numbers, tf.int32) + RESERVED)

    def id_of(self, words):
        return _only(self.ids(words))

    def text(self, ids):
        joined = tf.strings.reduce_join(tf.gather(self._bytes, ids), axis=1)
        return tf.strings.unicode_transcode(joined, "UTF-8", "UTF-8", replacement_char=ord(UNKNOWN_SYMBOL))


class _Subwords(tf.Module):
    """Pieces of words."""

    def __init__(self, vocabulary: SubwordVocabulary):
        super().__init__()
        self._subwords = GraphSubwords(vocabulary)
        self._pieces = tf.constant(["", UNKNOWN_SYMBOL, "", "", *vocabulary.symbols])

    def tokens(self, texts):
        return self._subwords.tokens(_single_spaces(texts))

    def ids(self, texts):
        return self._subwords.ids(_single_spaces(texts))

    def id_of(self, words):
        return _only(self.ids(words))

    def text(self, ids):
        joined = tf.strings.reduce_join(tf.gather(self._pieces, ids), axis=1)
        return tf.strings.regex_replace(tf.strings.regex_replace(joined, SPACE, " "), "^ +", "")


def _single_spaces(texts):
    return tf.strings.regex_replace(texts, f"{space_pattern()}+", " ")


def _among(marks, words):
    return tf.strings.regex_full_match(words, f"[{character_class(marks)}]")


def _only(ids):
    """The id of each row that has exactly one, else `UNKNOWN`."""
    return tf.where(ids.row_lengths() == 1, ids.to_tensor(UNKNOWN, shape=(None, 1))[:, 0], UNKNOWN)


def _padded(tokens):
    return tokens.to_tensor(""), tf.cast(tokens.row_lengths(), tf.int32)
