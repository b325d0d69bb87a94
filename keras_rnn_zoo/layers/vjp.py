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
    return vjp_and_more(lambda *lists: (function(*lists), []), arguments, cotangents)[0]


def vjp_and_more(function, arguments, cotangents):
    """`vjp` of the first of two things that `function` returns, and the second, a list of tensors.

    >>> from keras import ops
    >>> _, (square,) = vjp_and_more(lambda x: (x, [ops.square(x[0])]), [[ops.array(3.0)]], [ops.array(1.0)])
    >>> float(square)
    9.0
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_vjp(function, arguments, cotangents)
    import jax

    _, pull, more = jax.vjp(function, *arguments, has_aux=True)
    return [list(gradients) for gradients in pull(cotangents)], more


def _tensorflow_vjp(function, arguments, cotangents):
    import tensorflow as tf

    arguments = tree.map_structure(tf.identity, arguments)
    with tf.GradientTape() as tape:
        tape.watch(arguments)
        answers, more = function(*arguments)
    return tape.gradient(answers, arguments, cotangents, unconnected_gradients="zero"), more
