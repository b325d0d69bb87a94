"""The signatures of a CTC model, whose answer is read off its frames."""

from __future__ import annotations

from keras_rnn_zoo.generation import CTCReader
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.serving.signature import Reader, Signature, shared
from keras_rnn_zoo.serving.writing import BEAM, all_of_them, best_one
from keras_rnn_zoo.tasks.decoding import chosen


def reading_signatures(task, energies: Reader, samples: Reader) -> dict[str, Signature]:
    """Of a `SpeechRecognizer` with CTC: the task's own way of energies and of `samples`, `greedy`, `beam`, and what the model says of
    each frame, `frames`."""
    vocabulary = GraphText(task.vocabulary)
    own = task.usual_options()
    frames = shared(lambda values: tf.cast(task.model(values, training=False), tf.float32))
    width = max(BEAM, own.get("beam_size", 1))

    def said(ids, given):
        return vocabulary.decode(ids)

    def signature(reader, options, answer):
        return Signature(reader, _read_by(task.model, frames, options), answer(said), (vocabulary,))

    return {
        "serving_default": signature(energies, own, best_one),
        "samples": signature(samples, own, best_one),
        "greedy": signature(energies, chosen(own, {"beam_size": 1}), best_one),
        "beam": signature(energies, chosen(own, {"beam_size": width, "n_best": width}), all_of_them),
        "frames": Signature(energies, _log_probabilities(frames), _with_lengths),
    }


def _read_by(model, frames, options: dict):
    options = dict(options)
    length = options.pop("max_length", None)
    reader = CTCReader(model, length or 1, **options)

    def compute(values, lengths=None):
        logits = frames(values)
        return reader.read(logits, length or tf.shape(logits)[1] + 1)

    return compute


def _log_probabilities(frames):
    return lambda values, lengths=None: {"log_probabilities": tf.nn.log_softmax(frames(values))}


def _with_lengths(computed, given):
    return {**computed, "lengths": given["lengths"]}
