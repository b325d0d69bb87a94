"""The gradient of a model's loss with respect to each weight, on whichever backend is in use."""

import keras
import numpy as np


def loss_and_gradients(model, inputs, targets, loss):
    """The loss and one array for each trainable weight, in the model's order."""
    return {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()](
        model, inputs, targets, loss
    )


def _tensorflow(model, inputs, targets, loss):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs, training=False))
    return float(value), [np.asarray(tf.convert_to_tensor(g)) for g in tape.gradient(value, model.trainable_weights)]


def _jax(model, inputs, targets, loss):
    import jax

    def value_of(trainable):
        outputs, _ = model.stateless_call(trainable, [v.value for v in model.non_trainable_variables], inputs)
        return loss(targets, outputs)

    value, gradients = jax.value_and_grad(value_of)([v.value for v in model.trainable_variables])
    return float(value), [np.asarray(g) for g in gradients]


def _torch(model, inputs, targets, loss):
    model.zero_grad()
    value = loss(targets, model(inputs, training=False))
    value.backward()
    return float(value), [v.value.grad.detach().numpy() for v in model.trainable_weights]
