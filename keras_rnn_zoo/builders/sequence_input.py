"""The head of every model that reads a sequence."""

import keras

from keras_rnn_zoo.cells.cell import share
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.stacked_rnn import layer_widths


def sequence_input(
    input_shape, *, name, vocabulary_size=None, embedding_dim=None, mask_value=0.0, dropout=0.0, hidden_units=None
):
    """An input and the masked sequence of vectors that the recurrence reads.

    Args:
        input_shape: without the batch: `(timesteps,)` for symbols, `(timesteps, features)` for vectors; `timesteps`
            may be `None`.
        name: the input's name.
        vocabulary_size: number of symbols, for symbols; id 0 is padding.
        embedding_dim: the width of a symbol's embedding.
        mask_value: a vector whose entries all equal this value is padding; `None`: nothing is.
        dropout: share of the entries of the sequence that is dropped in training.
        hidden_units: the width of a tanh layer between each step's input and the recurrence, or of each; `None`: none.

    Returns:
        The `keras.Input` and a tensor `(batch, timesteps, width)` that carries its mask.
    """
    shape = checked_shape(input_shape)
    share(dropout, "input_dropout")
    _check_options(vocabulary_size, embedding_dim, mask_value)
    if vocabulary_size is not None:
        inputs, sequence = _symbols(shape, name, vocabulary_size, embedding_dim)
    elif len(shape) == 2 and shape[1] is not None:
        sequence = inputs = keras.Input(shape, name=name)
        if mask_value is not None:
            sequence = keras.layers.Masking(mask_value, name=f"{name}_mask")(inputs)
    else:
        raise ZooError(
            f"input_shape must be (timesteps, features) for vectors, or (timesteps,) with vocabulary_size for symbols; "
            f"received {shape} without vocabulary_size."
        )
    if dropout:
        sequence = keras.layers.Dropout(dropout, name=f"{name}_dropout")(sequence)
    return inputs, _deepened(sequence, name, hidden_units)


def _deepened(sequence, name, hidden_units):
    for number, width in enumerate(
        layer_widths(hidden_units, "input_units") if hidden_units is not None else (), start=1
    ):
        sequence = keras.layers.Dense(width, "tanh", name=f"{name}_layer_{number}")(sequence)
    return sequence


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


def checked_shape(input_shape) -> tuple:
    """`input_shape` as a tuple of positive sizes and `None`; otherwise a `ZooError`."""
    sizes = tuple(input_shape) if isinstance(input_shape, (list, tuple)) else ()
    if not sizes or any(size is not None and (not isinstance(size, int) or size < 1) for size in sizes):
        raise ZooError(
            f"input_shape must be a tuple of positive integers or None, without the batch; received {input_shape!r}."
        )
    return sizes


def _check_options(vocabulary_size, embedding_dim, mask_value):
    if vocabulary_size is None and embedding_dim is not None:
        raise ZooError(f"embedding_dim={embedding_dim} is for symbols: give vocabulary_size as well, or leave it out.")
    if vocabulary_size is not None and mask_value:
        raise ZooError(f"mask_value={mask_value} is for vectors: the padding of symbols is id 0.")
    if mask_value is not None and mask_value != mask_value:
        raise ZooError("mask_value is not a number, which equals nothing: choose a value that no real step has.")
