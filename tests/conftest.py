"""What the whole suite shares: quiet backends, and a reason for every test that is skipped."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")  # programs run once: compile them quickly
for kind in ("INTRAOP", "INTEROP"):
    os.environ.setdefault(f"TF_NUM_{kind}_THREADS", "1")  # each of two workers keeps to a core

import keras  # noqa: E402
import pytest  # noqa: E402

from keras_rnn_zoo.device import has_gpu  # noqa: E402
from keras_rnn_zoo.layers import compiled_loop  # noqa: E402


@pytest.fixture(autouse=True)
def _skip_what_cannot_run(request):
    if request.node.get_closest_marker("data") and not os.environ.get("KERAS_RNN_ZOO_DATA"):
        pytest.skip("KERAS_RNN_ZOO_DATA names no folder of data")
    if request.node.get_closest_marker("gpu") and not has_gpu():
        pytest.skip("no GPU is visible")


@pytest.fixture(autouse=True)
def _compile_only_where_a_test_is_about_it(request, monkeypatch):
    """XLA takes a second for a layer, and computes the same: see `layers/test_own_backward.py`."""
    if not request.node.get_closest_marker("compiles"):
        monkeypatch.setattr(compiled_loop, "can_compile", lambda: False)


@pytest.fixture(autouse=True)
def _same_seed_for_every_test():
    keras.utils.set_random_seed(1)


@pytest.fixture(autouse=True, scope="module")
def _let_go_of_compiled_programs():
    """JAX keeps what it compiled, in more memory maps than a process may have once all the tests have run."""
    yield
    if keras.backend.backend() == "jax":
        import jax

        jax.clear_caches()
