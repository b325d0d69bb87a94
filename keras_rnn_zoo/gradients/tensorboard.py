"""Scalars for TensorBoard, written by TensorFlow alone: TensorBoard itself is needed only to look at them."""

import importlib.util

from keras_rnn_zoo.errors import ZooError


def check_writer():
    """Raises a `ZooError` where TensorFlow, which writes the files, is not installed."""
    if importlib.util.find_spec("tensorflow") is None:
        raise ZooError("tensorboard= writes with TensorFlow, which is not installed: leave it out, or install it.")


def open_writer(folder):
    """A writer of event files in `folder`, which is made if need be."""
    import tensorflow as tf

    return tf.summary.create_file_writer(str(folder))


def write_scalars(writer, quantities: dict, step: int):
    """Writes one epoch's scalars.

    Args:
        writer: see `open_writer`.
        quantities: by layer (`""`: the whole model), then by name.
        step: the epoch.
    """
    import tensorflow as tf

    # `tf.summary.scalar` does the same, but has TensorBoard do it.
    metadata = tf.compat.v1.SummaryMetadata(data_class="DATA_CLASS_SCALAR")
    metadata.plugin_data.plugin_name = "scalars"
    with writer.as_default(step=step):
        for layer, values in quantities.items():
            for name, value in values.items():
                tf.summary.write(f"{layer or 'model'}/{name}", tf.constant(value, "float32"), metadata=metadata)
    writer.flush()
