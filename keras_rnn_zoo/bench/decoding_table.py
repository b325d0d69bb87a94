"""The JSON file of `bench decoding` as a Markdown table."""

from __future__ import annotations

import json
from pathlib import Path

from keras_rnn_zoo.errors import ZooError

_HEAD = (
    "model",
    "parameters",
    "batch x symbols",
    "`model.predict` for each symbol, symbols a second",
    "one graph, greedy",
    "times the loop",
    "one graph, beam of 5",
)


def table_of_decoding(path) -> list[str]:
    """The lines of a Markdown table: a row for each model in the JSON file at `path`, and what they were timed on.

    Raises:
        ZooError: the file is missing or damaged.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        rows = [_row(row) for row in record["rows"]]
        told = (
            f"Symbols a second, medians of {record['rounds']} rounds in turn; {record['machine']}; {record['backend']}."
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{path} is no table of keras-rnn-zoo bench decoding, or damaged: {error!r}.") from error
    return [f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|", *rows, "", told]


def _row(row: dict) -> str:
    loop, greedy, beam = (f"{row[way]['symbols_per_second']:,.0f}" for way in ("loop", "greedy", "beam_5"))
    cells = (
        row["model"].replace("_", " "),
        f"{row['parameters']:,}",
        f"{row['batch']} x {row['symbols']}",
        loop,
        greedy,
        f"{row['ratio']:.1f}",
        beam,
    )
    return f"| {' | '.join(cells)} |"
