"""A sequence in, one answer out: a sentence's sentiment, a spoken digit, the six pathological tasks."""

import keras

from keras_rnn_zoo.builders.output_layer import output_layer
from keras_rnn_zoo.builders.sequence_input import sequence_input
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn


def build_many_to_one(
    input_shape,
    outputs,
    units,
    *,
    cell="lstm",
    cell_options=None,
    bidirectional=False,
    pooling="last",
    skip_connections=None,
    norm_preserving=None,
    vocabulary_size=None,
    embedding_dim=None,
    mask_value=0.0,
    input_dropout=0.0,
    dropout=0.0,
    input_units=None,
    output_units=None,
    output_activation="softmax",
    name="many_to_one",
):
    """Reads a whole sequence, then answers once (Goodfellow et al. 2016, fig. 10.5; Karpathy 2015, third panel).

    `h_t = f(h_{t-1}, x_t)`, `o = c + V h_T`, with `h_T` the state at each row's last real step, or with `pooling` each unit's
    greatest or mean value over the real steps (Collobert & Weston 2008; Conneau et al. 2017).

    Args:
        input_shape: `(timesteps, features)` for vectors, `(timesteps,)` for symbols; `timesteps` may be `None`.
        outputs: number of classes, or of numbers.
        units: the recurrence's width, or one for each layer.
        cell: a name of `zoo.list_cells()`, or a callable that makes a Keras cell (registered with Keras, if the model is
            to be saved), see `cells.get`.
        cell_options: further arguments of the cell.
        bidirectional: read in both directions (Schuster & Paliwal 1997; fig. 10.11).
        pooling: what stands for the whole sequence: `"last"`, `"max"` or `"mean"`.
        skip_connections: `None`, `"input"` (Graves 2013) or `"residual"`, see `layers.StackedRNN`.
        norm_preserving: Omega's weight, against vanishing gradients (Pascanu et al. 2013): a number or a schedule, see
            `layers.NormPreservingRNN`; give the optimizer `global_clipnorm`.
        vocabulary_size, embedding_dim: for symbols: how many there are (id 0 is padding), and their embeddings' width.
        mask_value: for vectors: a step all of whose entries equal this value is padding; `None`: none is.
        input_dropout: share of the input (of the embeddings) dropped in training.
        dropout: share of units dropped between the layers and before the output, never along time.
        input_units: deep input-to-hidden: a tanh layer of this width on each step's input, or of each (fig. 10.13b).
        output_units: deep output: hidden layers of these widths before the answer, see `layers.DeepOutput`.
        output_activation: `"softmax"` (loss: sparse_categorical_crossentropy), `"sigmoid"` (binary_crossentropy) or
            `"linear"` (mean_squared_error, or a loss with from_logits=True).

    Input: `inputs`, `(batch, timesteps[, features])`, right-padded. Output: `(batch, outputs)`.

    >>> build_many_to_one((None, 12), 9, units=(64, 64), cell="gru", bidirectional=True).output_shape
    (None, 9)
    """
    inputs, sequence = sequence_input(
        input_shape,
        name="inputs",
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        mask_value=mask_value,
        dropout=input_dropout,
        hidden_units=input_units,
    )
    recurrence = stacked_rnn(
        cell,
        units,
        cell_options=cell_options,
        bidirectional=bidirectional,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        dropout=dropout,
        return_sequences=False,
        pooling=pooling,
        name="recurrence",
    )
    return keras.Model(inputs, output_layer(outputs, output_activation, output_units)(recurrence(sequence)), name=name)
