"""Words in, a tag for every word out."""

import keras

from keras_rnn_zoo.builders.output_layer import output_layer
from keras_rnn_zoo.builders.sequence_input import sequence_input
from keras_rnn_zoo.builders.spelling_input import spelling_input
from keras_rnn_zoo.cells.cell import share
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn


def build_sequence_tagger(
    input_shape,
    outputs,
    units,
    *,
    vocabulary_size=None,
    embedding_dim=None,
    letters=None,
    character_vocabulary_size=None,
    character_embedding_dim=32,
    character_units=32,
    cell="lstm",
    cell_options=None,
    bidirectional=True,
    skip_connections=None,
    norm_preserving=None,
    mask_value=0.0,
    input_dropout=0.3,
    dropout=0.3,
    name="sequence_tagger",
):
    """Labels every step of a sequence that is known as a whole, so it reads in both directions (Graves et al. 2013).

    With `letters` it also reads how each word is spelt, letter by letter in both directions, and knows something of words
    that it has never seen (Ling et al. 2015; Plank et al. 2016).

    Args:
        input_shape: `(timesteps,)` for symbols, `(timesteps, features)` for vectors such as a spectrogram's.
        outputs: number of tags.
        units: the recurrence's width in each direction, or one for each layer.
        vocabulary_size: number of symbols, for symbols; id 0 is padding.
        embedding_dim: the width of their embeddings; by default 64.
        letters: for words: read so many letters of each, a second input; `None`: none.
        character_vocabulary_size: with `letters`, the number of characters; id 0 is padding.
        character_embedding_dim, character_units: with `letters`, the width of a character's embedding, and in each direction
            of the recurrence that reads a word.
        cell, cell_options, bidirectional, skip_connections, norm_preserving, mask_value, input_dropout, dropout: see
            `build_many_to_many_aligned`.

    Input: `inputs`, `(batch, timesteps[, features])`; with `letters` also `characters`, `(batch, timesteps, letters)`, padded
    on the right with 0, as `preprocessing.spelling` makes them. Output: `(batch, timesteps, outputs)`, softmax.

    >>> build_sequence_tagger((None,), 17, 32, vocabulary_size=500).output_shape
    (None, None, 17)
    >>> model = build_sequence_tagger((None,), 17, 32, vocabulary_size=500, letters=20, character_vocabulary_size=60)
    >>> [tensor.name for tensor in model.inputs]
    ['inputs', 'characters']
    """
    if (letters is None) != (character_vocabulary_size is None) or (letters is not None and vocabulary_size is None):
        raise ZooError(
            "The letters of words need all of vocabulary_size, letters and character_vocabulary_size; received "
            f"{vocabulary_size!r}, {letters!r} and {character_vocabulary_size!r}."
        )
    inputs, sequence = sequence_input(
        input_shape,
        name="inputs",
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim or (64 if vocabulary_size is not None else None),
        mask_value=mask_value,
        dropout=0.0 if letters else input_dropout,
    )
    if letters:
        characters, spelt = spelling_input(
            letters,
            character_vocabulary_size,
            character_embedding_dim,
            character_units,
            timesteps=input_shape[0],
            cell=cell,
            cell_options=cell_options,
        )
        inputs = [inputs, characters]
        sequence = keras.layers.Concatenate(name="words_and_spellings")([sequence, spelt])
        sequence = keras.layers.Dropout(share(input_dropout, "input_dropout"), name="inputs_dropout")(sequence)
    recurrence = stacked_rnn(
        cell,
        units,
        cell_options=cell_options,
        bidirectional=bidirectional,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        dropout=dropout,
        name="recurrence",
    )
    return keras.Model(inputs, output_layer(outputs, "softmax")(recurrence(sequence)), name=name)
