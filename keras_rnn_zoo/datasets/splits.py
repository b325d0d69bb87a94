"""Which example goes to which split: seeded, disjoint, and the same on every machine."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from keras_rnn_zoo.errors import ZooError

SPLITS = ("train", "validation", "test")


def stratified(labels, seed: int, share: float = 0.1) -> dict[str, np.ndarray]:
    """Indices of the three splits, each with the labels in the proportion of the whole.

    Args:
        labels: `(examples,)`.
        seed: of the shuffle.
        share: of the validation split, and of the test split; the rest is trained on.

    >>> {name: len(indices) for name, indices in stratified([0] * 50 + [1] * 50, seed=0).items()}
    {'train': 80, 'validation': 10, 'test': 10}
    """
    rng, labels = np.random.default_rng(seed), np.asarray(labels)
    parts = {name: [] for name in SPLITS}
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        held = round(share * len(members))
        for name, chosen in zip(SPLITS, np.split(members[::-1], [len(members) - 2 * held, len(members) - held])):
            parts[name].append(chosen)
    return {name: rng.permutation(np.concatenate(chosen)) for name, chosen in parts.items()}


def numbers(limit: int, seed: int, always: Sequence[int] = (), share: float = 0.1) -> dict[str, np.ndarray]:
    """The numbers 0 to `limit` - 1 in three splits, those of `always` being trained on.

    >>> [len(split) for split in numbers(1000, seed=0, always=range(21)).values()]
    [800, 100, 100]
    """
    rng, held = np.random.default_rng(seed), round(share * limit)
    kept = np.array([n for n in always if n < limit], dtype=int)
    free = rng.permutation(np.setdiff1d(np.arange(limit), kept))
    if len(free) < 2 * held:
        raise ZooError(f"`limit` should leave {2 * held} numbers to hold out, received {limit}: it leaves {len(free)}.")
    train = rng.permutation(np.concatenate([kept, free[2 * held :]]))
    return {"train": train, "validation": free[:held], "test": free[held : 2 * held]}


def grouped(groups: Sequence[int], seed: int, share: float = 0.05) -> dict[str, np.ndarray]:
    """Indices of the three splits, with no group in two of them.

    The groups are dealt in a shuffled order; one too large for what is left of a held-out split is trained on.

    Args:
        groups: `(examples,)`, the group of each.
        seed: of the shuffle.
        share: of the validation split, and of the test split, at most.
    """
    rng, groups = np.random.default_rng(seed), np.asarray(groups)
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    room = {"test": int(share * len(groups)), "validation": int(share * len(groups)), "train": len(groups)}
    parts = {name: [] for name in SPLITS}
    for i in rng.permutation(len(members)):
        name = next(name for name in room if room[name] >= len(members[i]))
        room[name] -= len(members[i])
        parts[name].append(members[i])
    return {name: rng.permutation(np.concatenate(chosen or [np.empty(0, int)])) for name, chosen in parts.items()}


def connected(pairs: Sequence[tuple[Hashable, Hashable]]) -> np.ndarray:
    """The connected group `(pairs,)` of each pair: pairs that share a side are in one group (union-find).

    >>> connected([("hi", "selam"), ("hi", "merhaba"), ("hello", "merhaba"), ("run", "koş")]).tolist()
    [0, 0, 0, 3]
    """
    parent = list(range(len(pairs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict = {}
    for i, sides in enumerate(pairs):
        for side in enumerate(sides):
            a, b = root(first.setdefault(side, i)), root(i)
            parent[max(a, b)] = min(a, b)
    return np.array([root(i) for i in range(len(pairs))], dtype=int)
