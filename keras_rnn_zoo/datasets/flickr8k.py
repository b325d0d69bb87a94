"""Flickr8k: photos of people and dogs, each with five captions (Hodosh et al. 2013)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.archives import read_arrays, read_pictures
from keras_rnn_zoo.datasets.captions import Captions, caption_dataset
from keras_rnn_zoo.datasets.files import locate, read_lines
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.prepared import find, prepared
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import normalize
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

RELEASE = "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k"
PHOTOS = f"the photos of {RELEASE}/Flickr8k_Dataset.zip"
SPLITS = {"train": ("train", 6_000), "validation": ("dev", 1_000), "test": ("test", 1_000)}
CAPTIONS_A_PHOTO = 5
SIZE, FEATURES = 96, 1280


def load(features: bool = True, min_count: int = 4) -> Dataset:
    """8,000 photos with five captions each, in the standard split: 6,000 train, 1,000 validation, 1,000 test.

    Each caption is one example; the five of a photo share a group. Captions are spelled as Karpathy's are (see `words`),
    for the vocabulary and for `texts`, the references that BLEU is computed against.

    Args:
        features: the photo as the 1,280 averaged features of MobileNetV2, float32 of at least 0 (41 MB); otherwise the
            photo itself, `(96, 96, 3)`, float32 in [0, 1] (0.9 GB).
        min_count: words that the training split holds less often are unknown.

    Raises:
        ZooError: an option is out of range, a file is missing or malformed, or Pillow, which reads the photos, is not
            installed.
    """
    if not isinstance(features, bool):
        raise ZooError(f"`features` should be True or False, received {features!r}.")
    min_count = whole("min_count", min_count, minimum=1)
    captions = read_captions(_captions_file())
    names = {split: _listed(*SPLITS[split]) for split in SPLITS}
    pictures = (_features if features else _photos)([name for split in names.values() for name in split])
    splits = {split: _pairs(names[split], pictures, captions) for split in SPLITS}
    return caption_dataset(
        splits,
        learn_vocabulary(splits["train"][1], lower=True, min_count=min_count),
        name="flickr8k",
        description="A sentence about a photo of everyday life.",
        scores=("bleu",),
        licence="research only",
        citation="Hodosh, Young and Hockenmaier, Framing Image Description as a Ranking Task, JAIR 47, 2013; "
        f"{RELEASE}/Flickr8k_text.zip",
    )


def words(caption: str) -> str:
    """The caption in lower case, its letters and digits alone, one space between words (Karpathy & Fei-Fei 2015).

    >>> words('A tri-colored dog\\'s "ball" .')
    'a tricolored dogs ball'
    """
    kept = "".join(c for c in normalize(caption, lower=True) if c.isalnum() or c.isspace())
    return " ".join(kept.split())


def read_captions(path: Path) -> dict[str, list[str]]:
    """The captions of each photo, as written: of `captions.txt`, a CSV with a head, or of `Flickr8k.token.txt`.

    A line of another form is a `ZooError`.
    """
    lines = read_lines(path)
    head = lines[0] == "image,caption"
    captions: dict[str, list[str]] = {}
    for number, line in enumerate(lines[head:], start=1 + head):
        name, text = _csv_columns(line) if head else _token_columns(line)
        if not name or not text.strip():
            raise ZooError(f"{path}, line {number} should be a photo and a text, received {line!r:.80}. Fetch it anew.")
        captions.setdefault(name, []).append(text)
    return captions


def _csv_columns(line: str) -> tuple[str, str]:
    try:
        columns = next(csv.reader([line], strict=True), [])
    except csv.Error:  # a quotation mark without its other half
        columns = []
    return tuple(columns) if len(columns) == 2 else ("", "")


def _token_columns(line: str) -> tuple[str, str]:
    """`NAME#NUMBER`, a tab and the text."""
    name, _, text = line.partition("\t")
    return name.rpartition("#")[0], text


def _captions_file() -> Path:
    return find("flickr8k/captions.txt") or _text_file("Flickr8k.token.txt")


def _text_file(name: str) -> Path:
    return locate(f"flickr8k/{name}", f"{RELEASE}/Flickr8k_text.zip", member=name)


def _listed(split: str, expected: int) -> list[str]:
    path = _text_file(f"Flickr_8k.{split}Images.txt")
    names = read_lines(path)
    if len(names) != expected or len(set(names)) != expected:
        received = f"{len(names):,} lines, {len(set(names)):,} of them different"
        raise ZooError(f"{path} should list {expected:,} photos, each once, received {received}. Fetch it anew.")
    return names


def _features(names: Sequence[str]) -> dict[str, np.ndarray]:
    contents = f"`features` (photos, {FEATURES}), uint8, their `scale` and the photos' `names`"
    path = prepared("flickr8k/mobilenetv2_pooled_1280_u8.npz", contents, f"{PHOTOS} with Keras's MobileNetV2")
    arrays = read_arrays(path, {"features": ("u", (None, FEATURES)), "names": ("U", (None,)), "scale": ("f", ())})
    features = arrays["features"] * arrays["scale"].astype(np.float32)
    by_name = dict(zip(arrays["names"].tolist(), features))
    missing = sorted(set(names) - set(by_name))
    if missing:
        raise ZooError(f"{path} should hold every photo's features, received none of {missing[:3]}. Fetch it anew.")
    return by_name


def _photos(names: Sequence[str]) -> dict[str, np.ndarray]:
    path = prepared("flickr8k/images_96.zip", f"each photo at {SIZE} x {SIZE} pixels under its name", PHOTOS)
    photos = read_pictures(path, names, SIZE)
    return dict(zip(names, np.divide(photos, 255, dtype=np.float32)))


def _pairs(names: Sequence[str], pictures: dict[str, np.ndarray], captions: dict[str, list[str]]) -> Captions:
    few = [name for name in names if len(captions.get(name, ())) != CAPTIONS_A_PHOTO]
    if few:
        raise ZooError(
            f"flickr8k: every photo should have {CAPTIONS_A_PHOTO} captions, received {len(captions.get(few[0], ()))} "
            f"of {few[0]}. Fetch the captions anew."
        )
    pairs = [(number, name, text) for number, name in enumerate(names) for text in captions[name]]
    return [pictures[name] for _, name, _ in pairs], [words(text) for *_, text in pairs], [n for n, *_ in pairs]
