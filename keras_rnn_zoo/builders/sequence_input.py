"""The head of every model that reads a sequence."""

import keras

from keras_rnn_zoo.errors import ZooError


def sequence_input(input_shape, *, name, vocabulary_size=None, embedding_dim=None, mask_value=0.0, dropout=0.0):
    """An input and the masked sequence of vectors that the recurrence reads.

    Args:
        input_shape: without the batch: `(timesteps,)` for symbols, `(timesteps, features)` for vectors; `timesteps`
            may be `None`.
        name: the input's name.
        vocabulary_size: number of symbols, for symbols; id 0 is padding.
        embedding_dim: the width of a symbol's embedding.
        mask_value: a vector whose entries all equal this value is padding.
        dropout: share of the entries of the sequence that is dropped in training.

    Returns:
        The `keras.Input` and a tensor `(batch, timesteps, width)` that carries its mask.
    """
    shape = tuple(input_shape)
    if vocabulary_size is not None:
        inputs, sequence = _symbols(shape, name, vocabulary_size, embedding_dim)
    elif len(shape) == 2 and shape[1] is not None:
        inputs = keras.Input(shape, name=name)
        sequence = keras.layers.Masking(mask_value, name=f"{name}_mask")(inputs)
    else:
        raise ZooError(
            f"input_shape must be (timesteps, features) for vectors, or (timesteps,) with vocabulary_size for symbols; "
            f"received {shape} without vocabulary_size."
        )
    if dropout:
        sequence = keras.layers.Dropout(dropout, name=f"{name}_dropout")(sequence)
    return inputs, sequence


def _symbols(shape, name, vocabulary_size, embedding_dim):
    if len(shape) != 1:
        raise ZooError(f"With vocabulary_size, input_shape must be (timesteps,), received {shape}.")
    if embedding_dim is None:
        raise ZooError(
            "With vocabulary_size, embedding_dim is needed: the width of a symbol's embedding, received None."
        )
    inputs = keras.Input(shape, dtype="int32", name=name)
    embedding = keras.layers.Embedding(vocabulary_size, embedding_dim, mask_zero=True, name="embedding")
    return inputs, embedding(inputs)
