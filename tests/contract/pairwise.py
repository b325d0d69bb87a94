"""Few combinations that contain every pair of settings."""

from itertools import combinations, product


def pairwise(factors: dict[str, tuple], allowed=lambda case: True) -> list[dict]:
    """Cases in which every allowed pair of values of two factors occurs at least once (greedy)."""
    names = list(factors)
    every = [case for values in product(*factors.values()) if allowed(case := dict(zip(names, values)))]
    missing = set().union(*(_pairs(case) for case in every))
    chosen = []
    while missing:
        best = max(every, key=lambda case: len(_pairs(case) & missing))
        chosen.append(best)
        missing -= _pairs(best)
    return chosen


def _pairs(case):
    return set(combinations(case.items(), 2))
