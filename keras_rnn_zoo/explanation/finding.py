"""One thing that `explain` has found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found of one layer.

    Attributes:
        layer: its path in the model, or `"model"`.
        subject: what it is about: `"kernel"`, `"mask"`, `"padding"`, `"clipping"`, `"dtype"`, or an argument's name.
        level: `"note"`, or `"warning"` where something should be changed.
        text: what happens, why, and what to change.
    """

    layer: str
    subject: str
    level: str
    text: str


def note(layer: str, subject: str, text: str) -> Finding:
    """A `Finding` that is good to know."""
    return Finding(layer, subject, "note", text)


def warning(layer: str, subject: str, text: str) -> Finding:
    """A `Finding` that asks for a change."""
    return Finding(layer, subject, "warning", text)
