"""Another vocabulary for a trained model, the rows of symbols that stay kept."""

from __future__ import annotations

import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.finetuning.rebuilt import rebuilt
from keras_rnn_zoo.preprocessing.base import RESERVED, BaseVocabulary


def with_vocabulary(task, vocabulary: BaseVocabulary, field: str | None = None):
    """A task like `task` for the symbols of `vocabulary`; its model is new, and not compiled.

    What belongs to one symbol, a row of an embedding or a column and a bias of the output layer, is kept exactly where
    the symbol is in both vocabularies, the reserved ones included; a new symbol gets the mean of the old ones' (Howard &
    Ruder 2018). Everything else is kept.

    Args:
        task: a `keras_rnn_zoo.tasks.Task` that reads or writes text.
        vocabulary: of the same unit as the one that it replaces.
        field: which one it replaces, where the task has several: `"source"` (read) or `"targets"` (written); of a tagger
            `"inputs"` (words) or `"characters"`.

    Raises:
        ZooError: it is no task, the task has no such vocabulary, or one of another unit.

    >>> from keras_rnn_zoo.builders import build_sentiment_classifier
    >>> from keras_rnn_zoo.preprocessing import Vocabulary
    >>> from keras_rnn_zoo.tasks import Classifier
    >>> model = build_sentiment_classifier((None,), 2, 8, vocabulary_size=6, embedding_dim=4)
    >>> task = Classifier(model, ["bad", "good"], vocabulary=Vocabulary(["fine", "dull"]))
    >>> moved = with_vocabulary(task, Vocabulary(["dull", "slow", "fine"]))
    >>> old, new = (one.model.get_layer("embedding").get_weights()[0] for one in (task, moved))
    >>> bool((new[4] == old[5]).all() and (new[6] == old[4]).all() and (new[:4] == old[:4]).all())
    True
    """
    _check(task, vocabulary)
    fields = _fields_of(task, field)
    old = task.vocabularies[fields[0]]
    if vocabulary.unit != old.unit:
        raise ZooError(f"The task's vocabulary is of {old.unit}s, received one of {vocabulary.unit}s: learn it anew.")
    model = _resized(task.model, fields, old, vocabulary)
    about = task.to_dict()
    vocabularies = task.vocabularies | dict.fromkeys(fields, vocabulary)
    about["vocabularies"] = {name: one.to_dict() for name, one in vocabularies.items()}
    return type(task).from_description(model, about, vocabularies)


def with_vocabularies(model, old: dict[str, BaseVocabulary], new: dict[str, BaseVocabulary]):
    """A model like `model` that reads and writes by the vocabularies `new` in place of `old`, see `with_vocabulary`.

    Args:
        old, new: for each field of text; a field that `new` lacks stays as it is.

    Returns:
        A new model, not compiled; `model` itself where nothing changes.
    """
    for fields in _sides(old, new):
        before, after = old[fields[0]], new[fields[0]]
        if before != after:
            model = _resized(model, fields, before, after)
    return model


def kept_rows(old: BaseVocabulary, new: BaseVocabulary) -> np.ndarray:
    """For each id of `new` the id of the same symbol in `old`, or -1: `(new.size,)`.

    >>> from keras_rnn_zoo.preprocessing import Vocabulary
    >>> kept_rows(Vocabulary(["a", "b"]), Vocabulary(["b", "c"])).tolist()
    [0, 1, 2, 3, 5, -1]
    """
    ids = {symbol: number for number, symbol in enumerate(old.symbols, start=RESERVED)}
    return np.array([*range(RESERVED), *(ids.get(symbol, -1) for symbol in new.symbols)])


def _check(task, vocabulary):
    if not hasattr(task, "vocabularies"):
        raise ZooError(
            f"with_vocabulary changes a task, which knows its vocabulary: give a keras_rnn_zoo.tasks.Task, received "
            f"{type(task).__name__}."
        )
    if not isinstance(vocabulary, BaseVocabulary):
        raise ZooError(
            f"`vocabulary` should be one as learn_vocabulary makes it, received {type(vocabulary).__name__}."
        )


def _fields_of(task, field) -> list[str]:
    """The fields that share the vocabulary, the one it is known by first."""
    vocabularies = task.vocabularies
    if not vocabularies:
        raise ZooError(f"This {type(task).__name__} reads and writes no text: it has no vocabulary to change.")
    if "source" not in vocabularies:
        first = field or next(iter(vocabularies))
        if first not in vocabularies:
            raise unknown_name("field", field, vocabularies)
        return [first, *(name for name in vocabularies if name != first and vocabularies[name] == vocabularies[first])]
    if field is None:
        raise ZooError('The task reads and writes text: say which vocabulary with field="source" or field="targets".')
    if field not in ("source", "targets"):
        raise unknown_name("field", field, ("source", "targets"))
    return ["source"] if field == "source" else [name for name in vocabularies if name != "source"]


def _sides(old, new) -> list[list[str]]:
    """The fields of `new`, those together that share a vocabulary in `old`; what is read and what is written apart."""
    sides: list[list[str]] = []
    for field in new:
        shared = [side for side in sides if "source" not in (field, *side) and old[side[0]] == old[field]]
        shared[0].append(field) if shared else sides.append([field])
    return sides


def _resized(model, fields, old, new):
    # Built for one symbol more, a model shows which axes of its weights are counted in symbols.
    other = rebuilt(model, _for_size(old.size, old.size + 1, fields))
    moved = rebuilt(model, _for_size(old.size, new.size, fields))
    ids = kept_rows(old, new)
    for target, source, shape in zip(moved.weights, model.weights, other.weights, strict=True):
        target.assign(_moved(ops.convert_to_numpy(source), shape.shape, ids))
    return moved


def _for_size(had: int, size: int, fields):
    """What makes a layer's form one for `size` symbols of `fields` where it was for `had`."""
    reads, writes = bool({"inputs", "source", "characters"} & set(fields)), "targets" in fields

    def change(form):
        kind, config = form["class_name"], form["config"]
        of_letters = config.get("name") == "character_embedding"
        if reads and kind == "Embedding" and config["input_dim"] == had and of_letters == ("characters" in fields):
            return form | {"config": config | {"input_dim": size}}
        if writes and config.get("outputs") == had:  # decoders, deep outputs
            return form | {"config": config | {"outputs": size}}
        if writes and kind == "Dense" and config["name"] == "output":
            return form | {"config": config | {"units": size}}
        return form

    return change


def _moved(values, other_shape, ids):
    for axis, (had, has) in enumerate(zip(values.shape, other_shape, strict=True)):
        if had != has:
            means, taken = values.mean(axis=axis, keepdims=True), np.take(values, np.maximum(ids, 0), axis=axis)
            known = np.expand_dims(ids >= 0, [i for i in range(values.ndim) if i != axis])
            values = np.where(known, taken, means)
    return values
