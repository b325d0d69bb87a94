"""The signatures of a language model, which goes on with a text."""

from __future__ import annotations

from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.serving.readers import text_reader, token_reader
from keras_rnn_zoo.serving.scoring import text_score
from keras_rnn_zoo.serving.signature import Reader, Signature
from keras_rnn_zoo.serving.stepping import stepping_signatures
from keras_rnn_zoo.serving.writing import Writing


def language_model_signatures(task) -> dict[str, Signature]:
    """Of a `LanguageModel`: a `text` to go on with; without a symbol in it, it begins as the task does without a prompt."""
    vocabulary = GraphText(task.vocabulary)
    reader = _prompt_reader(vocabulary, task.vocabulary.opening)
    writing = Writing(task, _continued(vocabulary), (vocabulary,))
    return {
        "serving_default": writing.default(reader),
        "tokens": Writing(task, lambda ids, given: vocabulary.decode(ids), (vocabulary,)).default(
            token_reader(task.vocabulary)
        ),
        "greedy": writing.greedy(reader),
        "beam": writing.beam(reader),
        "generate": writing.generate(reader),
        "score": text_score(task.model, reader),
        **stepping_signatures(task.model, writing.begin, reader),
    }


def _prompt_reader(vocabulary: GraphText, opening: str) -> Reader:
    inner = text_reader(vocabulary)

    def read(text):
        text = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8")
        return inner(text=tf.where(text == "", opening, text))

    return Reader(inner.specs, read, inner.numbers, inner.parts)


def _continued(vocabulary: GraphText):
    """The prompt as it was given, and what the written ids add to its text, the space before a word included."""

    def said(ids, given):
        before = vocabulary.decode(given["values"])
        whole = vocabulary.decode(tf.concat([given["values"], ids], axis=1))
        start = tf.strings.length(before)
        added = tf.strings.substr(whole, start, tf.strings.length(whole) - start)
        return tf.strings.join([given["texts"], added])

    return said
