"""TensorFlow for what stands before a model inside a graph, or how to get it."""

from keras_rnn_zoo.errors import ZooError

try:
    import tensorflow as tf
except ImportError as error:
    raise ZooError(
        f"What stands before a model in a graph needs TensorFlow, but: {error}. Run: pip install tensorflow."
    ) from error


def traced_once(function, *signature):
    """`function` as a `tf.function` of tensors of that signature, its operations as they are written."""
    return tf.function(function, input_signature=signature, autograph=False)
