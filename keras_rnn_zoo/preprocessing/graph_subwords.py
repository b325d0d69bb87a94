"""Byte-pair encoding inside a TensorFlow graph, with TensorFlow's own operations."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.preprocessing.base import RESERVED, UNKNOWN
from keras_rnn_zoo.preprocessing.graph_letters import lookup_table
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.preprocessing.subword import SPACE, SubwordVocabulary

_NONE = np.int32(2**31 - 1)  # The rank of two pieces that make no piece.
_NOTHING = -1  # Fills a word's row on the right.


class GraphSubwords(tf.Module):
    """The pieces that `SubwordVocabulary` finds, by the same rule as the SentencePiece library's BPE: of all neighbours that
    together are a piece, the pair that was learnt first is joined, the leftmost of equals, until there is none (Sennrich
    et al. 2016). A word ends where a space begins, so all words of a batch are joined side by side.

    Args:
        vocabulary: whose pieces hold a space at their beginning alone, as `SubwordVocabulary.learn` makes them.

    >>> vocabulary = SubwordVocabulary.learn(["lower lowest newer newest"], max_size=20)
    >>> subwords = GraphSubwords(vocabulary)
    >>> subwords.ids(["newer low"]).to_list() == [vocabulary.encode("newer low").tolist()]
    True
    >>> [piece.decode() for piece in subwords.tokens(["newer low"]).to_list()[0]]
    ['▁newer', '▁lo', 'w']
    """

    def __init__(self, vocabulary: SubwordVocabulary):
        super().__init__()
        self._size = vocabulary.size
        pieces = {piece: number for number, piece in enumerate(vocabulary.symbols, start=RESERVED)}
        letters = {piece: number for piece, number in pieces.items() if len(piece) == 1}
        self._letters = lookup_table(list(letters), list(letters.values()), default=UNKNOWN)
        pairs = _pairs(pieces, vocabulary.size)
        self._joined = lookup_table(tf.constant(list(pairs), tf.int64), list(pairs.values()), default=_NONE)
        self._lengths = tf.constant([1] * RESERVED + [len(piece) for piece in pieces])

    def ids(self, texts) -> tf.RaggedTensor:
        """The ids of texts `(batch,)` whose runs of whitespace are one space each."""
        return self._found(_marked(texts))[0]

    def tokens(self, texts) -> tf.RaggedTensor:
        """The pieces of these texts as strings, known or not."""
        marked = _marked(texts)
        ids, lengths = self._found(marked)
        starts = tf.cumsum(lengths.to_tensor(), axis=1, exclusive=True)
        starts = tf.RaggedTensor.from_tensor(starts, ids.row_lengths())
        whole = tf.gather(marked, ids.value_rowids())
        return ids.with_flat_values(tf.strings.substr(whole, starts.flat_values, lengths.flat_values, unit="UTF8_CHAR"))

    def _found(self, marked):
        """The pieces of each text, and of how many letters each is."""
        letters = tf.strings.unicode_split(marked, "UTF-8")
        words = tf.cumsum(tf.cast(letters.flat_values == SPACE, tf.int64)) - 1
        ids = tf.RaggedTensor.from_value_rowids(self._letters.lookup(letters.flat_values), words, validate=False)
        joined = self._all_joined(ids.to_tensor(_NOTHING))
        row_of_word = tf.gather(letters.value_rowids(), ids.row_starts())
        return _by_text(joined, self._lengths, row_of_word, letters.nrows())

    def _all_joined(self, ids):
        """Each word `(words, letters)` joined until nothing is left to join; `_NOTHING` on the right."""

        def some_left(ids, ranks):
            return tf.reduce_any(ranks < _NONE)

        def join_one(ids, ranks):
            ids = _joined_once(ids, ranks)
            return ids, self._ranks(ids)

        shapes = (tf.TensorShape([None, None]),) * 2
        return tf.while_loop(some_left, join_one, (ids, self._ranks(ids)), shape_invariants=shapes)[0]

    def _ranks(self, ids):
        """For each pair of neighbours the piece that it makes: the smaller, the earlier it was learnt."""
        left, right = (tf.cast(part, tf.int64) for part in (ids[:, :-1], ids[:, 1:]))
        return tf.where(right == _NOTHING, _NONE, self._joined.lookup(left * self._size + right))


def _joined_once(ids, ranks):
    """The words with the best pair of each joined, and what stands behind it one place further left."""
    place = tf.argmin(ranks, axis=1, output_type=tf.int32)[:, None]
    piece = tf.gather(ranks, place, batch_dims=1)
    places = tf.range(tf.shape(ids)[1])[None, :]
    shifted = tf.concat([ids[:, 1:], tf.fill(tf.shape(ids[:, :1]), _NOTHING)], axis=1)
    moved = tf.where(places > place, shifted, tf.where(places == place, piece, ids))
    return tf.where(piece < _NONE, moved, ids)


def _marked(texts):
    """Texts as pieces spell them: a mark for each space, and one before the first word."""
    marked = tf.strings.regex_replace(tf.strings.join([SPACE, tf.strings.strip(texts)]), " ", SPACE)
    return tf.strings.regex_replace(marked, f"{SPACE}+$", "")


def _by_text(words, lengths, row_of_word, rows):
    """The pieces of the words `(words, letters)` in a row for each text, neighbouring unknown letters as one, and their lengths."""
    before = tf.concat([tf.fill(tf.shape(words[:, :1]), _NOTHING), words[:, :-1]], axis=1)
    real = words != _NOTHING
    kept = real & ~((words == UNKNOWN) & (before == UNKNOWN))
    row_of_piece = tf.repeat(row_of_word, tf.reduce_sum(tf.cast(kept, tf.int64), axis=1))
    piece_of_letter = tf.cumsum(tf.cast(tf.boolean_mask(kept, real), tf.int32)) - 1
    found = tf.RaggedTensor.from_value_rowids(tf.boolean_mask(words, kept), row_of_piece, rows, validate=False)
    counts = tf.math.segment_sum(tf.gather(lengths, tf.boolean_mask(words, real)), piece_of_letter)
    return found, found.with_flat_values(counts)


def _pairs(pieces: dict[str, int], size: int) -> dict[int, int]:
    """For every two pieces that together are a piece, `left * size + right`, its id."""
    return {
        pieces[piece[:cut]] * size + pieces[piece[cut:]]: number
        for piece, number in pieces.items()
        for cut in range(1, len(piece))
        if piece[:cut] in pieces and piece[cut:] in pieces
    }
