"""What the backend computes on."""


def has_gpu() -> bool:
    """Whether the backend sees a GPU, which is what Keras asks before it takes cuDNN."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_logical_devices("GPU"))
    if keras.backend.backend() == "jax":
        import jax

        return jax.default_backend() == "gpu"
    import torch

    return torch.cuda.is_available()
