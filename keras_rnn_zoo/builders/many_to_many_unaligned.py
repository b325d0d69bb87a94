"""A sequence in, another of its own length out: translation, speech to text."""

import keras

from keras_rnn_zoo.builders.decoder import decoder_for
from keras_rnn_zoo.builders.sequence_input import sequence_input
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.final_output import FinalOutput
from keras_rnn_zoo.layers.real_steps import RealSteps
from keras_rnn_zoo.layers.reverse_sequence import ReverseSequence
from keras_rnn_zoo.layers.stacked_rnn import forward_width, output_width, stacked_rnn


def build_many_to_many_unaligned(
    input_shape,
    outputs,
    units,
    *,
    decoder_units=None,
    cell="lstm",
    cell_options=None,
    bidirectional=False,
    skip_connections=None,
    norm_preserving=None,
    vocabulary_size=None,
    embedding_dim=None,
    decoder_embedding_dim=None,
    mask_value=0.0,
    reverse_source=False,
    conditioning="initial_state",
    bridge="dense",
    attention=None,
    attention_units=None,
    input_feeding=None,
    readout_units=None,
    input_dropout=0.0,
    dropout=0.0,
    output_activation="softmax",
    name="many_to_many_unaligned",
):
    """An encoder-decoder (Cho et al. 2014; Sutskever et al. 2014; Goodfellow et al. 2016, fig. 10.12).

    The encoder reads the source; its output at the last real step is the context C. The decoder writes the target
    given C: `p(y | x) = prod_t p(y_t | y_<t, C)`. With `attention` it looks at the encoder's output at every source
    step instead, and C sets its first states only (Bahdanau et al. 2015; Luong et al. 2015).

    Args:
        input_shape: the source's, `(timesteps, features)` for vectors, `(timesteps,)` for symbols.
        outputs: number of symbols that can be written; id 0 is padding.
        units: the encoder's width, or one for each layer.
        decoder_units: the decoder's; by default the encoder's.
        cell: a name of `zoo.list_cells()`, or a callable that makes a Keras cell (registered with Keras, if the model is
            to be saved), see `cells.get`.
        cell_options: further arguments of the cell.
        bidirectional: the encoder reads in both directions.
        skip_connections: `None`, `"input"` (Graves 2013) or `"residual"`, in both stacks, see `layers.StackedRNN`.
        norm_preserving: Omega's weight, against vanishing gradients (Pascanu et al. 2013): a number or a schedule, see
            `layers.NormPreservingRNN`; give the optimizer `global_clipnorm`. In both stacks; with attention, where the
            decoder's steps do not hang on its own states alone, in the encoder.
        vocabulary_size: number of source symbols, for symbols; id 0 is padding.
        embedding_dim: the width of source symbols' embeddings.
        decoder_embedding_dim: the width of the written symbols' embeddings; by default `embedding_dim`.
        mask_value: for a source of vectors: a step all of whose entries equal this value is padding; `None`: none is.
        reverse_source: read the source from its end (Sutskever et al. 2014).
        conditioning: how C enters the decoder: `"initial_state"`, `"input"` (beside every step's input), `"both"`.
        bridge: how the decoder's first states are set: `"dense"`, each from C through its own tanh layer (Cho), or
            `"copy"`, the encoder's final states of every layer (Sutskever), which needs equal stacks.
        attention: `None`, `"bahdanau"` (with the state before the update; C is the encoder's backward state, where it reads
            in both directions), `"luong_dot"`, `"luong_general"` or `"luong_concat"` (with the state after it), see
            `layers.AttentionDecoder`. Luong's dot needs a decoder as wide as the encoder's output.
        attention_units, input_feeding, readout_units: with attention, see `layers.AttentionDecoder`.
        input_dropout: share of the embeddings (of the vectors) dropped in training, in encoder and decoder.
        dropout: share of units dropped between the layers and before the output, never along time.
        output_activation: `"softmax"` (loss: sparse_categorical_crossentropy) or `"linear"` (from_logits=True).

    Inputs: `source`, `(batch, source timesteps[, features])`; `previous`, the target shifted by one step to the right,
    `(batch, timesteps)`, beginning with the start symbol. Output: `(batch, timesteps, outputs)`. The sub-model
    `encoder` and the layer `decoder` are reached by name, and the decoder writes step by step. For the attention of given
    sentences: `decoder(previous, **decoder.arguments(encoder(source)), return_attention_scores=True)`.

    >>> model = build_many_to_many_unaligned((None,), 90, 64, vocabulary_size=80, embedding_dim=32, cell="gru")
    >>> model.output_shape
    (None, None, 90)
    """
    if conditioning in ("first_step", "first_bias"):
        raise ZooError(f"conditioning must be 'initial_state', 'input' or 'both' here, received {conditioning!r}.")
    written_dim = decoder_embedding_dim or embedding_dim
    if written_dim is None:
        raise ZooError("The target is written in symbols: embedding_dim or decoder_embedding_dim is needed.")
    copies = bridge == "copy"
    if copies and conditioning == "input":
        raise ZooError(
            "conditioning='input' sets no first state, so bridge='copy' has nothing to do: use bridge='dense'."
        )
    source, sequence = sequence_input(
        input_shape,
        name="source",
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim if vocabulary_size is not None else None,
        mask_value=mask_value,
        dropout=input_dropout,
    )
    if reverse_source:
        sequence = ReverseSequence(name="reverse_source")(sequence)
    options = {"cell_options": cell_options, "skip_connections": skip_connections, "dropout": dropout}
    reader = stacked_rnn(
        cell,
        units,
        bidirectional=bidirectional,
        return_sequences=bool(attention),
        norm_preserving=norm_preserving,
        return_state=True,
        name="recurrence",
        **options,
    )
    writer = stacked_rnn(
        cell,
        decoder_units or units,
        norm_preserving=None if attention else norm_preserving,
        return_state=True,
        name="recurrence",
        **options,
    )
    if copies and reader.state_size != writer.state_size:
        raise ZooError(
            f"bridge='copy' needs a decoder whose states fit the encoder's {reader.state_size}, received "
            f"{writer.state_size}. Use bridge='dense', or equal units and bidirectional=False."
        )
    decoder = decoder_for(
        outputs,
        writer,
        written_dim,
        conditioning=conditioning,
        attention=attention,
        attention_units=attention_units,
        input_feeding=input_feeding,
        readout_units=readout_units,
        bridge=bridge,
        output_activation=output_activation,
        input_dropout=input_dropout,
    )
    read, *states = reader(sequence)
    read = _memory(reader, read, attention, reverse_source) if attention else [read]
    handed_over = [*read, *(states if copies else [])]
    encoder = keras.Model(source, handed_over if len(handed_over) > 1 else read[0], name="encoder")
    return _connect(encoder, decoder, input_shape, vocabulary_size, name)


def _memory(reader, memory, attention, reversed_):
    """The memory, its steps in the order of the source; which of them are real; and the context."""
    top = reader.layers[-1]
    backward = attention == "bahdanau" and isinstance(top, keras.layers.Bidirectional)
    context = FinalOutput(output_width(top), forward_width(top), backward, name="context")(memory)
    real = RealSteps(name="real_steps")(memory)
    return [ReverseSequence(name="order_of_source")(memory) if reversed_ else memory, real, context]


def _connect(encoder, decoder, input_shape, vocabulary_size, name):
    dtype = "int32" if vocabulary_size is not None else None
    source = keras.Input(tuple(input_shape), dtype=dtype, name="source")
    previous = keras.Input((None,), dtype="int32", name="previous")
    outputs = decoder(previous, **decoder.arguments(encoder(source)))
    return keras.Model({"source": source, "previous": previous}, outputs, name=name)
