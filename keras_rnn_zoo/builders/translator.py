"""A sentence in, its translation out."""

from keras_rnn_zoo.builders.many_to_many_unaligned import build_many_to_many_unaligned


def build_translator(
    input_shape,
    outputs,
    units,
    *,
    vocabulary_size,
    embedding_dim=128,
    decoder_units=None,
    cell="lstm",
    cell_options=None,
    bidirectional=False,
    skip_connections=None,
    norm_preserving=None,
    reverse_source=True,
    conditioning="initial_state",
    bridge="copy",
    attention=None,
    attention_units=None,
    input_feeding=None,
    readout_units=None,
    input_dropout=0.0,
    dropout=0.2,
    name="translator",
):
    """Sutskever, Vinyals & Le 2014: two stacks of LSTMs, the source read from its end, every state handed over.

    With `attention="bahdanau", cell="gru", bidirectional=True, reverse_source=False, bridge="dense"` it is RNNsearch
    (Bahdanau, Cho & Bengio 2015).

    Args:
        input_shape: `(timesteps,)`, usually `(None,)`.
        outputs: number of target symbols; id 0 is padding.
        units: the encoder's width, or one for each layer (the paper: four of 1000).
        vocabulary_size: number of source symbols; id 0 is padding.
        embedding_dim, decoder_units, cell, cell_options, bidirectional, skip_connections, norm_preserving, reverse_source,
            conditioning, bridge, attention, attention_units, input_feeding, readout_units, input_dropout, dropout: see
            `build_many_to_many_unaligned`. A bidirectional encoder needs `bridge="dense"`.

    Inputs: `source` and `previous`, ids `(batch, timesteps)`. Output: `(batch, timesteps, outputs)`, softmax.

    >>> build_translator((None,), 90, (64, 64), vocabulary_size=80).output_shape
    (None, None, 90)
    """
    return build_many_to_many_unaligned(
        input_shape,
        outputs,
        units,
        decoder_units=decoder_units,
        cell=cell,
        cell_options=cell_options,
        bidirectional=bidirectional,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        reverse_source=reverse_source,
        conditioning=conditioning,
        bridge=bridge,
        attention=attention,
        attention_units=attention_units,
        input_feeding=input_feeding,
        readout_units=readout_units,
        input_dropout=input_dropout,
        dropout=dropout,
        name=name,
    )
