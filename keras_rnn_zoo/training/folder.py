"""A run's folder: built up under another name, resumed if it was left unfinished, renamed when it is whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from keras_rnn_zoo.errors import ZooError


class RunFolder:
    """The folder that a run writes into; `final` appears only when the run has finished.

    Args:
        final: where the finished run will lie.
    """

    def __init__(self, final):
        self.final = Path(final)
        self.partial = self.final.with_name(self.final.name + ".partial")
        self._lock = None

    def check(self, overwrite: bool):
        """Raises a `ZooError` if something finished lies there that must not be replaced."""
        if self.final.exists() and not overwrite:
            raise ZooError(
                f"{self.final} holds a finished run. Add --overwrite to replace it, or choose another --output."
            )
        if self.final.exists() and not (self.final / "config.yaml").is_file():
            raise ZooError(f"{self.final} is no run's folder, so it is not replaced: choose another --output.")

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
        if config_file.exists() and not resumes:
            if not overwrite:
                raise ZooError(
                    f"{self.partial} holds an unfinished run with another configuration. Add --overwrite to discard "
                    "it, or choose another --output."
                )
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
        self._lock.close()
        for leftover in (".lock", "checkpoint.npz"):
            (self.partial / leftover).unlink(missing_ok=True)
        replaced = self.final.with_name(self.final.name + ".replaced")
        shutil.rmtree(replaced, ignore_errors=True)
        if self.final.exists():
            os.rename(self.final, replaced)
        os.rename(self.partial, self.final)
        shutil.rmtree(replaced, ignore_errors=True)

    def _take_lock(self):
        self._lock = open(self.partial / ".lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ZooError(
                f"Another process is training in {self.partial}: wait for it, or choose another --output."
            ) from error

    def _empty(self):
        for path in self.partial.iterdir():
            if path.name != ".lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
