"""Pictures of one's own, a folder of them for each class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from keras_rnn_zoo.datasets.known import Known, numbered
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.own_files import LICENCE, class_files, own_path, splits_of
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.preprocessing.picture import read_picture

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
COLOURS = {"grey": 1, "rgb": 3}


def load(path: str, size: int = 64, colours: str = "rgb", seed: int = 0) -> Dataset:
    """The class of a picture: `path/cat/1.png`, `path/dog/2.jpg`, ...

    Dealt 80/10/10, each class in its proportion, equal files in one split; or as the folders `train`, `validation` and `test`
    in `path` have it, each with the classes' folders inside. For the builder `one_to_one`, as in `mlp_number_pictures`; the
    trained model's task is given a picture's file.

    Args:
        path: the folder.
        size: pictures are stretched to `(size, size, channels)`, float32 in [0, 1], what is transparent laid on white.
        colours: `"rgb"`, or `"grey"`, one channel.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, there is no such folder or it has another form, or a file (the error names it) is no
            picture.
    """
    return _dataset(path, shape_of(size, colours), lambda labels: tuple(sorted(set(labels))), seed)


def load_like(known: Known, path: str, seed: int = 0) -> Dataset:
    """The same for a trained model, in the size that it sees and, where they are all its own, by its classes.

    Args:
        known: what the model knows.
        path, seed: as in `load`.

    Raises:
        ZooError: as `load`; or the model sees no pictures.
    """
    return _dataset(path, known.picture("inputs"), known.classes, seed)


def _dataset(path: str, shape: tuple[int, int, int], classes: Callable, seed: int) -> Dataset:
    seed = whole("seed", seed, minimum=0)
    folder = own_path(path, "a folder with a folder of pictures for each class", folder=True)
    files = class_files(folder, SUFFIXES)
    pictures = np.stack([read_picture(file.path, shape) for file in files])
    names = [file.label for file in files]
    labels = classes(names)
    everything = Examples({"inputs": pictures}, np.array(numbered(names, labels), np.int32))
    spec = DatasetSpec(
        name="picture_folder",
        description=f"The class of a picture, one of {len(labels)}.",
        pattern="one_to_one",
        objective="class",
        builder_arguments={"input_shape": shape, "outputs": len(labels)},
        labels=labels,
        licence=LICENCE,
        citation=folder.name,
    )
    return Dataset(*(everything.subset(rows) for rows in splits_of(files, seed, str(folder)).values()), spec)


def shape_of(size, colours) -> tuple[int, int, int]:
    """`(size, size, channels)`, if the two options are in range; otherwise a `ZooError`."""
    size = whole("size", size, minimum=4)
    return size, size, COLOURS[one_of("colours", colours, COLOURS)]
