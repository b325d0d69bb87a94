"""How probable a model finds a given text."""

from __future__ import annotations

from keras_rnn_zoo.generation.steppers import stepper_for
from keras_rnn_zoo.preprocessing.base import END, PAD, START
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.serving.readers import count
from keras_rnn_zoo.serving.signature import Reader, Signature, spec


def answer_score(model, reader: Reader, vocabulary: GraphText) -> Signature:
    """Of a `target` text, its end included, about what `reader` reads: `log_probability`, and of how many `symbols`."""
    source = next(tensor.name for tensor in model.inputs if tensor.name != "previous")
    log_probabilities = stepper_for(model).log_probabilities

    def read(target, **inputs):
        return {**reader(**inputs), "targets": _with_end(vocabulary.encode(target))}

    def compute(values, targets, lengths=None):
        previous = tf.concat([tf.fill(tf.shape(targets[:, :1]), START), targets[:, :-1]], axis=1)
        previous = tf.where(previous == END, PAD, previous)
        outputs = model({source: values, "previous": previous}, training=False)
        return _summed(log_probabilities(outputs), targets)

    specs = (*reader.specs, spec("target", dtype="string"))
    reading = Reader(specs, read, (*reader.numbers, "targets"), (*reader.parts, vocabulary))
    return Signature(reading, compute, lambda computed, given: computed)


def text_score(model, reader: Reader) -> Signature:
    """Of a text's symbols after its first: `log_probability`, and of how many `symbols`."""
    log_probabilities = stepper_for(model).log_probabilities

    def compute(values, lengths=None):
        outputs = model(values, training=False)
        targets = tf.concat([values[:, 1:], tf.fill(tf.shape(values[:, :1]), PAD)], axis=1)
        return _summed(log_probabilities(outputs), targets)

    return Signature(reader, compute, lambda computed, given: computed)


def _with_end(ids):
    wider = tf.pad(ids, [[0, 0], [0, 1]])
    return wider + END * tf.one_hot(count(ids), tf.shape(wider)[1], dtype=tf.int32)


def _summed(log_probabilities, targets) -> dict:
    found = tf.gather(log_probabilities, targets, batch_dims=2)
    real = targets != PAD
    return {"log_probability": tf.reduce_sum(tf.where(real, found, 0.0), axis=1), "symbols": count(targets)}
