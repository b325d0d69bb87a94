"""Small made-up models of each kind, saved as tasks, and files of a user's own for them."""

import wave

import numpy as np

from keras_rnn_zoo import builders
from keras_rnn_zoo.preprocessing import Vocabulary, learn_vocabulary
from keras_rnn_zoo.tasks import Classifier, LanguageModel, Tagger, TextToText

FEATURES = {"rate": 8000, "window": 0.025, "hop": 0.0125, "bands": 8, "mean": -7.0, "deviation": 4.0, "stack": 1}
WORDS = Vocabulary(["film", "iyi", "kötü", "bir", "çok", "."], language="tr", lower=True)


def classifier(folder):
    model = builders.build_sentiment_classifier((None,), 2, 6, vocabulary_size=WORDS.size, embedding_dim=4)
    return saved(Classifier(model, ["kötü", "iyi"], vocabulary=WORDS), folder)


def language_model(folder, unit="character"):
    symbols = learn_vocabulary(["bir iki ikindi kitap."], unit=unit, language="tr")
    model = builders.build_language_model((None,), symbols.size, 6, vocabulary_size=symbols.size, embedding_dim=4)
    return saved(LanguageModel(model, symbols), folder)


def translator(folder):
    task = TextToText.create([("bir iki", "one two"), ("üç", "three")], 6, embedding_dim=4, source_language="tr")
    return saved(task, folder)


def tagger(folder):
    letters = learn_vocabulary(["Ankara Irmak"], unit="character", language="tr")
    sizes = {"vocabulary_size": WORDS.size, "letters": 5, "character_vocabulary_size": letters.size}
    model = builders.build_sequence_tagger((None,), 2, 4, embedding_dim=4, character_units=4, **sizes)
    return saved(Tagger(model, WORDS, ["NOUN", "NUM"], characters=letters), folder)


def listener(folder):
    model = builders.build_many_to_one((None, 8), 2, 4, pooling="mean")
    return saved(Classifier(model, ["high", "low"], features=FEATURES), folder)


def saved(task, folder):
    loss = "sparse_categorical_crossentropy"
    task.model.compile("adam", loss)
    return task.save(folder)


def reviews(path, labels=("kötü", "iyi"), rows=60):
    """Labelled texts whose class is one of their words, and which have new words."""
    lines = [f"Iğdır'da {['kötü', 'iyi'][i % 2]} bir film {i // 10} {i % 10},{labels[i % 2]}" for i in range(rows)]
    return written(path, "\n".join(["text,label", *lines]))


def pairs(path, rows=30):
    return written(path, "\n".join(["source\ttarget", *(f"bir kedi {i}\tone cat {i}" for i in range(rows))]))


def tale(path):
    return written(path, "".join(f"Bir varmış, {i} yokmuş.\n" for i in range(60)))


def tagged(path, tags=("NOUN", "NUM")):
    def sentence(i):
        words = [("Iğdır", tags[0]), (str(i), tags[1])]
        return "".join(f"{n}\t{w}\t_\t{t}\t_\t_\t0\t_\t_\t_\n" for n, (w, t) in enumerate(words, start=1))

    return written(path, "".join(f"{sentence(i)}\n" for i in range(20)))


def sounds(folder, labels=("high", "low"), rate=8000):
    for i in range(8):
        for label, hertz in zip(labels, (1500, 200)):
            path = folder / label / f"{i}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            tone = np.sin(2 * np.pi * (hertz + 7 * i) * np.arange(rate // 5) / rate)
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 2, rate, 0, "NONE", ""))
                file.writeframes((tone * 20000).astype("<i2").tobytes())
    return folder


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path
