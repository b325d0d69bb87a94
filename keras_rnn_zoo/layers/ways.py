"""The ways to run a cell along time, and the rule that chooses one."""

from typing import NamedTuple

import keras

from keras_rnn_zoo.cells.cell import speaks_for_the_step
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.layers import own_backward

WAYS = ("loop", "own_backward", "compiled", "shards", "scan")


class Way(NamedTuple):
    """One of `WAYS`, and what decided for it, in a word that `explanation.kernel` spells out."""

    name: str
    why: str


def checked_way(way):
    """`way` if it is one of `WAYS` or `None`.

    Raises:
        ZooError: it is not.
    """
    if way is not None and way not in WAYS:
        raise unknown_name("way", way, WAYS)
    return way


def asked_for(way, cell, hindrance) -> Way:
    """The way that the user wants.

    Args:
        way: of `WAYS`.
        cell: the cell that is to run.
        hindrance: what keeps the call in Keras's loop, or `None`.

    Raises:
        ZooError: the call cannot go it.
    """
    possible = {"loop": True, "scan": can_scan(cell)}.get(way, own_backward.can_run(cell))
    if way != "loop" and (hindrance or not possible):
        lacks = (
            "a scan" if way == "scan" else "stated linear maps (states_linear_maps) for this step and all its weights"
        )
        backend = keras.backend.backend()
        absent = way != "scan" and backend not in own_backward.BACKENDS
        why = hindrance or (f"the backend {backend}" if absent else f"the cell, which has not {lacks}")
        raise ZooError(f"way={way!r} is not possible because of {why}: leave it out, or take 'loop'.")
    return Way(way, "way")


def chosen(cell, training: bool, gpu: bool) -> Way:
    """The way that is fastest for a cell without hindrances.

    On TensorFlow on a CPU, halves of the batch were faster in training for every cell and size that `keras-rnn-zoo bench speed`
    measures, scans included; everywhere else the steps of a scan run in parallel.

    Args:
        cell: the built cell.
        training: whether the call is one in training.
        gpu: whether it runs on a GPU.
    """
    on_cpu = keras.backend.backend() == "tensorflow" and not gpu
    if can_scan(cell) and not on_cpu:
        return Way("scan", "scan")
    if not training:
        return Way("loop", "inference")
    if not own_backward.can_run(cell):
        return Way("loop", "cell")
    return Way("shards", "cpu") if on_cpu else Way("own_backward", "device")


def can_scan(cell) -> bool:
    """Whether the cell's steps can run as one scan."""
    return hasattr(cell, "scan") and speaks_for_the_step(cell, "coefficients")
