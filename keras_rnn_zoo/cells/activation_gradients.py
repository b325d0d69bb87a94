"""Back through a nonlinearity, from what it put out."""

import keras
from keras import ops

GRADIENTS = {
    keras.activations.tanh: lambda y, gradient: gradient * (1 - y * y),
    keras.activations.sigmoid: lambda y, gradient: gradient * y * (1 - y),
    keras.activations.relu: lambda y, gradient: gradient * ops.cast(y > 0, y.dtype),
    keras.activations.linear: lambda y, gradient: gradient,
}


def gradient_from_output(activation):
    """A function of `y = activation(a)` and `dL/dy` that gives `dL/da`, or `None` where y does not determine it.

    >>> float(gradient_from_output(keras.activations.tanh)(ops.array(0.5), ops.array(2.0)))
    1.5
    """
    if keras.backend.backend() == "tensorflow":
        return _in_one_operation().get(activation)
    return GRADIENTS.get(activation)


def _in_one_operation():
    """TensorFlow's own gradient operations: one where the formula takes three."""
    from tensorflow import raw_ops

    return {
        **GRADIENTS,
        keras.activations.tanh: lambda y, gradient: raw_ops.TanhGrad(y=y, dy=gradient),
        keras.activations.sigmoid: lambda y, gradient: raw_ops.SigmoidGrad(y=y, dy=gradient),
        keras.activations.relu: lambda y, gradient: raw_ops.ReluGrad(gradients=gradient, features=y),
    }
