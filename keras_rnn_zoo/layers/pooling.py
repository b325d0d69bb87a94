"""One vector out of what a recurrent layer said at every step."""

from keras import ops

from keras_rnn_zoo.errors import unknown_name
from keras_rnn_zoo.layers.final_output import final_output

POOLING = ("last", "max", "mean")


def checked_pooling(pooling: str) -> str:
    """`pooling`, if it is one of `POOLING`; otherwise a `ZooError` that lists them."""
    if pooling not in POOLING:
        raise unknown_name("pooling", pooling, POOLING)
    return pooling


def pooled(pooling: str, outputs, forward_width: int, mask=None):
    """What stands for a whole row: `(batch, width)` of `(batch, timesteps, width)`.

    Args:
        pooling: `"last"`: the output when the row had been read, see `final_output`; `"max"`, `"mean"`: each unit's greatest
            and mean value over the real steps (Collobert & Weston 2008; Conneau et al. 2017).
        outputs: the first `forward_width` columns read forwards, the others backwards.
        mask: `(batch, timesteps)`, right-padded; without one every step is real.

    >>> outputs, mask = ops.array([[[1.0], [4.0], [9.0]]]), ops.array([[True, True, False]])
    >>> [float(pooled(name, outputs, 1, mask)[0, 0]) for name in POOLING]
    [4.0, 4.0, 2.5]
    """
    if pooling == "last":
        return final_output(outputs, forward_width, mask)
    if mask is None:
        return ops.max(outputs, axis=1) if pooling == "max" else ops.mean(outputs, axis=1)
    real = ops.cast(mask, outputs.dtype)[:, :, None]
    if pooling == "mean":
        return ops.sum(outputs * real, axis=1) / ops.sum(real, axis=1)
    lowest = ops.min(outputs, axis=1, keepdims=True)
    return ops.max(ops.where(mask[:, :, None], outputs, lowest), axis=1)
