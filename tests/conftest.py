"""What the whole suite shares: quiet backends, and a reason for every test that is skipped."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import pytest  # noqa: E402


def has_gpu() -> bool:
    """Whether the backend in use sees a GPU."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_physical_devices("GPU"))
    if keras.backend.backend() == "jax":
        import jax

        return jax.default_backend() == "gpu"
    import torch

    return torch.cuda.is_available()


@pytest.fixture(autouse=True)
def _skip_what_cannot_run(request):
    if request.node.get_closest_marker("data") and not os.environ.get("KERAS_RNN_ZOO_DATA"):
        pytest.skip("KERAS_RNN_ZOO_DATA names no folder of data")
    if request.node.get_closest_marker("gpu") and not has_gpu():
        pytest.skip("no GPU is visible")


@pytest.fixture(autouse=True)
def _same_seed_for_every_test():
    keras.utils.set_random_seed(1)
