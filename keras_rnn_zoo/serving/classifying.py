"""The signatures of a model that answers with a label: one a row, or one a step."""

from __future__ import annotations

from dataclasses import replace

from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.readers import (
    energy_reader,
    example_reader,
    frame_reader,
    picture_reader,
    sample_reader,
    text_reader,
    token_reader,
)
from keras_rnn_zoo.serving.signature import Reader, Signature, shared
from keras_rnn_zoo.tasks.answering import as_probabilities


def classifier_signatures(task) -> dict[str, Signature]:
    """Of a `Classifier`: `serving_default` takes what it is given raw, and answers with `label`, `score` and `probabilities`
    `(batch, labels)`, in the order of the labels; text may also come as ids (`tokens`) or as `tf.Example`s (`classify`),
    sound as samples (`samples`)."""
    compute, best_label = _compute(task.model), _best_label(task.labels)
    found = {name: Signature(reader, compute, best_label) for name, reader in _readers(task).items()}
    if "classify" in found:
        found["classify"] = replace(found["classify"], answer=_ranked(task.labels))
    return found


def frame_classifier_signatures(task) -> dict[str, Signature]:
    """Of a `FrameClassifier`: frames and how many, to `labels`, `scores` `(batch, frames)` and `lengths`."""
    reader = frame_reader((None, *task.shape[1:]), task.fill)
    return {"serving_default": Signature(reader, _compute(task.model), _label_of_each_step(task.labels))}


def _readers(task) -> dict[str, Reader]:
    if task.vocabulary:
        from keras_rnn_zoo.preprocessing.graph_text import GraphText

        text = GraphText(task.vocabulary)
        ways = {"serving_default": text_reader(text), "tokens": token_reader(task.vocabulary)}
        return {**ways, "classify": example_reader(text)}
    if "bands" in task.features:
        from keras_rnn_zoo.preprocessing.graph_recording import GraphRecording

        heard = GraphRecording(task.features, task.fill)
        return {"serving_default": energy_reader(heard, task.features["bands"]), "samples": sample_reader(heard)}
    if len(task.shape) == 3:
        from keras_rnn_zoo.preprocessing.graph_picture import GraphPicture

        return {"serving_default": picture_reader(GraphPicture(task.shape))}
    return {"serving_default": frame_reader(task.shape, task.fill)}


def _compute(model):
    """Probabilities, of inputs that mask their own padding."""

    def compute(values):
        return {"probabilities": tf.cast(as_probabilities(model, model(values, training=False)), tf.float32)}

    once = shared(compute)
    return lambda values, lengths=None: once(values)


def best(probabilities, labels: tuple[str, ...]):
    """The most probable of `labels`, and how probable it is; without the last axis of `probabilities`."""
    scores, numbers = tf.math.top_k(probabilities, 1)  # The first of equals.
    return tf.gather(tf.constant(labels), numbers[..., 0]), scores[..., 0]


def _best_label(labels):
    def answer(computed, given):
        label, score = best(computed["probabilities"], labels)
        return {"label": label, "score": score, **computed}

    return answer


def _ranked(labels):
    """`classes` and `scores` `(batch, labels)`, the most probable first, as TensorFlow Serving's `classify` wants them."""

    def answer(computed, given):
        scores, numbers = tf.math.top_k(computed["probabilities"], len(labels))
        return {"classes": tf.gather(tf.constant(labels), numbers), "scores": scores}

    return answer


def _label_of_each_step(labels):
    def answer(computed, given):
        label, score = best(computed["probabilities"], labels)
        if "lengths" not in given:
            return {"labels": label, "scores": score}
        return behind_the_end_nothing(given["lengths"], labels=label, scores=score)

    return answer


def behind_the_end_nothing(lengths, **steps) -> dict:
    """What was said of each step `(batch, steps)`, with `""` or 0 behind each row's end, and the `lengths`."""
    first = next(iter(steps.values()))
    real = tf.sequence_mask(lengths, tf.shape(first)[1])
    cleared = {name: tf.where(real, values, tf.zeros_like(values)) for name, values in steps.items()}
    return {**cleared, "lengths": lengths}
