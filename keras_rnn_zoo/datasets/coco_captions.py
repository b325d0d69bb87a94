"""COCO: photos of everyday scenes, each with five captions (Chen et al. 2015), through TensorFlow Datasets."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from keras_rnn_zoo.datasets.captions import Captions, caption_dataset
from keras_rnn_zoo.datasets.flickr8k import words
from keras_rnn_zoo.datasets.options import extra, whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.tfds_rows import read_rows, text_of
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.picture import read_picture
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

NAME = "coco_captions/2014"
SPLITS = {"train": "train", "validation": "val", "test": "test"}


def load(photos: int | None = 10_000, size: int = 64, min_count: int = 5, download: bool = False) -> Dataset:
    """Photos with five captions or more each, in the split of Karpathy & Fei-Fei 2015: 82,783/5,000/5,000 photos.

    Each caption is one example; those of a photo share a group, and are spelled as Karpathy's (see `flickr8k.words`).

    Args:
        photos: so many training photos are read, the first ones; `None`: all.
        size: photos are stretched to `(size, size, 3)`, float32 in [0, 1]. A photo takes 12 `size`^2 bytes of memory, 49 kB at
            64: with 10,000 to train on a gigabyte in all, with all of them 4.6.
        min_count: words that the training split holds less often are unknown.
        download: 37 GB are downloaded only if this is True.

    Raises:
        ZooError: an option is out of range, the photos are missing or damaged (see `tfds_rows.read_rows`), or Pillow is not
            installed.
    """
    if photos is not None:
        photos = whole("photos", photos, minimum=1)
    size = whole("size", size, minimum=8)
    if not isinstance(download, bool):
        raise ZooError(f"`download` should be True or False, received {download!r}.")
    rows = read_rows(NAME, SPLITS.values(), download)
    splits = {
        split: _captions(islice(rows[name], photos if split == "train" else None), size)
        for split, name in SPLITS.items()
    }
    return caption_dataset(
        splits,
        learn_vocabulary(splits["train"][1], lower=True, min_count=min_count),
        name="coco_captions",
        description="A sentence about a photo of an everyday scene.",
        scores=("bleu",),
        licence="captions CC BY 4.0, photos Flickr's terms",
        citation="Chen et al., Microsoft COCO Captions: Data Collection and Evaluation Server, 2015; "
        "https://cocodataset.org, TensorFlow Datasets coco_captions/2014",
    )


def _captions(rows: Iterable[dict], size: int) -> Captions:
    image, pictures, texts, groups = extra("PIL.Image"), [], [], []
    for number, row in enumerate(rows):
        picture = read_picture(image.fromarray(row["image"]), (size, size, 3))
        for text in row["captions"]["text"]:
            pictures.append(picture)
            texts.append(words(text_of(text)))
            groups.append(number)
    return pictures, texts, groups
