"""Where `bench speed` computes."""

from __future__ import annotations

from keras_rnn_zoo.device import has_gpu
from keras_rnn_zoo.errors import ZooError

DEVICES = ("cpu", "gpu")
ANCHOR = "cuDNN LSTM"  # The fastest recurrence on a GPU, timed beside every cell there.


def check_device(device: str):
    """Raises a `ZooError` unless the backend in use computes on `device`; for `gpu` that is JAX with a GPU."""
    import keras

    backend, found = keras.backend.backend(), "gpu" if has_gpu() else "cpu"
    if device == "gpu" and (backend, found) != ("jax", "gpu"):
        raise ZooError(
            "--device gpu needs JAX and a GPU that JAX sees: install jax[cuda12] on a machine that has one and set "
            f"KERAS_BACKEND=jax; received KERAS_BACKEND={backend}, which computes on {found}."
        )
    if device == "cpu" and found != "cpu":
        hide = "JAX_PLATFORMS=cpu" if backend == "jax" else "CUDA_VISIBLE_DEVICES=-1"
        raise ZooError(f"--device cpu: {backend} computes on {found}. Set {hide}, or give --device gpu.")


def device_name() -> str:
    """What the backend calls the device: `cpu`, or the name of the GPU."""
    if not has_gpu():
        return "cpu"
    import jax

    return jax.devices()[0].device_kind
