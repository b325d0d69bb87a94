"""Checks that loaders share: what an option may be."""

from __future__ import annotations

from importlib import import_module
from numbers import Integral

from keras_rnn_zoo.errors import ZooError, unknown_name


def whole(name: str, value, minimum: int, maximum: int | None = None) -> int:
    """`value` as an `int`, if it is a whole number from `minimum` to `maximum`; otherwise a `ZooError`.

    >>> whole("window", 100, minimum=1)
    100
    """
    fits = isinstance(value, Integral) and not isinstance(value, bool) and value >= minimum
    if not fits or (maximum is not None and value > maximum):
        bounds = f"of at least {minimum:,}" if maximum is None else f"from {minimum:,} to {maximum:,}"
        raise ZooError(f"`{name}` should be a whole number {bounds}, received {value!r}.")
    return int(value)


def one_of(name: str, value, choices) -> str:
    """`value`, if it is one of `choices`; otherwise a `ZooError` that lists them."""
    if value not in tuple(choices):
        raise unknown_name(f"`{name}`", value, choices)
    return value


def distinct_pair(source, target, choices) -> None:
    """Raises a `ZooError` unless `source` and `target` are two different ones of `choices`."""
    if one_of("source", source, choices) == one_of("target", target, choices):
        known = ", ".join(choices)
        raise ZooError(f"`source` and `target` should be two different ones of {known}, received {source!r} twice.")


def extra(module: str):
    """The optional module of that name; a `ZooError` that says what to install if it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        package = {"PIL": "Pillow"}.get(module.split(".")[0], module.split(".")[0])
        install = "pip install 'keras_rnn_zoo[data]'"
        raise ZooError(f"This dataset needs {package}, which is not installed. Run: {install}") from error
