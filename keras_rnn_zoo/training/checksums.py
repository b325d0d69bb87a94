"""Whether a folder's files are what was put into it: against accidents, not against malice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from keras_rnn_zoo.errors import ZooError

FILE = "checksums.json"


def write_checksums(folder: Path) -> None:
    """Writes the sha256 of every other file in `folder` into `checksums.json`."""
    sums = {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.name != FILE}
    (folder / FILE).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def verify_checksums(folder: Path) -> None:
    """Raises a `ZooError` that names the files in `folder` that are missing, altered or cut off."""
    try:
        sums = dict(json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ZooError(f"{folder} is no whole preset: its {FILE} cannot be read ({error}). Fetch it anew.") from error
    wrong = [name for name, value in sums.items() if not _holds(folder / name, value)]
    if wrong:
        raise ZooError(
            f"{folder} is damaged: {', '.join(wrong)} missing or not what was saved. Fetch it anew, or, if you changed it "
            f"yourself, delete its {FILE}."
        )


def _holds(path: Path, value: str) -> bool:
    return path.is_file() and _sha256(path) == value


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
