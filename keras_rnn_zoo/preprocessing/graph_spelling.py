"""Words as rows of their letters, inside a TensorFlow graph."""

from __future__ import annotations

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import PAD
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf, traced_once
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary


class GraphSpelling(tf.Module):
    """`preprocessing.spelling.spelling` of every row of words, for a SavedModel that reads how words are spelt.

    Args:
        characters: the vocabulary of characters.
        width: how many letters of a word; a longer word keeps its last.

    Call arguments:
        words: strings `(batch, longest)`; `""` is no word.

    Returns:
        `(batch, longest, width)`, int32, with 0 on the right of a short word.

    Raises:
        ZooError: `characters` is no vocabulary of characters, or `width` is not at least 1.

    >>> spell = GraphSpelling(Vocabulary(list("abc"), unit="character"), 2)
    >>> spell([["ab", "cab"], ["c", ""]]).numpy().tolist()
    [[[4, 5], [4, 5]], [[6, 0], [0, 0]]]
    """

    def __init__(self, characters: Vocabulary, width: int):
        super().__init__()
        if not isinstance(characters, Vocabulary) or characters.unit != "character":
            raise ZooError(f"`characters` should be a vocabulary of characters, received {characters!r:.60}.")
        if isinstance(width, bool) or not isinstance(width, int) or width < 1:
            raise ZooError(f"`width` should be a whole number of at least 1, received {width!r}.")
        self._text, self._width = GraphText(characters), width
        self._spell = traced_once(self._spelt, tf.TensorSpec([None, None], tf.string))

    def __call__(self, words):
        return self._spell(words)

    def _spelt(self, words):
        letters = self._text.ids(tf.reshape(words, [-1]))[:, -self._width :]
        rows = letters.to_tensor(PAD, shape=(None, self._width))
        return tf.reshape(rows, tf.concat([tf.shape(words), [self._width]], axis=0))
