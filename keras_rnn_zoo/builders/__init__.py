"""One call an architecture: every builder returns a `keras.Model` that is neither compiled nor trained.

`PATTERNS` are the five of Karpathy 2015; `APPLICATIONS` are thin assemblies of them.
"""

from keras_rnn_zoo.builders.captioner import build_captioner
from keras_rnn_zoo.builders.frame_classifier import build_frame_classifier
from keras_rnn_zoo.builders.image_encoder import build_image_encoder as build_image_encoder
from keras_rnn_zoo.builders.language_model import build_language_model
from keras_rnn_zoo.builders.many_to_many_aligned import build_many_to_many_aligned
from keras_rnn_zoo.builders.many_to_many_unaligned import build_many_to_many_unaligned
from keras_rnn_zoo.builders.many_to_one import build_many_to_one
from keras_rnn_zoo.builders.one_to_many import build_one_to_many
from keras_rnn_zoo.builders.one_to_one import build_one_to_one
from keras_rnn_zoo.builders.sentiment_classifier import build_sentiment_classifier
from keras_rnn_zoo.builders.sequence_tagger import build_sequence_tagger
from keras_rnn_zoo.builders.speech_recognizer import build_speech_recognizer
from keras_rnn_zoo.builders.translator import build_translator
from keras_rnn_zoo.errors import unknown_name

PATTERNS = {
    "one_to_one": build_one_to_one,
    "one_to_many": build_one_to_many,
    "many_to_one": build_many_to_one,
    "many_to_many_aligned": build_many_to_many_aligned,
    "many_to_many_unaligned": build_many_to_many_unaligned,
}

APPLICATIONS = {
    "captioner": build_captioner,
    "frame_classifier": build_frame_classifier,
    "language_model": build_language_model,
    "sentiment_classifier": build_sentiment_classifier,
    "sequence_tagger": build_sequence_tagger,
    "speech_recognizer": build_speech_recognizer,
    "translator": build_translator,
}

BUILDERS = PATTERNS | APPLICATIONS


def get(name: str):
    """The builder called `name`, for instance `"many_to_one"`."""
    if name not in BUILDERS:
        raise unknown_name("builder", name, BUILDERS)
    return BUILDERS[name]


def list_builders() -> list[str]:
    """The names of all builders, patterns first.

    >>> list_builders()[:2]
    ['one_to_one', 'one_to_many']
    """
    return list(BUILDERS)
