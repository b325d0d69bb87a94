"""From a configuration with `finetuning` to the model that training begins with."""

from __future__ import annotations

import keras

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning import with_adapters, with_head
from keras_rnn_zoo.finetuning.new_vocabulary import with_vocabularies
from keras_rnn_zoo.training.config import FinetuningConfig, RunConfig
from keras_rnn_zoo.training.evaluate import evaluate
from keras_rnn_zoo.training.origin import Origin, open_origin

_NEXT_SYMBOL = ("many_to_many_aligned", "symbols")
_WITH_A_NEW_HEAD = (("many_to_one", "class"), ("many_to_many_aligned", "labels"))


def finetuned_model(config: RunConfig, spec: DatasetSpec) -> keras.Model:
    """The preset's model for the symbols and classes of `spec`, what it knows kept; not trained yet, and to be compiled anew.

    Raises:
        ZooError: there is no such preset, it is of another kind than the data, or cannot be changed as is asked for.
    """
    finetuning, origin = config.finetuning, open_origin(config.finetuning.preset)
    _check_kind(origin, spec)
    model = origin.load_model()
    model.trainable = True
    if not keeps_head(origin, spec):
        model = with_head(model, len(spec.labels), pooling=_pooling(model, finetuning, origin, spec))
    elif finetuning.pooling:
        raise ZooError("finetuning.pooling is for a new head, and the preset keeps its own: leave it out.")
    model = with_vocabularies(model, origin.vocabularies, spec.vocabularies)
    return with_adapters(model, finetuning.adapters) if finetuning.adapters else model


def keeps_head(origin: Origin, spec: DatasetSpec) -> bool:
    """Whether the model answers already as the data asks."""
    return _kind(origin) == (spec.pattern, spec.objective) and origin.labels == spec.labels


def scores_before(model: keras.Model, config: RunConfig, dataset: Dataset) -> dict:
    """What the compiled model scores on the test split before it is trained; nothing where its head is new."""
    if not keeps_head(open_origin(config.finetuning.preset), dataset.spec):
        return {}
    scores = evaluate(model, dataset, dataset.test, config.training.batch_size, config.decoding)
    return {"before": {"name": "before fine-tuning", **scores}}


def changes(config: RunConfig, spec: DatasetSpec) -> list[str]:
    """What of the preset is new, a line each."""
    origin = open_origin(config.finetuning.preset)
    added = {
        field: vocabulary.size - origin.vocabularies[field].size
        for field, vocabulary in spec.vocabularies.items()
        if field != "previous" and not (field == "targets" and "inputs" in spec.vocabularies)
    }
    lines = [f"{count:,} new symbols in the vocabulary of {field}." for field, count in added.items() if count]
    if not keeps_head(origin, spec):
        lines.append(f"A new head, which has learnt nothing yet, for the classes {', '.join(spec.labels)}.")
    return lines


def _kind(origin: Origin) -> tuple[str, str]:
    return origin.about["pattern"], origin.about["objective"]


def _check_kind(origin: Origin, spec: DatasetSpec):
    has, wanted = _kind(origin), (spec.pattern, spec.objective)
    if has != wanted and not (has == _NEXT_SYMBOL and wanted in _WITH_A_NEW_HEAD):
        raise ZooError(
            f"finetuning.preset: {origin.folder} is a model of the pattern {has[0]} that has learnt {has[1]}, and dataset "
            f"{spec.name} is for the pattern {wanted[0]} and {wanted[1]}: take another preset, or other data."
        )


def _pooling(model, finetuning: FinetuningConfig, origin: Origin, spec: DatasetSpec) -> str | None:
    """What one answer for a whole row is made of; `None` where each step has its own."""
    if spec.objective == "labels":
        if finetuning.pooling:
            raise ZooError("finetuning.pooling is for one answer a text, and a tagger has one a word: leave it out.")
        return None
    own = "max" if _kind(origin) == _NEXT_SYMBOL else getattr(model.get_layer("recurrence"), "pooling", "last")
    return finetuning.pooling or own
