"""Every dataset by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from keras_rnn_zoo.datasets import (
    emoji_captions,
    flickr8k,
    grid_speech,
    jsb_chorales,
    multi30k,
    number_names,
    number_pictures,
    pathological,
    python_source,
    tatoeba_tr_en,
    tinyshakespeare,
    uci_sentiment,
)
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError, unknown_name

DATASETS: dict[str, Callable[..., Dataset]] = {
    "addition": pathological.load_addition,
    "emoji_captions": emoji_captions.load,
    "flickr8k": flickr8k.load,
    "grid_speech": grid_speech.load,
    "jsb_chorales": jsb_chorales.load,
    "multi30k": multi30k.load,
    "multiplication": pathological.load_multiplication,
    "noiseless_memorization": pathological.load_noiseless_memorization,
    "number_names": number_names.load,
    "number_pictures": number_pictures.load,
    "python_source": python_source.load,
    "random_permutation": pathological.load_random_permutation,
    "tatoeba_tr_en": tatoeba_tr_en.load,
    "temporal_order": pathological.load_temporal_order,
    "temporal_order_3bit": pathological.load_temporal_order_3bit,
    "tinyshakespeare": tinyshakespeare.load,
    "uci_sentiment": uci_sentiment.load,
}


def load(name: str, **options) -> Dataset:
    """The dataset of that name, in three splits and with its description.

    Args:
        name: one of `list_datasets()`.
        options: keyword arguments of that dataset's own `load`.

    Raises:
        ZooError: the name or an option is unknown, an option is out of range, or a file is missing or malformed.

    >>> dataset = load("temporal_order", length=20, train=100, validation=20, test=20)
    >>> dataset.train.inputs["inputs"].shape
    (100, 20, 6)
    """
    check(name, options)
    return DATASETS[name](**options)


def check(name: str, options: dict) -> None:
    """Raises the `ZooError` that `load` would raise for an unknown name or option, without loading anything."""
    if not isinstance(name, str) or name not in DATASETS:
        raise unknown_name("dataset", name, DATASETS)
    known = inspect.signature(DATASETS[name]).parameters
    for option in options:
        if option not in known:
            listed = ", ".join(f"{key}={parameter.default!r}" for key, parameter in known.items())
            raise ZooError(f"Dataset {name!r} has no option {option!r}. Its options: {listed or 'none'}.")


def list_datasets() -> list[str]:
    """The names that `load` knows, sorted."""
    return sorted(DATASETS)
