"""The gradient of a model's loss with respect to each weight, on whichever backend is in use."""

import keras
import numpy as np


def loss_and_gradients(model, inputs, targets, loss, training=False):
    """The loss and one array for each trainable weight, in the model's order."""
    return {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()](
        model, inputs, targets, loss, training
    )


def _tensorflow(model, inputs, targets, loss, training):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs, training=training))
    return float(value), [np.asarray(tf.convert_to_tensor(g)) for g in tape.gradient(value, model.trainable_weights)]


def _jax(model, inputs, targets, loss, training):
    import jax

    def value_of(trainable):
        fixed = [v.value for v in model.non_trainable_variables]
        outputs, _ = model.stateless_call(trainable, fixed, inputs, training=training)
        return loss(targets, outputs)

    # One program: by itself, every operation of every shape would be compiled, and none of them let go.
    value, gradients = jax.jit(jax.value_and_grad(value_of))([v.value for v in model.trainable_variables])
    return float(value), [np.asarray(g) for g in gradients]


def _torch(model, inputs, targets, loss, training):
    model.zero_grad()
    value = loss(targets, model(inputs, training=training))
    value.backward()
    return float(value), [v.value.grad.detach().numpy() for v in model.trainable_weights]
