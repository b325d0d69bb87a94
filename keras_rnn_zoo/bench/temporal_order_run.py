"""One run of the temporal order bench: trained by `fit` on fresh sequences, stopped and resumed at will."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_rnn_zoo.bench.fresh_batches import FreshBatches
from keras_rnn_zoo.bench.temporal_order_setting import BATCH, Setting
from keras_rnn_zoo.errors import ZooError

_UPDATES_BETWEEN_CHECKS = 2000
_GLANCE, _TEST = 1_000, 10_000
_CLOSE = 0.02  # at a glance; from here on the whole test is taken
SOLVED = 0.01
_TRAINING, _TESTING, _AFTERWARDS = range(3)
FIELDS = ("updates", "loss", "share_wrong", "sequences", "spectral_radius")


@dataclass(frozen=True)
class Stop:
    """When a run ends, and what is asked of its best network then.

    Attributes:
        updates: the budget. below: a share wrong of 10,000 fresh sequences that is good enough; negative: none is.
        test_lengths: on which lengths the best network is tested.
    """

    updates: int
    below: float
    test_lengths: tuple[int, ...]


@dataclass(frozen=True)
class TemporalOrderRun:
    """A setting and the folder below which it lies."""

    setting: Setting
    root: Path

    @property
    def folder(self) -> Path:
        """Where checkpoint, curve, result and model lie."""
        return self.root / self.setting.identity

    @property
    def log(self) -> Path:
        """What the run printed."""
        return self.folder / "log.txt"

    def result(self, stop: Stop) -> dict | None:
        """What came out, if the run has ended by `stop` and was tested as it asks."""
        path = self.folder / "result.json"
        if not path.exists():
            return None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            self._check_same(found["setting"])
            tested = {int(length) for length in found["share_wrong_at"]}
            ended = _ending(found["last"], found["best"], stop) is not None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ZooError(f"{path} is damaged ({error!r}): remove {self.folder} to run it again.") from error
        return found if ended and tested >= set(stop.test_lengths) else None

    def curve(self) -> list[tuple[float, float, float]]:
        """Updates, share wrong and spectral radius at each check."""
        rows = [line.split(",") for line in (self.folder / "curve.csv").read_text(encoding="utf-8").splitlines()[1:]]
        return [(float(row[0]), float(row[2]), float(row[4])) for row in rows]

    def train(self, stop: Stop, say) -> dict:
        """Trains until `stop` says so, or the loss is no number, and writes `result.json`.

        Goes on from the last check where an earlier run of this setting was interrupted or stopped sooner.
        """
        from keras_rnn_zoo.bench.temporal_order_model import temporal_order_model

        self.folder.mkdir(parents=True, exist_ok=True)
        model = temporal_order_model(self.setting)
        state = _State.read(self.folder / "checkpoint.npz", self) or _State.fresh(model)
        state.restore(model)
        while not (state.curve and _ending(state.curve[-1], state.best, stop)):
            started = time.monotonic()
            self._check(model, state, min(_UPDATES_BETWEEN_CHECKS, stop.updates - state.updates))
            state.seconds += time.monotonic() - started
            state.write(self.folder / "checkpoint.npz", model, self)
            _write_curve(self.folder / "curve.csv", state.curve)
            say(_line(self.setting, state))
        return self._finish(model, state, stop)

    def _check(self, model, state, count):
        from keras_rnn_zoo.bench.temporal_order_model import recurrent_kernel, share_wrong, spectral_radius

        setting, first = self.setting, state.updates
        batches = FreshBatches((setting.seed, _TRAINING), first, count, BATCH, setting.lengths)
        loss = model.fit(batches.for_fit(), verbose=0, shuffle=False).history["loss"][0]
        state.updates += count
        sequences, seed = _GLANCE, (setting.seed, _TESTING, state.updates)
        wrong = share_wrong(model, seed, setting.lengths, sequences)
        if wrong < _CLOSE:
            sequences = _TEST
            wrong = share_wrong(model, seed, setting.lengths, sequences)
        radius = spectral_radius(recurrent_kernel(model))
        state.add(dict(zip(FIELDS, (state.updates, loss, wrong, sequences, radius), strict=True)), model)

    def _finish(self, model, state, stop) -> dict:
        from keras_rnn_zoo.bench.temporal_order_model import share_wrong

        model.set_weights(state.best_weights)
        model.save(self.folder / "model.keras")
        seed = (self.setting.seed, _AFTERWARDS)
        whole = [row for row in state.curve if row["sequences"] == _TEST and row["share_wrong"] < SOLVED]
        result = {
            "setting": self.setting.as_dict(),
            "ended": _ending(state.curve[-1], state.best, stop),
            "updates": state.updates,
            "solved_at": whole[0]["updates"] if whole else None,
            "best": state.best,
            "last": state.curve[-1],
            "seconds": state.seconds,
            "share_wrong_at": {str(n): share_wrong(model, (*seed, n), (n, n + 1), _TEST) for n in stop.test_lengths},
        }
        _write_whole(self.folder / "result.json", json.dumps(result, indent=2).encode())
        return result

    def _check_same(self, found: dict):
        if found != self.setting.as_dict():
            raise ZooError(f"{self.folder} holds a run of other settings ({found}): choose another --root.")


@dataclass
class _State:
    """Where a run stands: all that the next update depends on, and the best so far."""

    updates: int
    seconds: float
    curve: list[dict]
    weights: list[np.ndarray]
    best_weights: list[np.ndarray]
    best: dict | None

    @classmethod
    def fresh(cls, model):
        return cls(0, 0.0, [], model.get_weights(), model.get_weights(), None)

    @classmethod
    def read(cls, path, run):
        if not path.exists():
            return None
        try:
            with np.load(path) as arrays:
                about = json.loads(str(arrays["about"]))
                count = about.pop("arrays")
                groups = [[arrays[f"{group}_{n}"] for n in range(count)] for group in ("now", "best")]
        except (OSError, ValueError, EOFError, KeyError) as error:
            raise ZooError(f"{path} cannot be read ({error!r}): remove {path.parent} to run it again.") from error
        run._check_same(about.pop("setting"))
        return cls(about["updates"], about["seconds"], about["curve"], *groups, about["best"])

    def restore(self, model):
        model.set_weights(self.weights)

    def add(self, row, model):
        self.curve.append(row)
        if np.isfinite(row["loss"]) and (self.best is None or row["share_wrong"] <= self.best["share_wrong"]):
            self.best, self.best_weights = row, model.get_weights()

    def write(self, path, model, run):
        groups = {"now": model.get_weights(), "best": self.best_weights}
        arrays = {f"{group}_{n}": value for group, values in groups.items() for n, value in enumerate(values)}
        about = {name: getattr(self, name) for name in ("updates", "seconds", "curve", "best")}
        about |= {"setting": run.setting.as_dict(), "arrays": len(groups["now"])}
        temporary = path.with_suffix(".writing")
        with open(temporary, "wb") as file:
            np.savez(file, about=json.dumps(about), **arrays)
        os.replace(temporary, path)


def _ending(last, best, stop) -> str | None:
    """Why a run ends after the check `last`, if it does."""
    if not np.isfinite(last["loss"]):
        return "exploded"
    if best and best["sequences"] == _TEST and best["share_wrong"] <= stop.below:
        return "good enough"
    return "budget" if last["updates"] >= stop.updates else None


def _line(setting, state) -> str:
    row = state.curve[-1]
    rate = state.seconds / max(state.updates, 1)
    return (
        f"{setting.identity}: {row['updates']:,} updates, loss {row['loss']:.4f}, {row['share_wrong']:.2%} of "
        f"{row['sequences']:,} wrong, spectral radius {row['spectral_radius']:.2f}, {1000 * rate:.1f} ms an update"
    )


def _write_curve(path, curve):
    lines = [",".join(FIELDS), *(",".join(f"{row[name]:.8g}" for name in FIELDS) for row in curve)]
    _write_whole(path, ("\n".join(lines) + "\n").encode())


def _write_whole(path, content: bytes):
    temporary = path.with_suffix(path.suffix + ".writing")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def write_curves(curves, path):
    """The curves of all runs as one CSV file."""
    lines = ["run,updates,share_wrong,spectral_radius"]
    lines += [f"{name},{u:.0f},{w:.6g},{r:.6g}" for name, points in curves.items() for u, w, r in points]
    _write_whole(path, ("\n".join(lines) + "\n").encode())
