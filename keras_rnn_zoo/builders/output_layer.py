"""The tail of every model."""

import keras

from keras_rnn_zoo.errors import ZooError


def output_layer(outputs: int, activation: str) -> keras.layers.Dense:
    """A dense layer named `output`, in float32 whatever the precision below it.

    Raises:
        ZooError: for softmax over one output, which is always 1.
    """
    if isinstance(outputs, bool) or not isinstance(outputs, int) or outputs < 1:
        raise ZooError(f"outputs must be a positive integer, received {outputs!r}.")
    if outputs == 1 and activation == "softmax":
        raise ZooError("Softmax over 1 output is always 1: use output_activation='sigmoid' or 'linear', or outputs=2.")
    return keras.layers.Dense(outputs, activation=activation, dtype="float32", name="output")
