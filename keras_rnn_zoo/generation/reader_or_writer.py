"""What lets a trained model write, whichever way it does."""

from __future__ import annotations

from keras_rnn_zoo.generation.ctc_reader import CTCReader
from keras_rnn_zoo.generation.writer import SequenceWriter
from keras_rnn_zoo.layers.ctc_output import CTCOutput


def writer_for(model, max_length: int, **options) -> SequenceWriter | CTCReader:
    """A `CTCReader` for a model that says a symbol or a blank at every frame, else a `SequenceWriter`."""
    reads_off = any(isinstance(layer, CTCOutput) for layer in model.layers)
    return (CTCReader if reads_off else SequenceWriter)(model, max_length, **options)
