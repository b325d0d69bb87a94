"""Words in, a tag for every word out."""

from keras_rnn_zoo.builders.many_to_many_aligned import build_many_to_many_aligned


def build_sequence_tagger(
    input_shape,
    outputs,
    units,
    *,
    vocabulary_size=None,
    embedding_dim=None,
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

    Args:
        input_shape: `(timesteps,)` for symbols, `(timesteps, features)` for vectors such as a spectrogram's.
        outputs: number of tags.
        units: the recurrence's width in each direction, or one for each layer.
        vocabulary_size: number of symbols, for symbols; id 0 is padding.
        embedding_dim: the width of their embeddings; by default 64.
        cell, cell_options, bidirectional, skip_connections, norm_preserving, mask_value, input_dropout, dropout: see
            `build_many_to_many_aligned`.

    Input: `inputs`, `(batch, timesteps[, features])`. Output: `(batch, timesteps, outputs)`, softmax.

    >>> build_sequence_tagger((None,), 17, 32, vocabulary_size=500).output_shape
    (None, None, 17)
    """
    return build_many_to_many_aligned(
        input_shape,
        outputs,
        units,
        cell=cell,
        cell_options=cell_options,
        bidirectional=bidirectional,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim or (64 if vocabulary_size is not None else None),
        mask_value=mask_value,
        input_dropout=input_dropout,
        dropout=dropout,
        name=name,
    )
