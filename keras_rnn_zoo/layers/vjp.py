"""Vector-Jacobian products, by each backend's own means."""

import keras
from keras import tree

BACKENDS = ("tensorflow", "jax")


def vjp(function, arguments, cotangents):
    """`cotangents` times the Jacobian of `function` at `arguments`.

    Args:
        function: takes lists of tensors, returns a list of tensors, or one.
        arguments: a list of such lists.
        cotangents: of the shape and structure of what `function` returns.

    Returns:
        A list of lists as `arguments`.

    >>> from keras import ops
    >>> ((gradient,),) = vjp(lambda x: [ops.square(x[0])], [[ops.array(3.0)]], [ops.array(1.0)])
    >>> float(gradient)
    6.0
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_vjp(function, arguments, cotangents)
    import jax

    _, pull = jax.vjp(function, *arguments)
    return [list(gradients) for gradients in pull(cotangents)]


def _tensorflow_vjp(function, arguments, cotangents):
    import tensorflow as tf

    arguments = tree.map_structure(tf.identity, arguments)
    with tf.GradientTape() as tape:
        tape.watch(arguments)
        answers = function(*arguments)
    return tape.gradient(answers, arguments, cotangents, unconnected_gradients="zero")
