"""Reading off what a CTC model heard: the most probable sequence of symbols, repeats and blanks left out."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.writer import Written
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD

BLANK = PAD


class CTCReader:
    """Decodes a model that says a symbol or a blank (id 0) at every frame (Graves et al. 2006), by Keras's decoders.

    Args:
        model: from sequences to logits `(rows, frames, symbols)`, for instance a `build_speech_recognizer` with
            `alignment="ctc"`.
        max_length: how many symbols are kept at most.
        beam_size: 1: the most probable symbol of each frame, repeats merged; above: prefix beam search.
        n_best: how many readings are returned, the best first.

    Call arguments:
        inputs: `(rows, frames, features)`, right-padded.

    Returns:
        A `Written` without attention; `log_probabilities` as Keras's decoder gives them.
    """

    def __init__(self, model, max_length: int, *, beam_size: int = 1, n_best: int = 1, **options):
        given = {name: value for name, value in options.items() if value}
        if given:
            raise ZooError(f"A CTC model is read off, not written step by step: it has no {', '.join(given)}.")
        if n_best > beam_size or min(max_length, beam_size, n_best) < 1:
            raise ZooError(
                f"max_length, beam_size and n_best must be at least 1, and n_best at most beam_size; received "
                f"{max_length}, {beam_size}, {n_best}."
            )
        self.model, self.max_length, self.beam_size, self.n_best = model, max_length, beam_size, n_best

    def __call__(self, inputs, seed=0) -> Written:
        inputs = np.asarray(inputs)
        if len(inputs) == 0:
            raise ZooError("There is nothing to read: an empty batch was given.")
        logits = ops.convert_to_tensor(self.model.predict_on_batch(inputs))
        readings, log_probabilities = self._decoded(logits)
        ids = [[_with_end(row, self.max_length) for row in path] for path in np.swapaxes(readings, 0, 1)]
        ids = np.array(ids, "int32").reshape(len(inputs), self.n_best, self.max_length)
        lengths = (ids != PAD).sum(axis=-1)
        return Written(ids, log_probabilities, log_probabilities, lengths)

    def _decoded(self, logits):
        """Readings `(n_best, rows, frames)` with `PAD` behind, and `(rows, n_best)` log-probabilities."""
        frames = ops.full((logits.shape[0],), logits.shape[1], dtype="int32")
        way = {"strategy": "greedy"}
        if self.beam_size > 1:
            way = {"strategy": "beam_search", "beam_width": self.beam_size, "top_paths": self.n_best}
        readings, log_probabilities = keras.ops.ctc_decode(logits, frames, mask_index=BLANK, **way)
        readings, log_probabilities = ops.convert_to_numpy(readings), ops.convert_to_numpy(log_probabilities)
        return np.where(readings < 0, PAD, readings), log_probabilities.reshape(len(readings[0]), -1)


def _with_end(row, max_length):
    """The symbols of a reading, `END`, and padding up to `max_length`."""
    symbols = [symbol for symbol in row if symbol != PAD][: max_length - 1] + [END]
    return symbols + [PAD] * (max_length - len(symbols))
