"""From raw data to what a model reads: text, vocabularies, batches."""

from importlib import import_module

from keras_rnn_zoo.preprocessing.byte import ByteVocabulary as ByteVocabulary
from keras_rnn_zoo.preprocessing.subword import SubwordVocabulary as SubwordVocabulary
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary as Vocabulary
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary as learn_vocabulary
from keras_rnn_zoo.preprocessing.vocabulary import vocabulary_from_dict as vocabulary_from_dict

_HEAVY = {  # Keras and TensorFlow take seconds to import.
    "GraphPicture": "graph_picture",
    "GraphRecording": "graph_recording",
    "GraphSpelling": "graph_spelling",
    "GraphText": "graph_text",
    "SequenceBatcher": "batching",
    "StreamBatcher": "streams",
    "cut_into_streams": "streams",
}

__all__ = [
    "ByteVocabulary",
    "GraphPicture",
    "GraphRecording",
    "GraphSpelling",
    "GraphText",
    "SequenceBatcher",
    "StreamBatcher",
    "SubwordVocabulary",
    "Vocabulary",
    "cut_into_streams",
    "learn_vocabulary",
    "vocabulary_from_dict",
]


def __getattr__(name):
    if name in _HEAVY:
        return getattr(import_module(f"{__name__}.{_HEAVY[name]}"), name)
    raise AttributeError(f"keras_rnn_zoo.preprocessing has no attribute {name!r}. It has: {', '.join(__all__)}.")
