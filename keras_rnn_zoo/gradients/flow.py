"""Gradients seen epoch by epoch, under plain `fit`."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients.clipping import warn_of_clipnorm
from keras_rnn_zoo.gradients.flow_files import write_flow
from keras_rnn_zoo.gradients.layer_summary import summary_of
from keras_rnn_zoo.gradients.tensorboard import check_writer, open_writer, write_scalars
from keras_rnn_zoo.gradients.through_time import GradientsThroughTime
from keras_rnn_zoo.gradients.update_recorder import UpdateRecorder, clipped_share


class GradientFlow(keras.callbacks.Callback):
    """Watches gradients while a model is trained by `fit`: those of every update, and a probe batch's through time.

    For every update the joint norm of all gradients is recorded before and after clipping; before training and at epochs'
    ends the errors `dL/dstate_t` of a probe batch (see `GradientsThroughTime`), and each recurrent layer's Omega, spectral
    radii and saturated units and gates. The epoch's logs, and with them `History` and a `CSVLogger` that stands behind it,
    get `gradient_norm` (the mean over the epoch's updates, before clipping) and `clipped_share`, and for each layer
    `omega/LAYER` and `spectral_radius/LAYER` (of several matrices the largest), not a number in epochs without a probe.

    The training step is compiled anew for it, and once more for a `fit` after it. Should `fit` be left by an exception,
    call `close()`. On TensorFlow and JAX, on one device, with any optimizer but `MultiOptimizer` and without gradient
    accumulation.

    Args:
        x, y, sample_weight: the probe, one batch as for `fit`; sequences of one padded length.
        folder: where `gradient_flow.csv` (epoch, layer, timestep, the error norm's mean and median over the batch),
            `gradient_flow_summary.csv` (epoch, layer, quantity, value), `gradient_flow_updates.csv` (epoch, update, norm
            before and after clipping) and, drawn at each probe, `gradient_flow.png` are kept; it is made if need be.
        every: probe at the end of every so many epochs.
        tensorboard: where TensorBoard's scalars are written, by TensorFlow.

    Attributes:
        error_norms: by epoch and layer, the mean norm at each step `(timesteps,)`; epoch 0 is before training. A step that is
            padding in every row is not a number. error_medians: the medians, likewise.
        summary: by epoch, then by layer (`""`: the whole model), each quantity by name.
        updates: by epoch, the norms before and after clipping `(updates, 2)`.

    Raises:
        ZooError: at the start of `fit`, where the model or its optimizer cannot be watched.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> x, y = np.random.default_rng(0).normal(size=(8, 20, 2)), np.zeros(8)
    >>> model = build_many_to_one((None, 2), 3, 4, cell="gru")
    >>> model.compile(keras.optimizers.SGD(0.1, global_clipnorm=1.0), "sparse_categorical_crossentropy")
    >>> flow = GradientFlow(x, y)
    >>> sorted(model.fit(x, y, epochs=2, verbose=0, callbacks=[flow]).history)[:3]
    ['clipped_share', 'gradient_norm', 'loss']
    >>> flow.error_norms[2]["recurrence/recurrent_1"].shape
    (20,)
    """

    def __init__(self, x, y, folder=None, every=1, tensorboard=None, sample_weight=None):
        super().__init__()
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ZooError(f"every must be a positive number of epochs, received {every!r}.")
        if tensorboard is not None:
            check_writer()
        if any(getattr(array, "shape", (1,))[0] == 0 for array in keras.tree.flatten(x)):
            raise ZooError("The probe is empty: give GradientFlow at least one example.")
        self.probe, self.every = (x, y, sample_weight), every
        self.folder, self.tensorboard = folder and Path(folder), tensorboard
        if self.folder and self.folder.exists() and not self.folder.is_dir():
            raise ZooError(f"folder must be a folder, {self.folder} is a file.")
        self._recorder = self._writer = None

    def on_train_begin(self, logs=None):
        self.close()
        warn_of_clipnorm(self.model.optimizer)
        self.error_norms, self.error_medians, self.summary, self.updates = {}, {}, {}, {}
        self._microscope = GradientsThroughTime(self.model)
        self._recorder = UpdateRecorder(self.model)
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        if self.tensorboard:
            self._writer = open_writer(self.tensorboard)

    def on_epoch_begin(self, epoch, logs=None):
        if not self.error_norms:
            self._look(epoch)
        self._batches_unread = 0

    def on_train_batch_end(self, batch, logs=None):
        self._batches_unread += self.model.steps_per_execution
        if self._batches_unread >= self._recorder.batches_between_reads:
            self._recorder.collect()
            self._batches_unread = 0

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        norms = self.updates[done] = self._recorder.take()
        self.summary[done] = {"": {"gradient_norm": _mean(norms[:, 0]), "clipped_share": clipped_share(norms)}}
        if done % self.every == 0:
            self._look(done)
        if logs is not None:
            logs.update(self._scalars(done))
        self._write(done)

    def on_train_end(self, logs=None):
        last = max(self.updates, default=None)
        if last and last not in self.error_norms:
            self._look(last)
            self._write(last)
        self.close()

    def close(self):
        """Takes everything off the model and its optimizer."""
        if self._recorder:
            self._recorder.detach()
        if self._writer:
            self._writer.close()
        self._recorder = self._writer = None

    def _look(self, done):
        try:
            records = self._microscope(*self.probe)
        except Exception as error:  # Of a wrong probe each backend says so by its own kind of error.
            if isinstance(error, ZooError):
                raise
            self.close()
            reason = " ".join(str(error).split())
            raise ZooError(f"GradientFlow's probe does not fit the model: {reason:.300}") from error
        means, medians = zip(*[_over_the_batch(record) for record in records])
        names = [record.name for record in records]
        self.error_norms[done], self.error_medians[done] = dict(zip(names, means)), dict(zip(names, medians))
        self.summary.setdefault(done, {}).update({record.name: summary_of(record) for record in records})

    def _scalars(self, done) -> dict[str, float]:
        layers = next(iter(self.error_norms.values()))
        scalars = dict(self.summary[done][""])
        for quantity in ("omega", "spectral_radius"):
            known = any(quantity in self.summary[min(self.error_norms)][layer] for layer in layers)
            for layer in layers if known else ():
                scalars[f"{quantity}/{layer}"] = self.summary[done].get(layer, {}).get(quantity, float("nan"))
        return scalars

    def _write(self, done):
        if self.folder:
            write_flow(self, self.folder, draw=done in self.error_norms or len(self.updates) == 1)
        if self._writer:
            write_scalars(self._writer, self.summary[done], done)


def _over_the_batch(record):
    """The mean and the median of a layer's error norms over the rows in which a step is real."""
    norms = np.ma.masked_array(record.error_norms, ~record.mask)
    return norms.mean(axis=1).filled(np.nan), np.ma.median(norms, axis=1).filled(np.nan)


def _mean(values) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
