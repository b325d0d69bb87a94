"""A model's training step and its forward pass, compiled by the backend in use."""

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError


def compiled_steps(model, inputs, targets):
    """Two functions that return when all their work is done.

    Args:
        model: a built model of one input and one output, which has to live as long as they.
        inputs, targets: arrays, the same at every call.

    Returns:
        `(train, infer)`. `train(rate)` runs forward, backward and the update of gradient descent, in training mode, and
        returns the mean squared error, with the layers' own losses, before the update; `infer()` returns the outputs.
    """
    check_backend()
    return {"tensorflow": _on_tensorflow, "jax": _on_jax}[keras.backend.backend()](model, inputs, targets)


def check_backend():
    """Raises a `ZooError` for a backend without compiled steps."""
    if keras.backend.backend() not in ("tensorflow", "jax"):
        raise ZooError(
            f"bench speed compiles with TensorFlow or JAX: set KERAS_BACKEND to tensorflow or jax, received "
            f"{keras.backend.backend()!r}."
        )


def _on_tensorflow(model, inputs, targets):
    import tensorflow as tf

    inputs, targets = tf.constant(inputs), tf.constant(targets)

    def update(inputs, targets, rate):
        with tf.GradientTape() as tape:
            loss = _mean_squared_error(targets, model(inputs, training=True)) + sum(model.losses)
        weights = model.trainable_variables
        for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
            weight.assign(weight - rate * gradient)
        return loss

    # Traced at once: called by way of `tf.function`, many models in one process set off its warning of retracing.
    forward = tf.function(lambda inputs: model(inputs, training=False)).get_concrete_function(inputs)
    update = tf.function(update).get_concrete_function(inputs, targets, tf.constant(0.0))

    def infer():
        outputs = forward(inputs)
        tf.test.experimental.sync_devices()
        return outputs

    def train(rate):
        loss = update(inputs, targets, tf.constant(rate))
        tf.test.experimental.sync_devices()
        return float(loss)

    return train, infer


def _on_jax(model, inputs, targets):
    import jax

    inputs, targets = jax.numpy.asarray(inputs), jax.numpy.asarray(targets)
    fixed = [variable.value for variable in model.non_trainable_variables]
    forward = jax.jit(lambda weights, inputs: model.stateless_call(weights, fixed, inputs, training=False)[0])

    def loss_of(weights, inputs, targets):
        outputs, _, losses = model.stateless_call(weights, fixed, inputs, training=True, return_losses=True)
        return _mean_squared_error(targets, outputs) + sum(losses)

    @jax.jit
    def update(weights, inputs, targets, rate):
        loss, gradients = jax.value_and_grad(loss_of)(weights, inputs, targets)
        return loss, [weight - rate * gradient for weight, gradient in zip(weights, gradients, strict=True)]

    def weights():
        return [variable.value for variable in model.trainable_variables]

    def infer():
        return jax.block_until_ready(forward(weights(), inputs))

    def train(rate):
        loss, updated = jax.block_until_ready(update(weights(), inputs, targets, rate))
        for variable, value in zip(model.trainable_variables, updated, strict=True):
            variable.assign(value)
        return float(loss)

    return train, infer


def _mean_squared_error(targets, outputs):
    return ops.mean(ops.square(outputs - targets))
