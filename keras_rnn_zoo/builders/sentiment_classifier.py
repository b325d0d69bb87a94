"""A sentence in, its sentiment out."""

from keras_rnn_zoo.builders.many_to_one import build_many_to_one


def build_sentiment_classifier(
    input_shape,
    outputs,
    units,
    *,
    vocabulary_size,
    embedding_dim=64,
    cell="lstm",
    cell_options=None,
    bidirectional=True,
    pooling="last",
    skip_connections=None,
    norm_preserving=None,
    input_dropout=0.3,
    dropout=0.5,
    name="sentiment_classifier",
):
    """Reads the words of a sentence in both directions, then chooses a class (Karpathy 2015, third panel).

    Args:
        input_shape: `(timesteps,)`, usually `(None,)`.
        outputs: number of classes.
        units: the recurrence's width in each direction, or one for each layer.
        vocabulary_size: number of words; id 0 is padding.
        embedding_dim, cell, cell_options, bidirectional, pooling, skip_connections, norm_preserving, input_dropout, dropout:
            see `build_many_to_one`; small labelled sets need the strong dropout.

    Input: `inputs`, word ids `(batch, timesteps)`. Output: `(batch, outputs)`, softmax.

    >>> build_sentiment_classifier((None,), 2, 32, vocabulary_size=1000).output_shape
    (None, 2)
    """
    return build_many_to_one(
        input_shape,
        outputs,
        units,
        cell=cell,
        cell_options=cell_options,
        bidirectional=bidirectional,
        pooling=pooling,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        input_dropout=input_dropout,
        dropout=dropout,
        name=name,
    )
