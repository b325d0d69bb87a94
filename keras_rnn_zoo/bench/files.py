"""The files that show a bench's result: replaced as a whole, and only once there is something to show."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from keras_rnn_zoo.errors import ZooError


class BenchFiles:
    """`NAME.json` and, made of it, `NAME.md` in one folder.

    Args:
        folder: where they go.
        name: what they are called.
        command: what makes them.
        table_of: from the JSON file's path to the lines of a Markdown table.
    """

    def __init__(self, folder: Path, name: str, command: str, table_of: Callable[[Path], list[str]]):
        self.folder, self.name, self.command, self.table_of = folder, name, command, table_of

    def path(self, suffix: str) -> Path:
        """The file of that kind."""
        return self.folder / f"{self.name}.{suffix}"

    def table(self) -> list[str]:
        """The table's lines."""
        return self.table_of(self.path("json"))

    def write(self, record: dict):
        """Shows `record` in both."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_whole(self.path("json"), json.dumps(record, indent=2, ensure_ascii=False) + "\n")
        lines = [f"<!-- Made by {self.command} -->", "", *self.table()]
        _write_whole(self.path("md"), "\n".join(lines) + "\n")


def check_name(name: str):
    """Raises a `ZooError` for a name that would lead into another folder."""
    if Path(name).name != name:
        raise ZooError(f"--name {name!r} must be a file's name, without a folder: choose that with --output.")


def _write_whole(path: Path, text: str):
    temporary = path.with_name(f"{path.name}.writing")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
