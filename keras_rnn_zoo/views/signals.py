"""What tensors of a model are made of, in terms of a graph's nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

import keras


@dataclass(frozen=True)
class Signal:
    """What a tensor is made of: names of nodes, each with where it is taken, `"first"`, `"last"`, `"each"` or `None`."""

    parts: tuple[tuple[str, str | None], ...] = ()
    top: tuple[str, ...] = ()  # Of a stack's output: the states of its top layer, or their sum with what is below.

    def __iter__(self):
        return iter(self.parts)


@dataclass
class Stack:
    """The states of recurrent layers one above the other: `levels` by layer, and what each layer says."""

    levels: list[list[str]] = field(default_factory=list)
    outputs: list[list[str]] = field(default_factory=list)


def label_of(place, layer, shown=None) -> str:
    """`place · class · width`."""
    shape = keras.tree.flatten((shown or layer).output)[0].shape if _is_wired(shown or layer) else ()
    width = getattr(layer, "units", None) or getattr(layer, "output_dim", None) or (shape[-1] if shape else None)
    inner = getattr(layer, "layer", None)
    name = type(inner or layer).__name__
    return " · ".join(str(part) for part in (place, None if name == "Functional" else name, width) if part)


def _is_wired(layer) -> bool:
    try:
        return layer.output is not None
    except AttributeError:
        return False


def state_sizes(layer) -> list:
    """The widths of a recurrent layer's states."""
    return layer.state_size if isinstance(layer.state_size, (list, tuple)) else [layer.state_size]
