"""Symbols in, the next symbol at every step out."""

from keras_rnn_zoo.builders.many_to_many_aligned import build_many_to_many_aligned


def build_language_model(
    input_shape,
    outputs,
    units,
    *,
    vocabulary_size,
    embedding_dim=64,
    cell="lstm",
    cell_options=None,
    skip_connections=None,
    norm_preserving=None,
    input_dropout=0.0,
    dropout=0.0,
    output_units=None,
    name="language_model",
):
    """Predicts each symbol from those before it, `p(x) = prod_t p(x_t | x_<t)` (Karpathy 2015, char-rnn; Graves 2013).

    Args:
        input_shape: `(timesteps,)`, usually `(None,)`.
        outputs: number of symbols that can come next, usually `vocabulary_size`.
        units: the recurrence's width, or one for each layer.
        vocabulary_size: number of symbols read; id 0 is padding.
        embedding_dim, cell, cell_options, skip_connections, norm_preserving, input_dropout, dropout, output_units: see
            `build_many_to_many_aligned`.

    Input: `inputs`, ids `(batch, timesteps)`. Output: `(batch, timesteps, outputs)`, softmax.

    >>> build_language_model((None,), 65, 128, vocabulary_size=65).output_shape
    (None, None, 65)
    """
    return build_many_to_many_aligned(
        input_shape,
        outputs,
        units,
        cell=cell,
        cell_options=cell_options,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        input_dropout=input_dropout,
        dropout=dropout,
        output_units=output_units,
        name=name,
    )
