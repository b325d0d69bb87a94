"""Low-rank adapters for the recurrent layers of a trained model."""

from __future__ import annotations

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.finetuning.layer_groups import layer_groups
from keras_rnn_zoo.finetuning.rebuilt import rebuilt
from keras_rnn_zoo.layers.low_rank import (
    LowRank,
    LowRankGRU,
    LowRankLSTM,
    LowRankRecurrent,
    check_low_rank,
    check_narrower,
)

_ADAPTED = {"LSTM": LowRankLSTM, "GRU": LowRankGRU, "Recurrent": LowRankRecurrent}
_PLAIN = {
    "LowRankLSTM": ("keras_rnn_zoo.layers.fused", "LSTM", "keras_rnn_zoo>LSTM"),
    "LowRankGRU": ("keras_rnn_zoo.layers.fused", "GRU", "keras_rnn_zoo>GRU"),
    "LowRankRecurrent": ("keras_rnn_zoo.layers.recurrent", "Recurrent", "keras_rnn_zoo>Recurrent"),
}


def with_adapters(model: keras.Model, rank: int = 4, alpha: float = 1.0) -> keras.Model:
    """A copy of `model` whose recurrent layers are frozen and have a low-rank change of each kernel and recurrent kernel.

    Of the other layers only the output layer is trained, as with `freeze_to(model, -1)`.

    Args:
        rank, alpha: see `layers.low_rank.LowRank` (Hu et al. 2022, "LoRA").

    Returns:
        A model that answers as `model` does; not compiled.

    Raises:
        ZooError: `model` has no recurrent layer, or one that cannot be adapted; an argument is out of range.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = build_many_to_one((None, 3), 2, 32)
    >>> adapted = with_adapters(model, rank=2)
    >>> sum(int(ops.size(one)) for one in adapted.trainable_variables), model.count_params()
    (648, 4674)
    """
    check_low_rank(rank, alpha)
    _check_recurrences(model, rank)

    def change(form):
        layer = _ADAPTED.get(form["class_name"])
        if layer is None or not _is_recurrence(form):
            return form
        config = form["config"] | {"rank": rank, "alpha": alpha}
        return _form(layer.__module__, layer.__name__, f"keras_rnn_zoo>{layer.__name__}", config)

    adapted = rebuilt(model, change)
    groups = layer_groups(adapted)
    for mine, its in zip(groups, layer_groups(model), strict=True):
        _copy(its, mine)
        mine.trainable = mine is groups[-1] or any(isinstance(one, LowRank) for one in _parts(mine))
    return adapted


def merged(model: keras.Model) -> keras.Model:
    """A copy of `model` with its adapters added to the kernels: plain layers, as fast as before; not compiled.

    Raises:
        ZooError: `model` has no adapters.

    >>> from keras_rnn_zoo.builders import build_many_to_one
    >>> model = build_many_to_one((None, 3), 2, 8)
    >>> merged(with_adapters(model)).count_params() == model.count_params()
    True
    """
    if not any(isinstance(part, LowRank) for layer in layer_groups(model) for part in _parts(layer)):
        raise ZooError(f"{model.name} has no adapters to merge: make some with with_adapters(model).")

    def change(form):
        if form["class_name"] not in _PLAIN:
            return form
        config = {name: value for name, value in form["config"].items() if name not in ("rank", "alpha")}
        return _form(*_PLAIN[form["class_name"]], config)

    plain = rebuilt(model, change)
    for mine, its in zip(layer_groups(plain), layer_groups(model), strict=True):
        for part, its_part in zip(_parts(mine), _parts(its), strict=True):
            _merge(its_part, part)
        mine.trainable = True
    return plain


def _form(module, class_name, registered_name, config):
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered_name}


def _is_recurrence(form) -> bool:
    """Whether a form is that of a layer, since cells and layers of other packages may share its class's name."""
    return "return_sequences" in form["config"]


def _parts(layer) -> list:
    both_ways = isinstance(layer, keras.layers.Bidirectional)
    return [layer.forward_layer, layer.backward_layer] if both_ways else [layer]


def _check_recurrences(model, rank):
    parts = [part for layer in layer_groups(model) for part in _parts(layer) if isinstance(part, keras.layers.RNN)]
    if not parts:
        raise ZooError(f"{model.name} has no recurrent layer to adapt.")
    for part in parts:
        if type(part).__name__ not in _ADAPTED:
            raise ZooError(f"{part.name} is a {type(part).__name__}; adapters are for {', '.join(_ADAPTED)}.")
        check_narrower(part.cell, rank, part.name)


def _copy(source, target):
    for its, mine in zip(_parts(source), _parts(target), strict=True):
        both = (its.cell, mine.cell) if isinstance(mine, LowRank) else (its, mine)
        both[1].set_weights(both[0].get_weights())


def _merge(source, target):
    if not isinstance(source, LowRank):
        return target.set_weights(source.get_weights())
    target.cell.set_weights(source.cell.get_weights())
    for name in source.adapted_names:
        getattr(target.cell, name).assign(ops.convert_to_numpy(source.adapted(name)))
