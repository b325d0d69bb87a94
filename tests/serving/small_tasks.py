"""A small task of each kind, whose model has opinions but has learnt nothing."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo import builders
from keras_rnn_zoo.preprocessing import ByteVocabulary, learn_vocabulary
from keras_rnn_zoo.tasks import (
    Captioner,
    Classifier,
    FrameClassifier,
    LanguageModel,
    SpeechRecognizer,
    Tagger,
    TextToText,
)

TEXTS = ["Kedi uyuyor.", "IŞIK var, köpek yok!", "Ali köpeği görür mü? Kedi de görür."]
ENGLISH = ["The cat sleeps.", "There is light.", 'Ali says "no".']
FEATURES = {"rate": 8000, "window": 0.025, "hop": 0.0125, "bands": 10, "mean": -7.0, "deviation": 4.0, "stack": 2}
TURKISH = learn_vocabulary(TEXTS, language="tr", lower=True)
LETTERS = learn_vocabulary(TEXTS, unit="character")
WORDS = learn_vocabulary(ENGLISH)
RNG = np.random.default_rng(0)
PICTURES = [np.round(RNG.random((8, 8, 3)) * 255) / 255 for _ in range(3)]
ENERGIES = [RNG.normal(-7, 4, (length, 10)).astype("float32") for length in (7, 12, 3)]
VIDEOS = [RNG.uniform(0.1, 1, (length, 8, 8, 1)).astype("float32") for length in (4, 6, 1)]
VECTORS = [RNG.normal(size=(length, 3)).astype("float32") for length in (5, 2, 9)]


def spread(model):
    generator = np.random.default_rng(3)
    model.set_weights([generator.normal(scale=0.7, size=weight.shape) for weight in model.get_weights()])
    return model


def classifier():
    model = builders.build_sentiment_classifier((None,), 2, 8, vocabulary_size=TURKISH.size, embedding_dim=4)
    return Classifier(spread(model), ["kötü", "iyi"], vocabulary=TURKISH), TEXTS


def classifier_of_vectors():
    model = builders.build_many_to_one((None, 3), 4, (6, 5), cell="gru", bidirectional=True)
    return Classifier(spread(model), list("abcd")), VECTORS


def classifier_of_sound():
    model = builders.build_many_to_one((None, 20), 3, 8, cell="lstm")
    return Classifier(spread(model), list("abc"), features=FEATURES), ENERGIES


def tagger():
    model = builders.build_sequence_tagger(
        (None,), 3, 8, vocabulary_size=TURKISH.size, letters=6, character_vocabulary_size=LETTERS.size
    )
    return Tagger(spread(model), TURKISH, ["isim", "fiil", "im"], characters=LETTERS), TEXTS


def frame_classifier():
    model = builders.build_frame_classifier((None, 8, 8, 1), 2, 4, filters=(2,), image_units=4)
    return FrameClassifier(spread(model), ["sessiz", "sesli"]), VIDEOS


def translator():
    model = builders.build_translator(
        (None,), WORDS.size, 8, vocabulary_size=TURKISH.size, embedding_dim=4, cell="gru", attention="bahdanau"
    )
    return TextToText(spread(model), TURKISH, WORDS, decoding={"beam_size": 3, "length_penalty": 0.8}), TEXTS


def language_model():
    vocabulary = ByteVocabulary()
    size = vocabulary.size
    model = builders.build_language_model((None,), size, 8, vocabulary_size=size, embedding_dim=4)
    return LanguageModel(spread(model), vocabulary, decoding={"max_length": 20}), TEXTS


def recognizer():
    model = builders.build_speech_recognizer((None, 20), LETTERS.size, 8, alignment="attention", embedding_dim=4)
    return SpeechRecognizer(spread(model), LETTERS, features=FEATURES), ENERGIES


def recognizer_by_ctc():
    model = builders.build_speech_recognizer((None, 20), LETTERS.size, 8, alignment="ctc")
    return SpeechRecognizer(spread(model), LETTERS, features=FEATURES), ENERGIES


def captioner():
    model = builders.build_captioner((8, 8, 3), WORDS.size, 8, embedding_dim=4, filters=(4,), image_units=8)
    return Captioner(spread(model), WORDS), PICTURES


SMALL = (
    classifier,
    classifier_of_vectors,
    classifier_of_sound,
    tagger,
    frame_classifier,
    translator,
    language_model,
    recognizer,
    recognizer_by_ctc,
    captioner,
)
