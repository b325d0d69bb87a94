"""Commands of this package in fresh processes, some at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_SECONDS_BETWEEN_LOOKS = 0.2


def run_side_by_side(commands: list[list[str]], logs: list[Path], jobs: int) -> Iterator[tuple[int, int]]:
    """Runs each of `commands`, `jobs` at once, and yields the number and the exit code of each as it ends.

    A command is the arguments of `keras-rnn-zoo`; what it prints goes to the file of the same number in `logs`. Whoever
    stops iterating ends those still at work.
    """
    waiting, at_work = list(range(len(commands))), {}
    try:
        while waiting or at_work:
            while waiting and len(at_work) < jobs:
                number = waiting.pop(0)
                at_work[number] = _start(commands[number], logs[number])
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            for number in [number for number, process in at_work.items() if process.poll() is not None]:
                yield number, at_work.pop(number).returncode
    finally:
        _end(at_work.values())


def reason(log: Path, code: int) -> str:
    """Why the command that wrote `log` ended with `code`: its error message, else the last thing it said."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    said = (errors or lines or ["it printed nothing"])[-1]
    return f"ended by signal {-code}, last words: {said}" if code < 0 else said


def _start(arguments: list[str], log: Path) -> subprocess.Popen:
    log.parent.mkdir(parents=True, exist_ok=True)
    # The child finds modules where this process does, in a checkout as well as installed, whatever folder it runs in.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path)}
    command = [sys.executable, "-P", "-m", "keras_rnn_zoo.cli", *arguments]
    with open(log, "wb") as file:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=environment
        )


def _end(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()
