"""Whether gradients are clipped by their joint norm, as the training that is under way does it."""

import inspect
import warnings

import keras


def warn_without_clipping(layer_name):
    """Warns, while a model's training step is traced, if its optimizer does not clip by the joint norm.

    A layer is not told which optimizer trains it: the model whose `fit` is calling is looked up among the callers. In a
    training loop of one's own there is none, and no warning.
    """
    optimizer = _optimizer_at_work()
    if optimizer is not None and not getattr(optimizer, "global_clipnorm", None):
        clips = "clipnorm clips each weight by itself; " if getattr(optimizer, "clipnorm", None) else ""
        warnings.warn(
            f"{layer_name} preserves the norm of gradients, and the optimizer does not clip them by their joint norm: "
            f"{clips}training then usually explodes (Pascanu et al. 2013). Give the optimizer global_clipnorm=1.0.",
            stacklevel=2,
        )


def _optimizer_at_work():
    frame = inspect.currentframe()
    while frame is not None:
        model = frame.f_locals.get("self")
        optimizer = getattr(model, "optimizer", None) if isinstance(model, keras.Model) else None
        if optimizer is not None:
            return getattr(optimizer, "inner_optimizer", optimizer)
        frame = frame.f_back
    return None
