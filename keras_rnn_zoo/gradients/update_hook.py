"""Something of one's own around each update of an optimizer, for the duration of a `fit`."""

from __future__ import annotations

from collections.abc import Callable

import keras

from keras_rnn_zoo.errors import ZooError

# What `fit` calls with gradients: on JAX the function without side effects, which is given and returns all variables.
_METHOD = {"tensorflow": "apply", "jax": "stateless_apply"}


def innermost(optimizer):
    """The optimizer inside a `LossScaleOptimizer`, which is handed unscaled and finite gradients alone."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def dense(gradient):
    """A gradient with repeated rows added up: on TensorFlow, an embedding's is handed over row by row."""
    if keras.backend.backend() != "tensorflow":
        return gradient
    import tensorflow as tf

    return tf.convert_to_tensor(gradient)


class UpdateHook:
    """Calls `around(gradients, update, skip)` in place of each update; it must return what `update()` or `skip()` does.

    Both are functions for `keras.ops.cond`. It is part of the training step that is compiled, which is why attaching and
    detaching have it traced anew (`make_train_function(force=True)`).

    Args:
        model: compiled, built, and between `on_train_begin` and the first batch.
        around: what to do; of the gradients, one a trainable variable, some may be `None` and some not `dense`.

    Raises:
        ZooError: the model or its optimizer is of a kind that this cannot be done with.
    """

    def __init__(self, model, around: Callable):
        _check(model)
        self.model, self.around = model, around
        self.optimizer = innermost(model.optimizer)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        name = _METHOD[keras.backend.backend()]
        if name not in vars(self.optimizer):
            setattr(self.optimizer, name, _Hooked(getattr(self.optimizer, name)))
        vars(self.optimizer)[name].hooks.append(self)
        model.make_train_function(force=True)

    def detach(self):
        """Leaves optimizer and model as they would be without it; a second time it does nothing."""
        name = _METHOD[keras.backend.backend()]
        hooked = vars(self.optimizer).get(name)
        if hooked is None or self not in hooked.hooks:
            return
        hooked.hooks.remove(self)
        if not hooked.hooks:
            delattr(self.optimizer, name)
        self.model.make_train_function(force=True)


class _Hooked:
    """An optimizer's method with hooks around it."""

    def __init__(self, plain):
        self.plain, self.hooks = plain, []

    def __call__(self, *arguments, **options):
        gradients, skip = _parted(*arguments, **options)

        def update():
            return self.plain(*arguments, **options)

        for hook in self.hooks:
            update = _around(hook, gradients, update, skip)
        return update()


def _around(hook, gradients, update, skip):
    return lambda: hook.around(gradients, update, skip)


def _parted(*arguments, **options):
    """The gradients, and what leaves everything as it is, of a call of the hooked method."""
    if keras.backend.backend() == "tensorflow":
        return list(arguments[0]), lambda: None
    optimizer_variables, gradients, trainable = arguments

    def skip():
        return [_value(v) for v in trainable], [_value(v) for v in optimizer_variables]

    return list(gradients), skip


def _value(variable):
    return variable.value if isinstance(variable, keras.Variable) else variable


def hindrance(model) -> str | None:
    """Why the updates of `model` cannot be watched; `None`: they can be."""
    backend, replicas = keras.backend.backend(), _replicas(model)
    if backend not in _METHOD:
        return f"Updates are watched on {' and '.join(_METHOD)}, not on {backend}."
    if not model.built or getattr(model, "optimizer", None) is None:
        return f"{model.name} must be built and compiled, with an optimizer, before its updates are watched."
    if isinstance(innermost(model.optimizer), keras.optimizers.MultiOptimizer):
        return "MultiOptimizer makes an update of several: the gradients of one optimizer are watched."
    if replicas > 1:
        return f"Updates are watched on one device, received a model on {replicas}: train it without distribution."
    return None


def _check(model):
    reason = hindrance(model)
    if reason:
        raise ZooError(reason)


def _replicas(model) -> int:
    if keras.backend.backend() == "jax":
        distribution = keras.distribution.distribution()
        return 1 if distribution is None else distribution.device_mesh.devices.size
    strategy = getattr(model, "distribute_strategy", None)
    return 1 if strategy is None else strategy.num_replicas_in_sync
