"""Functions timed in turn, so that whatever else the machine does meets all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from statistics import median

SECONDS_A_TIMING = 0.15


def times_in_turn(ways: dict[str, Callable | None], rounds: int) -> dict:
    """Medians over `rounds`, in each of which all ways are timed, one after the other.

    Each timing repeats the call until it is long enough to be read off the clock. Each figure stands by the way's name, `None`
    where there is no such way; a ratio, round by round, is the first way's time over another's: above 1 the other is faster.
    """
    timed = {name: step for name, step in ways.items() if step}
    columns = dict(zip(timed, zip(*in_turn(list(timed.values()), rounds))))
    first, *others = ways
    ratios = {name: _ratios(columns[first], columns.get(name)) for name in others}
    seconds = {name: median(columns[name]) if name in columns else None for name in ways}
    return {
        "ms": {name: taken and round(1000 * taken, 4) for name, taken in seconds.items()},
        "ratio": {name: found and round(median(found), 4) for name, found in ratios.items()},
        "ratios": ratios,
    }


def _ratios(first, column):
    return column and [round(one / other, 4) for one, other in zip(first, column)]


def in_turn(steps: Sequence[Callable], rounds: int) -> list[list[float]]:
    """The seconds of a call of each of `steps`, one after the other, `rounds` times."""
    repeats = [_repeats(step) for step in steps]
    return [[_seconds(step, often) for step, often in zip(steps, repeats)] for _ in range(rounds)]


def _repeats(step: Callable) -> int:
    step()  # compiles
    return max(1, math.ceil(SECONDS_A_TIMING / min(_seconds(step, 1) for _ in range(2))))


def _seconds(step: Callable, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        step()
    return (time.perf_counter() - start) / repeats
