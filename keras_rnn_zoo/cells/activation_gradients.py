"""Back through a nonlinearity, from what it put out."""

import keras
from keras import ops

GRADIENTS = {
    keras.activations.tanh: lambda y, gradient: gradient * (1 - y * y),
    keras.activations.sigmoid: lambda y, gradient: gradient * y * (1 - y),
    keras.activations.relu: lambda y, gradient: gradient * ops.cast(y > 0, y.dtype),
}


def activated_again(activation, inputs, output):
    """`output`, which `activation` gave for `inputs` before, with the activation's gradient, of one of `GRADIENTS`.

    >>> y = activated_again(keras.activations.tanh, ops.array(0.3), ops.array(0.5))
    >>> float(y)
    0.5
    """

    @ops.custom_gradient
    def run(inputs, output):
        def gradient(*upstream):
            return GRADIENTS[activation](output, upstream[0]), ops.zeros_like(output)

        return ops.copy(output), gradient

    return run(inputs, output)
