"""Models to decode with, untrained: how fast they write does not depend on what they write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from keras_rnn_zoo import builders
from keras_rnn_zoo.preprocessing.vocabulary import RESERVED, START

SEED = 1


@dataclass(frozen=True)
class DecodingCase:
    """A model and what it writes about.

    Attributes:
        model: it. inputs: what its writer takes, `(rows, ...)`. length: how many symbols each row writes.
        start: the symbols that each row begins with, `(rows, 1)`.
        predict_inputs: from what is written so far, `(rows, timesteps)`, to what `model.predict` takes.
    """

    model: keras.Model
    inputs: np.ndarray
    length: int
    start: np.ndarray
    predict_inputs: Callable


def decoding_case(name: str, batch: int) -> DecodingCase:
    """The case called `name`, one of `CASES`, with the same weights and inputs every time."""
    keras.utils.set_random_seed(SEED)
    return CASES[name](batch)


def _translator(batch: int) -> DecodingCase:
    """RNNsearch (Bahdanau et al. 2015), smaller: 20 words in, 20 words out."""
    model = builders.build_translator(
        (None,), 5_000, 256, vocabulary_size=5_000, embedding_dim=128, cell="gru", bidirectional=True,
        reverse_source=False, bridge="dense", attention="bahdanau",
    )  # fmt: skip
    source = np.random.randint(RESERVED, 5_000, (batch, 20)).astype("int32")
    return DecodingCase(model, source, 20, _starts(batch), lambda written: {"source": source, "previous": written})


def _captioner(batch: int) -> DecodingCase:
    """Show and Tell (Vinyals et al. 2015) on features of photos: 16 words."""
    model = builders.build_captioner((1280,), 3_000, 320, embedding_dim=256)
    context = np.random.rand(batch, 1280).astype("float32")
    return DecodingCase(model, context, 16, _starts(batch), lambda written: {"context": context, "previous": written})


def _language_model(batch: int) -> DecodingCase:
    """Two layers of LSTM over characters: 100 of them."""
    model = builders.build_language_model((None,), 70, (256, 256), vocabulary_size=70, embedding_dim=64)
    prompts = np.random.randint(RESERVED, 70, (batch, 1)).astype("int32")
    return DecodingCase(model, prompts, 100, prompts, lambda written: written)


def _starts(batch: int) -> np.ndarray:
    return np.full((batch, 1), START, "int32")


CASES = {"translator": _translator, "captioner": _captioner, "language_model": _language_model}
