"""What a person sees while a model trains."""

from __future__ import annotations

import time

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_NOT_SCORES = ("learning_rate", "seconds")


class TrainingProgress(keras.callbacks.Callback):
    """A bar with loss, rate and time left on a terminal; elsewhere one plain line an epoch.

    Args:
        epochs: how many there are at most.
        console: where to write; standard output by default.
    """

    _SECONDS_BETWEEN_PLAIN_LINES = 30

    def __init__(self, epochs: int, console: Console | None = None):
        super().__init__()
        self.epochs = epochs
        self.console = console or Console(highlight=False)
        self._bar = None
        self._durations = []

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._started, self._spoke = epoch + 1, time.monotonic(), time.monotonic()
        if self.console.is_terminal:
            self._bar = Progress(
                TextColumn(f"epoch {self._epoch}/{self.epochs}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]:.1f} batches/s, loss {task.fields[loss]}, epoch ends in"),
                TimeRemainingColumn(),
                console=self.console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=(self.params or {}).get("steps"), rate=0.0, loss="-")
            self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        now = time.monotonic()
        rate = (batch + 1) / max(now - self._started, 1e-9)
        if self._bar:
            loss = f"{float((logs or {}).get('loss', 'nan')):.4f}"
            self._bar.update(self._task, completed=batch + 1, rate=rate, loss=loss)
        elif now - self._spoke > self._SECONDS_BETWEEN_PLAIN_LINES:
            self._spoke = now
            steps = (self.params or {}).get("steps") or "?"
            self._say(f"epoch {self._epoch}/{self.epochs}: {batch + 1} of {steps} batches, {rate:.1f} a second")

    def on_epoch_end(self, epoch, logs=None):
        self.close()
        self._durations.append(time.monotonic() - self._started)
        scores = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items() if name not in _NOT_SCORES)
        left = (self.epochs - epoch - 1) * sum(self._durations) / len(self._durations)
        left = f", at most {_duration(left)} left" if left else ""
        self._say(f"epoch {epoch + 1}/{self.epochs}  {_duration(self._durations[-1])}{left}  {scores}")

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        """Takes the bar away, also when training was interrupted; without this the cursor would stay hidden."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _say(self, line):
        """A file or a pipe gets whole lines, whatever width is assumed for it."""
        self.console.print(line, markup=False, soft_wrap=not self.console.is_terminal)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
