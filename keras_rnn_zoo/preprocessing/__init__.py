"""From raw data to what a model reads: text, vocabularies, batches."""

from importlib import import_module

from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary as Vocabulary

__all__ = ["SequenceBatcher", "Vocabulary"]


def __getattr__(name):
    if name == "SequenceBatcher":  # It needs Keras, which takes seconds to import.
        return import_module(f"{__name__}.batching").SequenceBatcher
    raise AttributeError(f"keras_rnn_zoo.preprocessing has no attribute {name!r}. It has: {', '.join(__all__)}.")
