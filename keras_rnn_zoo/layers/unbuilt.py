"""How a layer is written into the configuration of the one that holds it."""

import keras


def unbuilt(layer) -> dict:
    """The serialised form of a layer inside another, without the shape it was built for: the outer one builds it.

    Keras would build it first, alone, and its variables would be called otherwise in a loaded model than in the saved one:
    `recurrent_1/kernel`, in two layers of a model perhaps, in place of `decoder/recurrence/recurrent_1/kernel`.
    """
    return _without_shapes(keras.saving.serialize_keras_object(layer))


def _without_shapes(form):
    if isinstance(form, (list, tuple)):
        return [_without_shapes(part) for part in form]
    if not isinstance(form, dict):
        return form
    return {key: _without_shapes(value) for key, value in form.items() if key != "build_config"}
