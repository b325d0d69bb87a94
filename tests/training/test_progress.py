"""What is shown while a model trains, on a terminal and off it."""

import io

import pytest
from rich.console import Console

from keras_rnn_zoo.training import progress as module
from keras_rnn_zoo.training.progress import TrainingProgress


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def train(progress, clock, epochs=2, batches=4, seconds=10.0, steps=4):
    progress.set_params({"steps": steps})
    progress.on_train_begin()
    for epoch in range(epochs):
        progress.on_epoch_begin(epoch)
        for batch in range(batches):
            clock.now += seconds
            progress.on_train_batch_end(batch, {"loss": 0.5})
        progress.on_epoch_end(epoch, {"loss": 0.25, "val_accuracy": 1.0, "seconds": 40.0, "learning_rate": 0.1})
    progress.on_train_end()


def test_plain_lines_are_whole_and_say_everything_once(clock):
    file = io.StringIO()
    train(TrainingProgress(3, Console(file=file, width=30, highlight=False)), clock)
    lines = file.getvalue().splitlines()
    assert lines == [
        "epoch 1/3: 4 of 4 batches, 0.1 a second",
        "epoch 1/3  40.0 s, at most 1 min left  loss 0.2500  val_accuracy 1.0000",
        "epoch 2/3: 4 of 4 batches, 0.1 a second",
        "epoch 2/3  40.0 s, at most 40.0 s left  loss 0.2500  val_accuracy 1.0000",
    ]


def test_short_epochs_and_the_last_one(clock):
    file = io.StringIO()
    train(TrainingProgress(2, Console(file=file, width=30)), clock, seconds=0.1, steps=None)
    assert file.getvalue().splitlines() == [
        "epoch 1/2  0.4 s, at most 0.4 s left  loss 0.2500  val_accuracy 1.0000",
        "epoch 2/2  0.4 s  loss 0.2500  val_accuracy 1.0000",
    ]


@pytest.mark.parametrize("steps", [4, None])
def test_a_bar_on_a_terminal(steps, clock):
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, highlight=False)
    train(TrainingProgress(2, console), clock, steps=steps)
    shown = file.getvalue()
    assert "epoch 1/2" in shown and "batches/s, loss 0.5000, epoch ends in" in shown and "nan" not in shown
    assert "epoch 2/2  40.0 s  loss 0.2500  val_accuracy 1.0000" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h"), "the cursor is shown again"


def test_an_interrupt_leaves_the_cursor_visible(clock):
    file = io.StringIO()
    progress = TrainingProgress(2, Console(file=file, force_terminal=True, width=80))
    progress.on_epoch_begin(0)
    progress.close()
    assert file.getvalue().count("\x1b[?25l") == file.getvalue().count("\x1b[?25h") == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (59.9, "59.9 s"), (60, "1 min"), (3540, "59 min"), (3600, "1 h 0 min"), (9000, "2 h 30 min")],
)
def test_durations(seconds, text):
    assert module._duration(seconds) == text
