"""One vector in, one answer out: the network without recurrence that the others are measured against."""

import keras

from keras_rnn_zoo.builders.output_layer import output_layer
from keras_rnn_zoo.builders.sequence_input import checked_shape
from keras_rnn_zoo.layers.stacked_rnn import layer_widths


def build_one_to_one(
    input_shape,
    outputs,
    units,
    *,
    activation="relu",
    input_dropout=0.0,
    dropout=0.0,
    output_activation="softmax",
    name="one_to_one",
):
    """A multi-layer perceptron (Karpathy 2015, first panel: image classification).

    Args:
        input_shape: shape of one example; more than one axis is flattened.
        outputs: number of classes, or of numbers.
        units: the width of the hidden layer, or one for each layer.
        activation: nonlinearity of the hidden layers.
        input_dropout: share of the input's entries dropped in training.
        dropout: share of each hidden layer's units dropped in training.
        output_activation: `"softmax"` (loss: sparse_categorical_crossentropy), `"sigmoid"` (binary_crossentropy) or
            `"linear"` (mean_squared_error, or a loss with from_logits=True).

    Input: `inputs`, `(batch, *input_shape)`. Output: `(batch, outputs)`.

    >>> build_one_to_one((20, 64, 1), 10, 128).output_shape
    (None, 10)
    """
    inputs = keras.Input(checked_shape(input_shape), name="inputs")
    x = keras.layers.Flatten(name="flatten")(inputs) if len(input_shape) > 1 else inputs
    if input_dropout:
        x = keras.layers.Dropout(input_dropout, name="input_dropout")(x)
    for number, width in enumerate(layer_widths(units), start=1):
        x = keras.layers.Dense(width, activation=activation, name=f"hidden_{number}")(x)
        if dropout:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    return keras.Model(inputs, output_layer(outputs, output_activation)(x), name=name)
