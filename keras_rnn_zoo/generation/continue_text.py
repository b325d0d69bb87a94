"""Let a language model go on with a text."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.generation.writer import SequenceWriter


def continue_text(model, vocabulary, prompt: str = "\n", *, length: int = 300, temperature: float = 0.7, seed: int = 0):
    """The prompt and what `model` writes after it.

    Args:
        model: a language model over `vocabulary`.
        vocabulary: the `Vocabulary` that it was trained with.
        prompt: the text's beginning, at least one symbol.
        length: how many symbols are added at most.
        temperature: 0 for the most probable symbol each time; low is careful, high is wild.
        seed: of the draws.

    Returns:
        The text, prompt included.
    """
    read = vocabulary.encode(prompt)
    written = SequenceWriter(model, length, temperature=temperature)(read[None, :], seed).ids[0, 0]
    return prompt + added_text(vocabulary, read, written)


def added_text(vocabulary, read, written) -> str:
    """What the ids `written` add to the text of the ids `read`, the space before a word included."""
    return vocabulary.decode(np.concatenate([read, written])).removeprefix(vocabulary.decode(read))
