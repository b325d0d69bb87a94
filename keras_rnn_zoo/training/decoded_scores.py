"""Decoded answers after each epoch: one to look at, and a score to stop by."""

from __future__ import annotations

import keras

from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.generation import writer_for
from keras_rnn_zoo.training.decoded import longest_answer, questions, text_scores_of, write


class DecodedScores(keras.callbacks.Callback):
    """Lets the model write about validation examples after each epoch, greedily, and shows one answer.

    Args:
        dataset: one whose answers are written.
        monitor: the score that goes to the logs as `val_<monitor>`, one of the dataset's; `None`: only show an answer.
        console: where to show it.
        limit: about how many different inputs at most.
    """

    def __init__(self, dataset: Dataset, monitor: str | None, console, limit: int = 1000):
        super().__init__()
        self.spec, self.monitor, self.console = dataset.spec, monitor, console
        self.asked = questions(dataset.spec, dataset.validation, limit if monitor else 1)
        self.max_length = longest_answer(dataset)

    def on_train_begin(self, logs=None):
        self.writer = writer_for(self.model, self.max_length)

    def on_epoch_end(self, epoch, logs=None):
        written = write(self.writer, self.spec, self.asked.examples)
        texts = [self.spec.vocabularies["targets"].decode(ids) for ids in written]
        if self.monitor:
            logs[f"val_{self.monitor}"] = text_scores_of(self.spec, self.asked, texts)[self.monitor]
        shown = epoch % len(texts)
        right = self.asked.references[shown][0]
        self.console.print(f"  writes: {texts[shown]}   (right: {right})", markup=False, soft_wrap=True)
