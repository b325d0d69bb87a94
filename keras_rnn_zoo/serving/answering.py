"""The signatures of models that write an answer: to a text, a picture or a recording."""

from __future__ import annotations

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.serving.readers import (
    energy_reader,
    frame_reader,
    picture_reader,
    sample_reader,
    text_reader,
    token_reader,
)
from keras_rnn_zoo.serving.reading_off import reading_signatures
from keras_rnn_zoo.serving.scoring import answer_score
from keras_rnn_zoo.serving.signature import Reader, Signature
from keras_rnn_zoo.serving.stepping import stepping_signatures
from keras_rnn_zoo.serving.writing import Writing


def text_to_text_signatures(task) -> dict[str, Signature]:
    """Of a `TextToText`: a `text`, or with `tokens` its ids."""
    if task.copy_unknown:
        raise ZooError("Unknown words are copied outside the graph: export the task with copy_unknown=False.")
    return _signatures(task, text_reader(GraphText(task.source)), tokens=token_reader(task.source))


def captioner_signatures(task) -> dict[str, Signature]:
    """Of a `Captioner`: `image_bytes`, or where it reads these `features` of a picture."""
    if len(task.shape) != 3:
        return _signatures(task, frame_reader(task.shape, None, "features"))
    from keras_rnn_zoo.preprocessing.graph_picture import GraphPicture

    return _signatures(task, picture_reader(GraphPicture(task.shape)))


def speech_signatures(task) -> dict[str, Signature]:
    """Of a `SpeechRecognizer`: log-mel `energies`, or with `samples` the sound."""
    from keras_rnn_zoo.preprocessing.graph_recording import GraphRecording

    heard = GraphRecording(task.features, task.fill)
    if task.aligned:
        return reading_signatures(task, energy_reader(heard, task.features["bands"]), sample_reader(heard))
    return _signatures(task, energy_reader(heard, task.features["bands"]), samples=sample_reader(heard))


def _signatures(task, reader: Reader, **others: Reader) -> dict[str, Signature]:
    """The task's own way as `serving_default`, and by each of the `others` under its name; every other way by `reader` alone."""
    vocabulary = GraphText(task.vocabulary)
    writing = Writing(task, lambda ids, given: vocabulary.decode(ids), (vocabulary,))
    return {
        "serving_default": writing.default(reader),
        **{name: writing.default(other) for name, other in others.items()},
        "greedy": writing.greedy(reader),
        "beam": writing.beam(reader),
        "generate": writing.generate(reader),
        "score": answer_score(task.model, reader, vocabulary),
        **stepping_signatures(task.model, writing.begin, reader),
    }
