"""Two functions timed in turn, so that whatever else the machine does meets both."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from statistics import median

SECONDS_A_TIMING = 0.15


def time_in_turn(stock: Callable, zoo: Callable, rounds: int, batch: int) -> dict:
    """Medians over `rounds`, in each of which `stock` is timed and then `zoo`; a ratio above 1: `zoo` is faster.

    Both process `batch` sequences a call; each timing repeats the call until it is long enough to be read off the clock.
    """
    repeats = [_repeats(step) for step in (stock, zoo)]
    times = [[_seconds(step, often) for step, often in zip((stock, zoo), repeats)] for _ in range(rounds)]
    ratios = [of_stock / of_zoo for of_stock, of_zoo in times]
    of_stock, of_zoo = (median(column) for column in zip(*times))
    return {
        "stock_ms": round(1000 * of_stock, 4),
        "zoo_ms": round(1000 * of_zoo, 4),
        "ratio": round(median(ratios), 4),
        "ratios": [round(ratio, 4) for ratio in ratios],
        "stock_sequences_per_second": round(batch / of_stock, 1),
        "zoo_sequences_per_second": round(batch / of_zoo, 1),
    }


def _repeats(step: Callable) -> int:
    step()  # compiles
    return max(1, math.ceil(SECONDS_A_TIMING / min(_seconds(step, 1) for _ in range(2))))


def _seconds(step: Callable, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        step()
    return (time.perf_counter() - start) / repeats
