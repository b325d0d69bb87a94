"""One vector in, a sequence out: a picture and the sentence that describes it."""

import keras

from keras_rnn_zoo.builders.decoder import decoder_for
from keras_rnn_zoo.builders.sequence_input import checked_shape
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.real_steps import RealSteps
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn


def build_one_to_many(
    input_shape,
    outputs,
    units,
    *,
    cell="lstm",
    cell_options=None,
    skip_connections=None,
    norm_preserving=None,
    embedding_dim=None,
    conditioning="input",
    encoder=None,
    attention=None,
    attention_units=None,
    input_feeding=None,
    readout_units=None,
    mask_value=-1.0,
    input_dropout=0.0,
    dropout=0.0,
    output_activation="softmax",
    name="one_to_many",
):
    """Writes a sequence about one vector (Goodfellow et al. 2016, fig. 10.9; Karpathy 2015, second panel).

    Args:
        input_shape: shape of what is written about, `(features,)`, or whatever `encoder` reads.
        outputs: number of symbols that can be written, or the width of the vectors written.
        units: the recurrence's width, or one for each layer.
        cell: a name of `zoo.list_cells()`, or a callable that makes a Keras cell (registered with Keras, if the model is
            to be saved), see `cells.get`.
        cell_options: further arguments of the cell.
        skip_connections: `None`, `"input"` (Graves 2013) or `"residual"`, see `layers.StackedRNN`.
        norm_preserving: Omega's weight, against vanishing gradients (Pascanu et al. 2013): a number or a schedule, see
            `layers.NormPreservingRNN`; give the optimizer `global_clipnorm`.
        embedding_dim: symbols are written, embedded in this width; id 0 is padding. `None`: vectors are written.
        conditioning: `"input"` (beside every step's input, the book's `x^T R`), `"initial_state"`, `"both"`,
            `"first_step"` (Vinyals et al. 2015) or `"first_bias"` (Karpathy & Fei-Fei 2015), see `layers.RNNDecoder`.
        encoder: a Keras model or layer that turns the input into a vector `(batch, features)`, for instance a CNN; with
            attention into a grid `(batch, height, width, features)` or steps `(batch, steps, features)`.
        attention: look, at every step, at the grid's cells (Xu et al. 2015, soft attention): `"bahdanau"` or one of
            Luong's, see `layers.AttentionDecoder`; `conditioning` must then be `"initial_state"`, set from their mean.
        attention_units, input_feeding, readout_units: with attention, see `layers.AttentionDecoder`.
        mask_value: where vectors are written: a step all of whose entries equal this value is padding.
        input_dropout: share of what the recurrence reads that is dropped in training.
        dropout: share of units dropped between the layers and before the output, never along time.
        output_activation: for symbols `"softmax"` (loss: sparse_categorical_crossentropy) or `"linear"`
            (from_logits=True); for vectors also `"sigmoid"` (binary_crossentropy).

    Inputs: `context`, `(batch, *input_shape)`; `previous`, the target shifted by one step to the right, `(batch,
    timesteps)` beginning with the start symbol, or `(batch, timesteps, outputs)` beginning with zeros. Output:
    `(batch, timesteps, outputs)`. The sub-model `encoder`, if
    there is one, and the layer `decoder` are reached by name, and the decoder writes step by step.

    >>> model = build_one_to_many((32,), 50, 64, embedding_dim=16, conditioning="both")
    >>> model.output_shape
    (None, None, 50)
    """
    if embedding_dim is not None and mask_value != -1.0:
        raise ZooError(f"mask_value={mask_value} is for vectors: the padding of written symbols is id 0.")
    if attention and norm_preserving is not None:
        raise ZooError(
            "norm_preserving is for recurrences of their own states alone: it cannot go with attention here."
        )
    context_input = keras.Input(checked_shape(input_shape), name="context")
    shown = _encoder_model(encoder, input_shape, bool(attention))
    context = shown(context_input) if shown else context_input
    if not attention and len(context.shape) != 2:
        raise ZooError(
            f"The context must be one vector an example, (batch, features); received shape {context.shape}. "
            "Give an encoder that ends in a vector, or attention to look at the parts."
        )
    previous = _previous_input(outputs, embedding_dim)
    decoder = decoder_for(
        outputs,
        stacked_rnn(
            cell,
            units,
            cell_options=cell_options,
            skip_connections=skip_connections,
            norm_preserving=norm_preserving,
            dropout=dropout,
            return_state=True,
            name="recurrence",
        ),
        embedding_dim,
        conditioning=conditioning,
        attention=attention,
        attention_units=attention_units,
        input_feeding=input_feeding,
        readout_units=readout_units,
        output_activation=output_activation,
        input_dropout=input_dropout,
        mask_value=mask_value,
    )
    outputs = decoder(previous, **decoder.arguments(context))
    return keras.Model({"context": context_input, "previous": previous}, outputs, name=name)


def _encoder_model(encoder, input_shape, has_parts):
    """What reads the input, as a sub-model of this name, by which whatever writes step by step finds it.

    `has_parts`: it gives the memory, which of its steps are real, and their mean; else a vector.
    """
    if encoder is None and not has_parts:
        return None
    inputs = keras.Input(tuple(input_shape), name="context")
    read = encoder(inputs) if encoder is not None else inputs
    return keras.Model(inputs, _parts(read) if has_parts else read, name="encoder")


def _parts(read):
    if len(read.shape) == 4:
        read = keras.layers.Reshape((-1, read.shape[-1]), name="cells")(read)
    if len(read.shape) != 3:
        raise ZooError(
            f"With attention the encoder must give a grid (batch, height, width, features) or steps (batch, steps, "
            f"features); received shape {read.shape}. Of keras.applications: include_top=False, without pooling."
        )
    mean = keras.layers.GlobalAveragePooling1D(name="mean")(read)
    return [read, RealSteps(name="real_steps")(read), mean]


def _previous_input(outputs, embedding_dim):
    if embedding_dim is None:
        return keras.Input((None, outputs), name="previous")
    return keras.Input((None,), dtype="int32", name="previous")
