"""Another answer from what a trained model has learnt to read."""

from __future__ import annotations

import keras

from keras_rnn_zoo.builders.output_layer import output_layer
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning.layer_groups import check_model, layer_groups
from keras_rnn_zoo.finetuning.rebuilt import rebuilt
from keras_rnn_zoo.layers.pooling import checked_pooling


def with_head(model: keras.Model, outputs: int, *, pooling: str | None = "last") -> keras.Model:
    """A copy of `model` up to its recurrence, with a new softmax output layer: a language model becomes a classifier, or
    a tagger (Howard & Ruder 2018).

    Args:
        model: with a recurrent layer called `recurrence` and an output layer over it, as `build_language_model`,
            `build_sequence_tagger`, `build_many_to_one` and `build_many_to_many_aligned` make it.
        outputs: number of classes.
        pooling: what one answer for a whole row is made of, see `layers.pooling`; `None`: an answer for each step.

    Returns:
        A model with the weights of `model`, the output layer's apart, which are as new; it shares nothing with `model` and
        is not compiled.

    Raises:
        ZooError: an argument is out of range, or the model has another form.

    >>> from keras_rnn_zoo.builders import build_language_model
    >>> model = build_language_model((None,), 65, 16, vocabulary_size=65, embedding_dim=8)
    >>> with_head(model, 2).output_shape, with_head(model, 17, pooling=None).output_shape
    ((None, 2), (None, None, 17))
    """
    check_model(model)
    layers = [layer.name for layer in model.layers]
    if "recurrence" not in layers or layers[-1] != "output":
        raise ZooError(
            f"{model.name} cannot be given another head: layers called recurrence and, last, output are expected, received "
            f"{', '.join(layers)}."
        )
    changed = rebuilt(model, _answering(outputs, pooling))
    for mine, its in zip(layer_groups(changed)[:-1], layer_groups(model)):
        mine.set_weights(its.get_weights())
    return changed


def _answering(outputs, pooling):
    pooled = {"return_sequences": pooling is None} | ({"pooling": checked_pooling(pooling)} if pooling else {})
    head = keras.saving.serialize_keras_object(output_layer(outputs, "softmax"))

    def change(form):
        name = form["config"].get("name")
        if name == "recurrence" and form["class_name"] == "StackedRNN":
            return form | {"config": form["config"] | pooled}
        # What a functional model's form says beside a layer's own is how it is wired.
        return form | head if name == "output" else form

    return change
