"""How much memory a training step needs, measured where nothing else was ever done."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from keras_rnn_zoo.bench.processes import reason, run_side_by_side
from keras_rnn_zoo.bench.speed_case import SpeedCase
from keras_rnn_zoo.errors import ZooError, unknown_name

_STEPS = 5


def memory_of(case: SpeedCase) -> dict:
    """What tracing, compiling and a few training steps add to the resident memory at its peak, for stock and zoo.

    Each is measured in a fresh process. `added_mib`: the peak, less what was resident when Keras was imported, the
    model built and its data drawn; `peak_mib`: the peak of the whole process, libraries and all; `ratio` and
    `process_ratio`: the zoo's over stock's of each. A compiler's own memory counts, which weighs most where the model
    is small.

    Raises:
        ZooError: a process failed.
    """
    found = {way: _in_fresh_process(case, way) for way in ("stock", "zoo")}
    peak = {way: round(one["peak_mib"], 1) for way, one in found.items()}
    added = {way: round(one["peak_mib"] - one["before_mib"], 1) for way, one in found.items()}
    ratio, of_process = (round(mib["zoo"] / mib["stock"], 4) for mib in (added, peak))
    return {"added_mib": added, "peak_mib": peak, "ratio": ratio, "process_ratio": of_process}


def train_and_measure(case: SpeedCase, way: str) -> dict:
    """In the fresh process: the resident memory before any step, and its peak after some.

    Raises:
        ZooError: `way` is neither stock nor zoo.
    """
    from keras_rnn_zoo.bench.compiled_steps import compiled_steps
    from keras_rnn_zoo.bench.speed_models import MODELS, inputs_and_targets

    if way not in MODELS:
        raise unknown_name("way to measure", way, MODELS)
    model = MODELS[way](case)
    data = inputs_and_targets(case, model.output_shape[-1])
    before = _peak_mib(reset=True)
    train, _ = compiled_steps(model, *data)
    for _ in range(_STEPS):
        train(0.0)
    return {"before_mib": before, "peak_mib": _peak_mib()}


def check_memory(device: str):
    """Raises a `ZooError` where memory cannot be measured."""
    if device != "cpu":
        raise ZooError(f"--memory measures a process's resident memory: give it with --device cpu, received {device}.")
    if not Path("/proc/self/clear_refs").exists():
        raise ZooError("--memory reads /proc, which Linux has: leave it out on this system.")


def _in_fresh_process(case, way):
    masked = ["--masked"] if case.masked else []
    command = ["bench", "speed-memory", case.cell, str(case.shape), way, *masked]
    with TemporaryDirectory() as folder:
        log = Path(folder, "log")
        ((_, code),) = run_side_by_side([command], [log], jobs=1)
        if code:
            raise ZooError(f"{case}: the memory of {way} could not be measured: {reason(log, code)}")
        return json.loads(log.read_text(encoding="utf-8").splitlines()[-1])


def _peak_mib(reset=False) -> float:
    """The most that was resident so far, or since a reset; getrusage's figure would begin with the parent's peak."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
