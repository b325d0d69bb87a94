"""An input of how words are spelt, beside the one of which words they are."""

import keras

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.layers.fold_time import FoldTime
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn


def spelling_input(letters, vocabulary_size, embedding_dim, units, *, timesteps=None, cell="lstm", cell_options=None):
    """An input of letters and a vector for each word: its letters read in both directions (Ling et al. 2015).

    Args:
        letters: of a word, padded on the right with 0.
        vocabulary_size: number of characters; id 0 is padding.
        embedding_dim: the width of a character's embedding.
        units: the recurrence's width in each direction.
        timesteps: words of a sentence, or `None`.
        cell, cell_options: see `cells.get`.

    Returns:
        The `keras.Input` `characters`, `(batch, timesteps, letters)`, and a tensor `(batch, timesteps, 2 * units)`.
    """
    shape = (timesteps, positive(letters, "letters"))
    characters = keras.Input(shape, dtype="int32", name="characters")
    word = keras.Input((letters,), dtype="int32", name="letters")
    embedding = keras.layers.Embedding(vocabulary_size, embedding_dim, mask_zero=True, name="character_embedding")
    reader = stacked_rnn(
        cell, units, cell_options=cell_options, bidirectional=True, return_sequences=False, name="letters_read"
    )
    speller = keras.Model(word, reader(embedding(word)), name="spelling")
    return characters, FoldTime(speller, mask_value=0, name="spellings")(characters)
