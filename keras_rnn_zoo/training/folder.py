"""A run's folder: built up under another name, resumed if it was left unfinished, renamed when it is whole."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from keras_rnn_zoo.errors import ZooError

NEEDED_FILES = ("model.keras", "config.yaml", "dataset.json", "metrics.json")
_OTHER_FILES = ("checkpoint.npz", "history.csv", "samples.txt", "curves.png")


class RunFolder:
    """The folder that a run writes into; `final` appears only when the run has finished.

    A context: leaving it lets other processes in, and removes the folder of a run that failed before its first
    checkpoint.

    Args:
        final: where the finished run will lie.
    """

    def __init__(self, final):
        self.final = Path(final)
        self.partial = self.final.with_name(self.final.name + ".partial")
        self.checkpoint = self.partial / "checkpoint.npz"
        self._lock = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self._lock is None:
            return
        if self.partial.exists() and not self.checkpoint.exists():
            self._empty()
            (self.partial / ".lock").unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # Something of the user's own lies there.
                self.partial.rmdir()
        self._lock.close()

    def check(self, overwrite: bool):
        """Raises a `ZooError` if something lies there that must not be replaced."""
        if not self.final.exists():
            return
        if not all((self.final / name).is_file() for name in NEEDED_FILES):
            raise ZooError(f"{self.final} is no run's folder, so it is not replaced: choose another --output.")
        if not overwrite:
            raise ZooError(
                f"{self.final} holds a finished run. Add --overwrite to replace it, or choose another --output."
            )

    def open(self, config_text: str, overwrite: bool = False) -> bool:
        """Makes the folder for the run that `config_text` describes; True if an unfinished one is to be resumed.

        Raises:
            ZooError: a finished run lies there and `overwrite` is off, an unfinished run has another configuration, or
                another process is at work on it.
        """
        self.check(overwrite)
        self.partial.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        config_file = self.partial / "config.yaml"
        resumes = config_file.exists() and config_file.read_text(encoding="utf-8") == config_text
        if self.checkpoint.exists() and not resumes and not overwrite:
            raise ZooError(
                f"{self.partial} holds an unfinished run with another configuration. Add --overwrite to discard "
                "it, or choose another --output."
            )
        if not resumes:
            self._empty()
        self.write("config.yaml", config_text)
        return resumes

    def write(self, name: str, text: str):
        """Writes a text file whole."""
        temporary = self.partial / f"{name}.writing"
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, self.partial / name)

    def finish(self):
        """Gives the folder its final name, in place of an earlier run if there is one."""
        replaced = self.final.with_name(self.final.name + ".replaced")
        shutil.rmtree(replaced, ignore_errors=True)
        if self.final.exists():
            os.rename(self.final, replaced)
        os.rename(self.partial, self.final)
        for leftover in (".lock", "checkpoint.npz"):
            (self.final / leftover).unlink(missing_ok=True)
        shutil.rmtree(replaced, ignore_errors=True)

    def _take_lock(self):
        lock = open(self.partial / ".lock", "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise ZooError(
                f"Another process is training in {self.partial}: wait for it, or choose another --output."
            ) from error
        self._lock = lock

    def _empty(self):
        for path in self.partial.iterdir():
            if path.name in NEEDED_FILES + _OTHER_FILES or path.suffix == ".writing":
                path.unlink()
