"""Everything the rest of a run depends on, kept once an epoch, so that a killed run goes on as if nothing had been."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError

_STATE_OF = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
}


class Checkpoint(keras.callbacks.Callback):
    """Saves after each epoch: weights, seeds, the optimizer's variables, the other callbacks' state and the history.

    `keras.callbacks.BackupAndRestore` keeps weights and epoch only. The order of the examples depends on seed and epoch
    alone (`SequenceBatcher.set_epoch`), so nothing of it needs keeping. The file is written beside the old one and
    replaces it at once: there is always a whole one.

    Args:
        path: the file, `.npz`.
        data: the digest of the examples, see `digest_of`: with others a run is not gone on with.
        callbacks: those whose state is kept (early stopping, learning rate); give this callback to `fit` after them.
    """

    def __init__(self, path, callbacks=(), data=""):
        super().__init__()
        self.path, self.data = Path(path), data
        self.kept = [callback for callback in callbacks if type(callback) in _STATE_OF]
        self.history: list[dict] = []
        self.stopped = False
        self._callbacks_state = None

    @property
    def epochs_done(self) -> int:
        return len(self.history)

    def restore(self, model):
        """Puts `model` back as the file has it; does nothing where there is no file. The model is compiled."""
        if not self.path.exists():
            return
        try:
            with np.load(self.path) as arrays:
                state = {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ZooError(
                f"The checkpoint {self.path} cannot be read ({error}): delete {self.path.parent} to start again."
            ) from error
        about = json.loads(str(state.pop("about")))
        self._check(about.get("data", self.data) == self.data)
        self.history, self.stopped, self._callbacks_state = about["history"], about["stopped"], about["callbacks"]
        for callback, saved in zip(self.kept, self._callbacks_state, strict=True):
            saved["best_weights"] = _group(state, f"best_weights_{self.kept.index(callback)}")
        model.optimizer.build(model.trainable_variables)
        self._assign(model.variables, _group(state, "model"))
        self._assign(model.optimizer.variables, _group(state, "optimizer"))

    def _assign(self, variables, values):
        self._check([tuple(variable.shape) for variable in variables] == [value.shape for value in values])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def _check(self, is_of_this_run: bool):
        if not is_of_this_run:
            raise ZooError(
                f"{self.path.parent} holds an unfinished run of another model, or of other data than is there now: delete that "
                "folder to start again, or choose another --output."
            )

    def on_train_begin(self, logs=None):
        if self._callbacks_state is None:
            return
        for callback, saved in zip(self.kept, self._callbacks_state, strict=True):
            for name in _STATE_OF[type(callback)]:
                setattr(callback, name, saved[name])
            if saved["best_weights"]:
                callback.best_weights = saved["best_weights"]

    def on_epoch_end(self, epoch, logs=None):
        self.history.append({"epoch": epoch + 1, **{name: float(value) for name, value in (logs or {}).items()}})
        self.stopped = bool(self.model.stop_training)
        self._save()

    def _save(self):
        arrays = _named("model", self.model.variables) | _named("optimizer", self.model.optimizer.variables)
        about = {"history": self.history, "stopped": self.stopped, "callbacks": [], "data": self.data}
        for number, callback in enumerate(self.kept):
            about["callbacks"].append({name: _plain(getattr(callback, name)) for name in _STATE_OF[type(callback)]})
            arrays |= _named(f"best_weights_{number}", getattr(callback, "best_weights", None) or [])
        temporary = self.path.with_suffix(".writing")
        with open(temporary, "wb") as file:
            np.savez(file, about=json.dumps(about), **arrays)
        os.replace(temporary, self.path)


def _named(group, variables) -> dict[str, np.ndarray]:
    return {f"{group}/{number}": keras.ops.convert_to_numpy(value) for number, value in enumerate(variables)}


def _group(state, group) -> list[np.ndarray]:
    count = sum(name.startswith(f"{group}/") for name in state)
    return [state[f"{group}/{number}"] for number in range(count)]


def _plain(value):
    return float(value) if isinstance(value, (np.floating, np.ndarray)) else value
