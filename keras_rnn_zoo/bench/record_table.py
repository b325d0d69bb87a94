"""A bench's JSON file as a Markdown table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from keras_rnn_zoo.errors import ZooError


def table_of_record(path, bench: str, lines_of: Callable[[dict], list[str]]) -> list[str]:
    """What `lines_of` makes of the record in the JSON file at `path`.

    Raises:
        ZooError: the file is missing or damaged; `bench` is the command that makes it.
    """
    try:
        return lines_of(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{path} is no table of keras-rnn-zoo bench {bench}, or damaged: {error!r}.") from error


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table: its head, and a line for each row's cells.

    >>> markdown_table(["cell", "ms"], [["lstm", "9.2"]])
    ['| cell | ms |', '|---|---|', '| lstm | 9.2 |']
    """
    return [_line(head), "|---" * len(head) + "|", *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
