"""MNIST: handwritten digits as sequences of pixels (LeCun et al. 1998; Le, Jaitly & Hinton 2015)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.gzipped import locate_gzipped, unpacked
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.pixel_sequence import ORDERS, pixel_sequence

ADDRESS = "https://storage.googleapis.com/cvdf-datasets/mnist"
SHA256 = {  # of what is inside the .gz files
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
VALIDATION = 5_000  # the last of the training file
_UNSIGNED_BYTES = 0x08  # how an .idx file says so


def load(order: str = "rows", seed: int = 0) -> Dataset:
    """70,000 digits of 28 x 28 pixels, 55,000/5,000/10,000: the last 5,000 of the training file are the validation split.

    No picture is there twice. The mean image is 13 % white.

    Args:
        order: `"rows"`, inputs `(28, 28)`; `"pixels"` or `"permuted"`, inputs `(784, 1)`; see
            `preprocessing.pixel_sequence`.
        seed: of the permutation; the other orders do not depend on it.

    Raises:
        ZooError: an option is out of range, or a file is missing or not the original.
    """
    one_of("order", order, ORDERS)
    seed = whole("seed", seed, 0, 2**32 - 1)
    train, test = (_examples(part, order, seed) for part in ("train", "t10k"))
    held = len(train) - VALIDATION
    spec = DatasetSpec(
        name="mnist",
        description=f"Which digit was written by hand, {order}.",
        pattern="many_to_one",
        objective="class",
        builder_arguments={"input_shape": (None, train.inputs["inputs"].shape[-1]), "outputs": 10, "mask_value": None},
        labels=tuple("0123456789"),
        features={"order": order, "seed": seed},
        licence="CC BY-SA 3.0",
        citation="LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, 1998; "
        f"{ADDRESS}",
    )
    return Dataset(train.subset(range(held)), train.subset(range(held, len(train))), test, spec)


def read(path: Path, rank: int) -> np.ndarray:
    """The unsigned bytes of an `.idx` file, or of one inside a `.gz` file, as an array of `rank` axes.

    A malformed file is a `ZooError`.
    """
    content, start = unpacked(path), 4 * (1 + rank)
    magic, *shape = np.frombuffer(content[:start].ljust(start, b"\xff"), ">u4").tolist()
    if magic != (_UNSIGNED_BYTES << 8 | rank) or len(content) != start + math.prod(shape):
        raise ZooError(
            f"{path} should be an .idx file of unsigned bytes with {rank} axes, received another or a part of one "
            f"({len(content):,} bytes). Fetch it anew."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _examples(part: str, order: str, seed: int) -> Examples:
    pictures, labels = (
        read(_locate(f"{part}-{name}-ubyte"), rank) for name, rank in (("images-idx3", 3), ("labels-idx1", 1))
    )
    return Examples({"inputs": pixel_sequence(pictures, order, seed)}, labels.astype(np.int32))


def _locate(name: str) -> Path:
    return locate_gzipped(f"mnist/{name}", f"{ADDRESS}/{name}.gz", SHA256[name])
