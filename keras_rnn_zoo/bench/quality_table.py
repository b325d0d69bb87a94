"""The bench's JSON file as a Markdown table."""

from __future__ import annotations

import json
from pathlib import Path

from keras_rnn_zoo.errors import ZooError


def table_of_quality(path) -> list[str]:
    """The lines of a Markdown table: the configurations in the JSON file at `path`, the best first, then the baseline.

    Raises:
        ZooError: the file is missing or damaged.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        metric, base = record["metric"], record["baseline"]
        rows = [_row(row, metric["larger_is_better"]) for row in best_first(record)]
        trivial = f"| {base['name']} (trivial baseline) |  |  | {base['value']:.3f} |  |  |  |"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{path} is no table of keras-rnn-zoo bench quality, or damaged: {error!r}.") from error
    test = f"test {metric['name'].replace('_', ' ')}, mean ± std"
    head = [f"| configuration | cell | parameters | {test} | best seed | runs | published |", "|---" * 7 + "|"]
    return [*head, *rows, trivial]


def best_first(record: dict) -> list[dict]:
    """The rows of a bench's record, sorted by their mean."""
    return sorted(record["rows"], key=lambda row: row["mean"], reverse=record["metric"]["larger_is_better"])


def _row(row: dict, larger_is_better: bool) -> str:
    spread = "" if row["standard_deviation"] is None else f" ± {row['standard_deviation']:.3f}"
    best, seed = (max if larger_is_better else min)(zip(row["test"], row["seeds"]), key=lambda pair: pair[0])
    cells = (
        f"`{row['identity']}`",
        row["cell"] or "",
        f"{row['parameters']:,}",
        f"{row['mean']:.3f}{spread}",
        f"{best:.3f} (seed {seed})",
        f"{len(row['test'])}" + ("" if row["complete"] else " (unfinished)"),
        row["published"] or "",
    )
    return f"| {' | '.join(cells)} |"
