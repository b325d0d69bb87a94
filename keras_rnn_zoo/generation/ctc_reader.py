"""Reading off what a CTC model heard: the most probable sequence of symbols, repeats and blanks left out."""

from __future__ import annotations

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
        read = self.read(ops.convert_to_tensor(self.model.predict_on_batch(inputs)), self.max_length)
        return Written(**{name: ops.convert_to_numpy(value) for name, value in read.items()})

    def read(self, logits, max_length: int):
        """What the model said `(rows, frames, symbols)` as a dictionary of what `Written` holds, in backend tensors."""
        frames = ops.full((ops.shape(logits)[0],), ops.shape(logits)[1], dtype="int32")
        way = {"strategy": "greedy"}
        if self.beam_size > 1:
            way = {"strategy": "beam_search", "beam_width": self.beam_size, "top_paths": self.n_best}
        readings, log_probabilities = ops.ctc_decode(logits, frames, mask_index=BLANK, **way)
        ids = _with_end(ops.swapaxes(readings, 0, 1), max_length)
        numbers = ops.reshape(ops.cast(log_probabilities, "float32"), (-1, self.n_best))
        lengths = ops.sum(ops.cast(ids != PAD, "int32"), axis=-1)
        return {"ids": ids, "log_probabilities": numbers, "scores": numbers, "lengths": lengths}


def _with_end(readings, max_length):
    """Symbols `(rows, n_best, frames)`, negative where there is none, in their order, with `END` and padding up to `max_length`."""
    places = ops.arange(ops.shape(readings)[-1])
    order = ops.argsort(ops.where(readings < 0, ops.shape(readings)[-1] + places, places), axis=-1)
    symbols = ops.take_along_axis(ops.maximum(readings, PAD), order, axis=-1)[..., : max_length - 1]
    symbols = ops.pad(symbols, ((0, 0), (0, 0), (0, max_length - ops.shape(symbols)[-1])))
    count = ops.sum(ops.cast(symbols != PAD, "int32"), axis=-1, keepdims=True)
    return ops.where(ops.arange(max_length) == count, END, symbols)
