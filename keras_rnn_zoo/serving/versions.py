"""Versions of a served model: `<base>/<whole number>/`, each whole from the moment it has its name."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from keras_rnn_zoo.errors import ZooError

_PARTIAL = re.compile(r"\.writing-(\d+)-\d+-(.+)")
_MOST = 2**63 - 1
_count = itertools.count()


@dataclass
class NewVersion:
    """A version that is being written.

    Attributes:
        partial: the folder to be filled.
        folder: what it has become, once it is whole.
    """

    partial: Path
    folder: Path | None = None


@contextmanager
def new_version(base, version: int | None = None) -> Iterator[NewVersion]:
    """A folder to be filled, which becomes a version when the block ends well; otherwise nothing is left of it.

    TensorFlow Serving looks at folders whose name is a whole number alone, so nobody sees a version before it is whole.

    Args:
        base: the folder of the model's versions, made where it is missing.
        version: its number; by default the next that is free at the end.

    Raises:
        ZooError: the version is there already or no whole number, or `base` is no folder.
    """
    base = Path(base)
    _target(base, version)  # Wrong input ends here, before anything is written.
    is_new = not base.exists()
    base.mkdir(parents=True, exist_ok=True)
    _clear_dead(base)
    new = NewVersion(base / f".writing-{os.getpid()}-{next(_count)}-{socket.gethostname()}")
    new.partial.mkdir()
    try:
        yield new
        new.folder = _named(new.partial, base, version)
    finally:
        shutil.rmtree(new.partial, ignore_errors=True)
        if is_new and new.folder is None:
            with suppress(OSError):  # Another export has written a version meanwhile.
                base.rmdir()


def versions_of(base: Path) -> list[int]:
    """The versions in `base`, in rising order."""
    return sorted(int(path.name) for path in base.iterdir() if path.name.isdecimal()) if base.is_dir() else []


def _named(partial: Path, base: Path, version: int | None) -> Path:
    """`partial` as a version; where another export took the next number meanwhile, by the one after it."""
    while True:
        target = _target(base, version)
        try:
            os.rename(partial, target)
            return target
        except OSError:
            if not target.exists():
                raise


def _target(base: Path, version: int | None) -> Path:
    if base.exists() and not base.is_dir():
        raise ZooError(f"{base} should be the folder of a model's versions, and is a file: choose another.")
    if version is None:
        return base / str(max(versions_of(base), default=0) + 1)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= _MOST:
        raise ZooError(f"version should be a whole number of at least 1, received {version!r}.")
    if version in versions_of(base):
        raise ZooError(
            f"{base / str(version)} is there already, and a version is never replaced: leave out `version` (--version)."
        )
    return base / str(version)


def _clear_dead(base: Path) -> None:
    """Removes what processes of this machine that were killed have left."""
    for path in base.iterdir():
        found = _PARTIAL.fullmatch(path.name)
        if found and found[2] == socket.gethostname() and not _runs(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
