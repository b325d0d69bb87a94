"""The derivative of a nonlinearity, from what it put out."""

import keras
from keras import ops

DERIVATIVES = {
    keras.activations.tanh: lambda y: 1 - y * y,
    keras.activations.sigmoid: lambda y: y * (1 - y),
    keras.activations.relu: lambda y: ops.cast(y > 0, y.dtype),
    keras.activations.linear: ops.ones_like,
}


def derivative_from_output(activation):
    """A function of `y = activation(a)` that gives `dy/da`, or `None` where y does not determine it.

    >>> float(derivative_from_output(keras.activations.tanh)(ops.array(0.5)))
    0.75
    """
    return DERIVATIVES.get(activation)
