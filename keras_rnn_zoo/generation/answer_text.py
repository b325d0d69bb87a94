"""Let an encoder-decoder answer a text."""

from __future__ import annotations

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.decode import SequenceWriter


def answer_text(
    model,
    source_vocabulary,
    target_vocabulary,
    text: str,
    *,
    length: int = 100,
    temperature: float = 0.0,
    seed: int = 0,
) -> str:
    """What `model` writes about `text`, for instance its translation.

    Args:
        model: a model with an encoder that reads `source_vocabulary` and a decoder that writes `target_vocabulary`.
        text: at least one symbol.
        length: how many symbols are written at most.
        temperature: 0 for the most probable symbol each time.
        seed: of the draws.
    """
    ids = source_vocabulary.encode(text)
    if len(ids) == 0:
        raise ZooError(f"There is nothing to read in {text!r}.")
    (written,) = SequenceWriter(model, length, temperature)(ids[None, :], seed)
    return target_vocabulary.decode(written)
