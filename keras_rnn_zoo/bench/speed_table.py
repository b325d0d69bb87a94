"""The JSON file of `bench speed` as a Markdown table."""

from __future__ import annotations

import json
from pathlib import Path

from keras_rnn_zoo.bench.speed_shape import SpeedShape
from keras_rnn_zoo.errors import ZooError


def table_of_speed(path) -> list[str]:
    """The lines of a Markdown table: a row for each cell and shape in the JSON file at `path`, in its order.

    Raises:
        ZooError: the file is missing or damaged.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        rows = [_row(row) for row in record["rows"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{path} is no table of keras-rnn-zoo bench speed, or damaged: {error!r}.") from error
    head = (
        "cell",
        f"shape: {', '.join(SpeedShape._fields)}",
        "training, times stock",
        "inference, times stock",
        "training, ms",
        "inference, ms",
    )
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows]


def _row(row: dict) -> str:
    training, inference = row["training"], row["inference"]
    cells = (
        row["cell"],
        str(SpeedShape(*row["shape"])),
        f"{training['ratio']:.2f}",
        f"{inference['ratio']:.2f}",
        f"{training['zoo_ms']:.2f}",
        f"{inference['zoo_ms']:.2f}",
    )
    return f"| {' | '.join(cells)} |"
