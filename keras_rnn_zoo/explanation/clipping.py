"""Whether gradients are clipped by their joint norm."""

from __future__ import annotations

import keras

from keras_rnn_zoo.explanation.finding import Finding, note, warning
from keras_rnn_zoo.explanation.walk import recurrent_layers_of

_JOINT = "Give it global_clipnorm=1.0: the norm of all gradients together (Pascanu et al. 2013)."


def clipping(model, optimizer=None) -> list[Finding]:
    """A warning where `optimizer`, by default the one compiled in, trains a recurrent model without joint clipping."""
    if not recurrent_layers_of(model):
        return []
    chosen = keras.optimizers.get(optimizer) if optimizer is not None else getattr(model, "optimizer", None)
    if chosen is None:
        return [note("model", "clipping", "The model is not compiled: its optimizer should have global_clipnorm=1.0.")]
    chosen = getattr(chosen, "inner_optimizer", chosen)
    if isinstance(chosen, keras.optimizers.MultiOptimizer):
        return [
            note("model", "clipping", "MultiOptimizer clips each group of weights by its own optimizer's arguments.")
        ]
    text = _fault(chosen)
    return [warning("model", "clipping", f"{type(chosen).__name__} {text} {_JOINT}")] if text else []


def _fault(optimizer) -> str | None:
    if optimizer.global_clipnorm:
        return None
    if optimizer.clipnorm:
        return f"has clipnorm={optimizer.clipnorm:g}, which clips each weight by itself and so turns the gradient."
    if optimizer.clipvalue:
        return f"has clipvalue={optimizer.clipvalue:g}, which clips each number by itself and so turns the gradient."
    return "does not clip gradients: those of a recurrent model explode now and then."
