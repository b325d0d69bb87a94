"""Data-parallel training on several devices, by the backend's own means."""

from __future__ import annotations

import contextlib

import keras

from keras_rnn_zoo.errors import ZooError


@contextlib.contextmanager
def distributed(devices: int | None):
    """Within it, models are built and trained on `devices` devices; `None` changes nothing.

    TensorFlow: `tf.distribute.MirroredStrategy`; JAX: `keras.distribution.DataParallel`. Each batch is shared among the
    devices and the gradients are averaged, so the updates equal those of one device.

    Raises:
        ZooError: fewer devices are there, or the backend cannot do it.
    """
    if devices is None:
        yield
    elif keras.backend.backend() == "tensorflow":
        with _mirrored(devices).scope():
            yield
    elif keras.backend.backend() == "jax":
        with _data_parallel(devices):
            yield
    else:
        raise ZooError(
            f"training.distribution needs the TensorFlow or JAX backend, received {keras.backend.backend()}."
        )


def _mirrored(count):
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in _enough(found, count)])


@contextlib.contextmanager
def _data_parallel(count):
    devices = _enough(keras.distribution.list_devices(), count)
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


def _enough(found, count):
    if len(found) < count:
        raise ZooError(f"training.distribution.devices={count}, but {len(found)} device(s) found: {found}.")
    return list(found)[:count]
