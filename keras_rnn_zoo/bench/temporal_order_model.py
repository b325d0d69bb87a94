"""The networks of Pascanu et al. 2013 on temporal order."""

from __future__ import annotations

import keras
import numpy as np

from keras_rnn_zoo.bench.fresh_batches import FEATURES, FreshBatches
from keras_rnn_zoo.bench.temporal_order_setting import CLASSES, CLIP, LEARNING_RATE, UNITS, Setting
from keras_rnn_zoo.builders import build_many_to_one
from keras_rnn_zoo.initializers import BasicTanh, SmartTanh

# Activation, initial recurrent kernel, standard deviation of the other matrices (the authors' code).
_STARTS = {
    "sigmoid": ("sigmoid", lambda seed: BasicTanh(std=0.01, seed=seed), 0.01),
    "basic_tanh": ("tanh", lambda seed: BasicTanh(std=0.1, seed=seed), 0.1),
    "smart_tanh": ("tanh", lambda seed: SmartTanh(seed=seed), 0.01),
}
_GROUP = 100  # sequences of one length that are scored together


def temporal_order_model(setting: Setting) -> keras.Model:
    """An untrained network of 50 units, compiled as `setting` says."""
    activation, recurrent, std = _STARTS[setting.init]
    seeds = iter(np.random.SeedSequence(setting.seed).generate_state(3).tolist())
    model = build_many_to_one(
        (None, FEATURES),
        CLASSES,
        UNITS,
        cell="simple_rnn",
        cell_options={
            "activation": activation,
            "kernel_initializer": BasicTanh(std=std, seed=next(seeds)),
            "recurrent_initializer": recurrent(next(seeds)),
        },
        norm_preserving=setting.weight or None,
        mask_value=None,
    )
    output = model.get_layer("output").kernel
    output.assign(BasicTanh(std=std, seed=next(seeds))(output.shape))
    clip = None if setting.method == "sgd" else CLIP
    optimizer = keras.optimizers.SGD(LEARNING_RATE, global_clipnorm=clip)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=True)
    return model


def share_wrong(model, seed, lengths, sequences) -> float:
    """The share of `sequences` fresh sequences that the model gets wrong; `seed` is a tuple of integers."""
    groups = FreshBatches(seed, 0, -(-sequences // _GROUP), min(_GROUP, sequences), lengths)
    wrong = [model.predict_on_batch(x).argmax(axis=-1) != y for x, y in map(groups.__getitem__, range(len(groups)))]
    return float(np.mean(wrong))


def recurrent_kernel(model) -> np.ndarray:
    """The recurrent kernel, `(units, units)`."""
    return keras.ops.convert_to_numpy(model.get_layer("recurrence").layers[0].cell.recurrent_kernel)


def spectral_radius(matrix) -> float:
    """The largest absolute eigenvalue; not a number where an entry is none."""
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if np.isfinite(matrix).all() else float("nan")
