"""A GPU that is not there: Keras asks for one before it takes cuDNN, and a graph with cuDNN's kernels can be traced."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def pretended_gpu(monkeypatch):
    """TensorFlow or JAX says that it sees a GPU."""
    import keras

    device = SimpleNamespace(device_type="GPU", name="GPU:0")
    if keras.backend.backend() == "jax":
        import jax

        monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
        return
    import tensorflow as tf

    for name in ("list_logical_devices", "list_physical_devices"):
        monkeypatch.setattr(tf.config, name, lambda kind=None: [device])
