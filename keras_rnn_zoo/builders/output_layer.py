"""The tail of every model."""

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.deep_output import DeepOutput


def output_layer(outputs: int, activation: str, hidden_units=None) -> keras.layers.Layer:
    """A dense layer named `output`, in float32 whatever the precision below it.

    Args:
        outputs: its width.
        activation: of the answer.
        hidden_units: the width of a hidden layer before it, or of each, which makes it a `layers.DeepOutput`.

    Raises:
        ZooError: for softmax over one output, which is always 1.
    """
    if isinstance(outputs, bool) or not isinstance(outputs, int) or outputs < 1:
        raise ZooError(f"outputs must be a positive integer, received {outputs!r}.")
    if outputs == 1 and activation == "softmax":
        raise ZooError("Softmax over 1 output is always 1: use output_activation='sigmoid' or 'linear', or outputs=2.")
    if hidden_units is not None:
        return DeepOutput(outputs, hidden_units, activation, name="output")
    return keras.layers.Dense(outputs, activation=activation, dtype="float32", name="output")
