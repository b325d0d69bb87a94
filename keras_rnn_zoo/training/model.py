"""From a configuration to a compiled model."""

from __future__ import annotations

import inspect

import keras

from keras_rnn_zoo import builders
from keras_rnn_zoo.datasets.spec import DatasetSpec
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.finetuning import SlantedTriangular, discriminative_optimizer
from keras_rnn_zoo.gradients import warn_of_clipnorm
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import (
    FinetuningConfig,
    OptimizerConfig,
    RunConfig,
    TrainingConfig,
    with_options_of,
)

_INPUTS = {"one_to_many": ("context", "previous"), "many_to_many_unaligned": ("source", "previous")}


def build_model(config: RunConfig, spec: DatasetSpec) -> keras.Model:
    """The model that `config` describes, with the arguments that the data fixes filled in; not compiled."""
    builder = builders.get(config.builder)
    with_options_of(builder, config.model, "model")
    for name, value in spec.builder_arguments.items():
        if config.model.get(name, value) != value:
            raise ZooError(
                f"model.{name}: the data fixes this at {value!r}, received {config.model[name]!r}; leave it out."
            )
    arguments = {**spec.builder_arguments, **config.model}
    accepted = inspect.signature(builder).parameters
    surplus = [name for name in arguments if name not in accepted]
    if surplus:
        raise ZooError(_mismatch(config, spec, f"it takes no {', '.join(surplus)}"))
    for name, parameter in accepted.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise ZooError(
                f"model.{name}: this key is missing; builder {config.builder} needs it, and dataset {spec.name} says only "
                f"{', '.join(spec.builder_arguments)}. Where the data is of another kind than the builder reads, take a "
                f"configuration of the pattern {spec.pattern} with another builder."
            )
    try:
        model = builder(**arguments)
    except (TypeError, ValueError) as error:
        if isinstance(error, ZooError):
            raise
        raise ZooError(f"model: {config.builder} cannot be built from {arguments}: {error}") from error
    _check_fit(model, config, spec)
    return model


def _check_fit(model, config, spec):
    """Whether the model reads what the dataset gives and answers what its objective scores."""
    names = sorted(tensor.name for tensor in model.inputs)
    expected = _INPUTS.get(spec.pattern, ("inputs", "characters") if "characters" in spec.vocabularies else ("inputs",))
    if names != sorted(expected):
        raise ZooError(_mismatch(config, spec, f"its inputs are {', '.join(names)}"))
    about = objectives.get(spec.objective)
    if (len(model.output_shape) == 3) != about.per_step:
        raise ZooError(_mismatch(config, spec, f"its output has the shape {model.output_shape}"))
    writer = {layer.name: layer for layer in model.layers}
    output = writer["decoder"].output_layer if "decoder" in writer else writer["output"]
    activation = keras.activations.serialize(output.activation)
    if activation != about.output_activation:
        raise ZooError(
            f"model.output_activation: {spec.name} is learnt with {about.loss} on {about.output_activation!r} outputs, "
            f"received {activation!r}."
        )


def compile_model(
    model: keras.Model, training: TrainingConfig, objective: str, steps: int, finetuning: FinetuningConfig | None = None
):
    """Compiles `model` with the loss and metrics of `objective` and the optimizer that `training` names.

    `steps` is the number of updates of the whole run, over which a schedule is laid. `finetuning` may say that each layer has
    a learning rate of its own.
    """
    about = objectives.get(objective)
    optimizer = make_optimizer(training.optimizer, steps)
    if finetuning and finetuning.by_layer:
        optimizer = discriminative_optimizer(
            model,
            optimizer,
            learning_rate=_learning_rate(training.optimizer, steps),
            decay=finetuning.decay,
            thaw_every=steps // training.epochs if finetuning.unfreezing == "gradual" else 0,
        )
    model.compile(
        optimizer,
        about.loss,
        weighted_metrics=about.metrics(),
        jit_compile=training.jit_compile,
    )


def make_optimizer(chosen: OptimizerConfig, steps: int) -> keras.optimizers.Optimizer:
    """The Keras optimizer that `chosen` describes, its schedule laid over `steps` updates."""
    known = {name.lower() for name, value in vars(keras.optimizers).items() if inspect.isclass(value)}
    if chosen.name.lower() not in known - {"lossscaleoptimizer", "optimizer"}:
        raise unknown_name("optimizer", chosen.name, known - {"lossscaleoptimizer", "optimizer"})
    rate = _learning_rate(chosen, steps)
    config = {"learning_rate": rate, "global_clipnorm": chosen.global_clipnorm, **chosen.options}
    try:
        optimizer = keras.optimizers.get({"class_name": chosen.name, "config": config})
    except (ValueError, TypeError) as error:
        raise ZooError(f"training.optimizer: {' '.join(str(error).split())}") from error
    warn_of_clipnorm(optimizer)
    return optimizer


def _learning_rate(chosen: OptimizerConfig, steps: int):
    if chosen.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(chosen.learning_rate, steps)
    if chosen.schedule == "slanted_triangular":
        return SlantedTriangular(chosen.learning_rate, max(steps, 2))
    return chosen.learning_rate


def _mismatch(config, spec, reason) -> str:
    return (
        f"builder: {config.builder} does not fit dataset {spec.name}, which is for models of the pattern "
        f"{spec.pattern}: {reason}."
    )
