"""Keras's LSTM and GRU: by cuDNN on a GPU, with a faster backward pass elsewhere."""

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.cudnn import hindrances
from keras_rnn_zoo.layers.through_time import ThroughTime
from keras_rnn_zoo.layers.weight_drop import WeightDrop


class _Fused(ThroughTime, WeightDrop):
    def __init__(self, units, *, weight_drop=0.0, way=None, **options):
        super().__init__(units, **options)
        self.set_weight_drop(weight_drop, options.get("seed"))
        self.set_way(way)
        if self.use_cudnn is True and way not in (None, "loop"):
            raise ZooError(f"use_cudnn=True and way={way!r} ask for two kernels: leave one of them out.")

    def preference(self, masked, gpu):
        return "cudnn" if self.use_cudnn is True or (gpu and not hindrances(self, masked)) else None


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LSTM(_Fused, keras.layers.LSTM):
    """`keras.layers.LSTM` with the ways of `Recurrent`, and weight drop: cuDNN on a GPU, an own backward pass elsewhere.

    Args:
        units: the width of the state.
        weight_drop: share of the recurrent weights dropped in training, the same ones at every step (Merity et al. 2018).
        way: see `Recurrent`.
        **options: see `keras.layers.LSTM`, whose weights these are.

    >>> tuple(LSTM(8, weight_drop=0.5)(keras.ops.zeros((2, 5, 3)), training=True).shape)
    (2, 8)
    """


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class GRU(_Fused, keras.layers.GRU):
    """`keras.layers.GRU` with the ways of `Recurrent`, and weight drop: cuDNN on a GPU, an own backward pass elsewhere.

    Args:
        units: the width of the state.
        weight_drop: share of the recurrent weights dropped in training, the same ones at every step (Merity et al. 2018).
        way: see `Recurrent`.
        **options: see `keras.layers.GRU`, whose weights these are.

    >>> tuple(GRU(8)(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """
