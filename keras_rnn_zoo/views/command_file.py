"""Numbers that a command wrote, with the command."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path


def write_csv(path: Path, command: str, rows: Sequence[dict]):
    """Writes `rows`, dictionaries with the same keys, as a CSV file whose first line names the command that made it.

    Floating-point numbers are written with six significant digits.
    """
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(f"# {command}\n")
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _short(value) for name, value in row.items()} for row in rows)


def _short(value):
    return f"{value:.6g}" if isinstance(value, float) else value
