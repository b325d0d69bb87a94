"""What the fine-tuning bench has measured so far, as the content of its JSON file."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

from keras_rnn_zoo.bench.fine_tuning_transfer import ARMS, Transfer
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import parse


class Figure(NamedTuple):
    """What one accuracy belongs to.

    Attributes:
        transfer: its name. arm: one of `ARMS`. labels: how many were trained on. seed: of their choice, of new weights, and
            of the order of the batches.
    """

    transfer: str
    arm: str
    labels: int
    seed: int

    def __str__(self):
        return f"{self.transfer}, {self.arm}, {self.labels} labels, seed {self.seed}"


def planned_figures(transfers: dict[str, Transfer], seeds: list[int]) -> list[Figure]:
    """All figures, in the order of the table; a model that can answer already is measured once without a label."""
    figures = []
    for name, transfer in transfers.items():
        if transfer.pooling is None:
            figures.append(Figure(name, ARMS[0], 0, transfer.config.training.seed))
        figures += [Figure(name, arm, count, seed) for count in transfer.labels for arm in ARMS for seed in seeds]
    return figures


def about(transfers: dict[str, Transfer], split: str, circumstances: dict) -> dict:
    """What must be the same for figures to stand in one table."""
    of_all = {"split": split} | {key: circumstances[key] for key in ("machine", "versions", "backend")}
    return of_all | {"transfers": [_about(name, transfer, split) for name, transfer in transfers.items()]}


def record_of(command: str, about_all: dict, figures: dict[Figure, float]) -> dict:
    """The content of the JSON file."""
    rows = [_row(key, list(group)) for key, group in groupby(figures.items(), key=lambda item: item[0][:3])]
    return {"command": command, **about_all, "rows": rows}


def read_figures(path: Path, about_all: dict, planned: list[Figure]) -> dict[Figure, float]:
    """The figures in an earlier JSON file of the same bench, none if there is no file.

    Raises:
        ZooError: the file is damaged, was measured otherwise, or holds figures that are not among `planned`.
    """
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        found = {figure: accuracy for row in record["rows"] for figure, accuracy in _figures(row)}
        there, here = _comparable(record), _comparable(json.loads(json.dumps(about_all)))
        differing = [key for key in about_all if there[key] != here[key]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{path} is no file of keras-rnn-zoo bench fine-tuning, or damaged: {error!r}.") from error
    if differing:
        raise ZooError(f"{path} was measured otherwise ({', '.join(differing)}): remove it, or choose another --name.")
    surplus = [figure for figure in found if figure not in planned]
    if surplus:
        raise ZooError(f"{path} holds more than is asked for ({surplus[0]}): ask for it too, or choose another --name.")
    return {figure: found[figure] for figure in planned if figure in found}


def _about(name: str, transfer: Transfer, split: str) -> dict:
    data = transfer.labelled
    base = objectives.baseline_of(data, getattr(data, split))
    return {
        "name": name,
        "title": transfer.title,
        "unit": transfer.unit,
        "scored": len(getattr(data, split)),
        "baseline": {"name": base["name"], "accuracy": base["accuracy"]},
        **transfer.settings(),
    }


def _comparable(about_all: dict) -> dict:
    """With the configurations read anew: keys that they have gained since stand at their defaults."""
    transfers = [one | {"config": parse(one["config"])} for one in about_all["transfers"]]
    return about_all | {"transfers": transfers}


def _row(key: tuple, items: list[tuple[Figure, float]]) -> dict:
    accuracy = [value for _, value in items]
    return {
        **dict(zip(("transfer", "arm", "labels"), key, strict=True)),
        "seeds": [figure.seed for figure, _ in items],
        "accuracy": accuracy,
        "mean": fmean(accuracy),
        "standard_deviation": stdev(accuracy) if len(accuracy) > 1 else None,
    }


def _figures(row: dict):
    for seed, accuracy in zip(row["seeds"], row["accuracy"], strict=True):
        yield Figure(row["transfer"], row["arm"], row["labels"], seed), accuracy
