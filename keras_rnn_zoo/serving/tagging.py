"""The signatures of a model that tags the words of a text."""

from __future__ import annotations

from keras_rnn_zoo.preprocessing.base import UNKNOWN
from keras_rnn_zoo.preprocessing.graph_spelling import GraphSpelling
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.preprocessing.graph_text import GraphText
from keras_rnn_zoo.serving.classifying import behind_the_end_nothing, best
from keras_rnn_zoo.serving.signature import Reader, Signature, shared, spec
from keras_rnn_zoo.tasks.answering import as_probabilities


def tagger_signatures(task) -> dict[str, Signature]:
    """Of a `Tagger`: `serving_default` takes a `text`, `words` a text cut into words, `(batch, longest)` with `""` on the right;
    both answer with `words`, `tags`, `scores` `(batch, longest)` and `lengths`."""
    text, spelt = GraphText(task.vocabulary), _spelling(task)
    readers = {"serving_default": _text_reader(text, spelt), "words": _word_reader(text, spelt)}
    compute, answer = _compute(task.model), _tagged(task.labels)
    return {name: Signature(reader, compute, answer) for name, reader in readers.items()}


def _text_reader(text: GraphText, spelt: GraphSpelling | None) -> Reader:
    def read(text_of_rows):
        if spelt:  # As `Tagger` does: in the case it is written in, each word then looked up by itself.
            words, lengths = text.words(text_of_rows)
            return _read(words, lengths, text.ids_of(words), spelt)
        words, lengths = text.tokens(text_of_rows)
        return _read(words, lengths, text.encode(text_of_rows), spelt)

    return _reader(spec("text", dtype="string"), read, (text, spelt))


def _word_reader(text: GraphText, spelt: GraphSpelling | None) -> Reader:
    def read(words):
        words = tf.strings.unicode_transcode(words, "UTF-8", "UTF-8")  # They come out again.
        lengths = tf.reduce_sum(tf.cast(words != "", tf.int32), axis=1)
        gaps = tf.reduce_any(tf.sequence_mask(lengths, tf.shape(words)[1]) != (words != ""))
        with tf.control_dependencies([tf.debugging.Assert(~gaps, ["An empty word stands before another in", words])]):
            return _read(words, lengths, text.ids_of(words), spelt)

    return _reader(spec("words", None, dtype="string"), read, (text, spelt))


def _reader(one_spec, read, parts) -> Reader:
    letters = ("characters",) if parts[1] else ()
    return Reader(
        (one_spec,), lambda **given: read(given[one_spec.name]), ("values", *letters), tuple(filter(None, parts))
    )


def _spelling(task):
    return GraphSpelling(task.characters, task.model.input_shape[1][-1]) if task.characters else None


def _read(words, lengths, ids, spelt) -> dict:
    """One unknown word in place of none, so that every row can be read."""
    short = tf.cast(tf.shape(words)[1] == 0, tf.int32)
    words, ids = tf.pad(words, [[0, 0], [0, short]]), tf.pad(ids, [[0, 0], [0, short]])
    nothing = tf.sequence_mask(tf.ones_like(lengths), tf.shape(ids)[1]) & (lengths == 0)[:, None]
    read = {"values": tf.where(nothing, UNKNOWN, ids), "words": words, "lengths": lengths}
    return {**read, "characters": spelt(words)} if spelt else read


def _compute(model):
    def compute(values, **letters):
        outputs = model({"inputs": values, **letters} if letters else values, training=False)
        return {"probabilities": tf.cast(as_probabilities(model, outputs), tf.float32)}

    return shared(compute)


def _tagged(labels):
    def answer(computed, given):
        tags, scores = best(computed["probabilities"], labels)
        return behind_the_end_nothing(given["lengths"], words=given["words"], tags=tags, scores=scores)

    return answer
