"""A sequence in, an answer at every step out: language models, taggers, the next chord."""

import keras

from keras_rnn_zoo.builders.output_layer import output_layer
from keras_rnn_zoo.builders.sequence_input import sequence_input
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn


def build_many_to_many_aligned(
    input_shape,
    outputs,
    units,
    *,
    cell="lstm",
    cell_options=None,
    bidirectional=False,
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
    name="many_to_many_aligned",
):
    """Answers at every step (Goodfellow et al. 2016, fig. 10.3 and eqs. 10.8-10.11; Karpathy 2015, last panel).

    With `cell="simple_rnn"` it is the book's network: `a_t = b + W h_{t-1} + U x_t`, `h_t = tanh(a_t)`,
    `o_t = c + V h_t`, `yhat_t = softmax(o_t)`; U, W and b are the recurrence's `kernel`, `recurrent_kernel` and `bias`,
    V and c the layer `output`. The book's total loss is the sum over time, Keras's the mean over real steps.

    The five networks of Pascanu et al. 2014: RNN as above; sRNN with `units=(a, b)`; DT-RNN with
    `cell="deep_transition"`, DT(S)-RNN with `cell_options={"shortcut": True}` too; DOT-RNN and DOT(S)-RNN are these with
    `output_units`.

    Args:
        input_shape: `(timesteps, features)` for vectors, `(timesteps,)` for symbols; `timesteps` may be `None`.
        outputs: number of classes, or width of the vector, of each step's answer.
        units: the recurrence's width, or one for each layer.
        cell: a name of `zoo.list_cells()`, or a callable that makes a Keras cell (registered with Keras, if the model is
            to be saved), see `cells.get`.
        cell_options: further arguments of the cell.
        bidirectional: let every answer depend on the whole input (fig. 10.11); not for predicting what comes next.
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

    Input: `inputs`, `(batch, timesteps[, features])`, right-padded. Output: `(batch, timesteps, outputs)`; its mask
    reaches the loss.

    >>> build_many_to_many_aligned((None, 88), 88, 200, cell="simple_rnn", output_activation="sigmoid").output_shape
    (None, None, 88)
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
        name="recurrence",
    )
    return keras.Model(inputs, output_layer(outputs, output_activation, output_units)(recurrence(sequence)), name=name)
