"""How a task writes: what it does unless told otherwise, and what one call says, checked before anything is written."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

import numpy as np

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.generation.options import Options

_OPTIONS = tuple(inspect.signature(Options).parameters)
_OF_A_BEAM = ("beam_size", "n_best", "length_penalty", "coverage_penalty")
_OF_CHANCE = ("temperature", "top_k", "top_p")
_UNBOUNDED = 2**31 - 1  # Stands for a length that goes by the input.


def said(options: dict | None) -> dict:
    """Of `options` those that say something: no `None`, NumPy's numbers as Python's, ids as a tuple.

    Raises:
        ZooError: it is no dictionary, or has an unknown name.

    >>> said({"beam_size": np.int64(3), "forbidden": [1, 4], "top_k": None})
    {'beam_size': 3, 'forbidden': (1, 4)}
    """
    if not isinstance(options, (dict, type(None))):
        raise ZooError(f"`decoding` should be a dictionary of {', '.join(_OPTIONS)}; received {options!r:.60}.")
    for name in options or {}:
        if name not in _OPTIONS:
            raise unknown_name("option of writing", name, _OPTIONS)
    return {name: _plain(name, value) for name, value in (options or {}).items() if value is not None}


def checked(options: dict | None, drawn: bool = False) -> dict:
    """What `options` say, checked by `generation.Options`.

    Args:
        options: its keywords; without a `max_length` any will do.
        drawn: symbols are drawn by chance where there is neither a `temperature` nor a beam.

    Raises:
        ZooError: an option is unknown, out of range, or goes with no other.
    """
    found = said(options)
    usual = {"temperature": 1.0} if drawn and found.get("beam_size", 1) == 1 else {}
    Options(**{"max_length": _UNBOUNDED} | usual | found)
    if not isinstance(found.get("return_attention", False), bool):
        raise ZooError(f"return_attention must be True or False, received {found['return_attention']!r}.")
    return found


def chosen(own: dict, given: dict) -> dict:
    """A task's `own` options, and the `given` ones of a call before them: a temperature takes the place of a beam, a beam
    that of chance.

    >>> chosen({"beam_size": 4, "n_best": 2}, {"temperature": 0.5, "max_length": 9})
    {'temperature': 0.5, 'max_length': 9}
    """
    given, left_out = said(given), ()
    if given.get("temperature", 0) != 0 or given.get("beam_size") == 1:
        left_out += _OF_A_BEAM
    if given.get("temperature") == 0 or (given.get("beam_size", 1) != 1 and "temperature" not in given):
        left_out += _OF_CHANCE
    return checked({name: value for name, value in own.items() if name not in left_out} | given)


def _plain(name: str, value):
    value = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    is_ids = name == "forbidden" and isinstance(value, Iterable) and not isinstance(value, (str, bytes))
    return tuple(value) if is_ids else value
