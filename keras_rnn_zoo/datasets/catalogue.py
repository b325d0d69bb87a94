"""Every dataset by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from keras_rnn_zoo.datasets import (
    array_file,
    captioned_pictures,
    coco_captions,
    emoji_captions,
    flickr8k,
    fsdd,
    glue_sst2,
    grid_speech,
    grid_video,
    imdb_reviews,
    jsb_chorales,
    mnist,
    multi30k,
    musedata,
    nottingham,
    number_names,
    number_pictures,
    pathological,
    piano_midi,
    picture_folder,
    ptb,
    python_source,
    sst,
    table,
    tagged_text,
    tatoeba_tr_en,
    ted_tr_en,
    text_file,
    tfds_universal_dependencies,
    tinyshakespeare,
    uci_sentiment,
    universal_dependencies,
    wav_folder,
)
from keras_rnn_zoo.datasets.known import Known
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError, unknown_name

DATASETS: dict[str, Callable[..., Dataset]] = {
    "addition": pathological.load_addition,
    "array_file": array_file.load,
    "captioned_pictures": captioned_pictures.load,
    "coco_captions": coco_captions.load,
    "emoji_captions": emoji_captions.load,
    "flickr8k": flickr8k.load,
    "fsdd": fsdd.load,
    "glue_sst2": glue_sst2.load,
    "grid_speech": grid_speech.load,
    "grid_video": grid_video.load,
    "imdb_reviews": imdb_reviews.load,
    "jsb_chorales": jsb_chorales.load,
    "mnist": mnist.load,
    "multi30k": multi30k.load,
    "multiplication": pathological.load_multiplication,
    "musedata": musedata.load,
    "noiseless_memorization": pathological.load_noiseless_memorization,
    "nottingham": nottingham.load,
    "number_names": number_names.load,
    "number_pictures": number_pictures.load,
    "piano_midi": piano_midi.load,
    "picture_folder": picture_folder.load,
    "ptb": ptb.load,
    "python_source": python_source.load,
    "random_permutation": pathological.load_random_permutation,
    "sst": sst.load,
    "table": table.load,
    "tagged_text": tagged_text.load,
    "tatoeba_tr_en": tatoeba_tr_en.load,
    "ted_tr_en": ted_tr_en.load,
    "temporal_order": pathological.load_temporal_order,
    "temporal_order_3bit": pathological.load_temporal_order_3bit,
    "text_file": text_file.load,
    "tfds_universal_dependencies": tfds_universal_dependencies.load,
    "tinyshakespeare": tinyshakespeare.load,
    "uci_sentiment": uci_sentiment.load,
    "universal_dependencies": universal_dependencies.load,
    "wav_folder": wav_folder.load,
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


# A user's own files, read by what a trained model knows.
LIKE: dict[str, Callable[..., Dataset]] = {
    "captioned_pictures": captioned_pictures.load_like,
    "picture_folder": picture_folder.load_like,
    "table": table.load_like,
    "tagged_text": tagged_text.load_like,
    "text_file": text_file.load_like,
    "wav_folder": wav_folder.load_like,
}


def load_like(known: Known, name: str, **options) -> Dataset:
    """A dataset of the user's own files, read by the symbols, classes and measures of a trained model.

    Args:
        known: what the model knows.
        name: one of `LIKE`.
        options: keyword arguments of that dataset's own `load_like`.

    Raises:
        ZooError: as `load`, or the data is for another kind of model.
    """
    check(name, options, LIKE)
    return LIKE[name](known, **options)


def check(name: str, options: dict, loaders: dict[str, Callable[..., Dataset]] = DATASETS) -> None:
    """Raises the `ZooError` that `load` would raise for an unknown name or option, without loading anything."""
    if not isinstance(name, str) or name not in loaders:
        raise unknown_name("dataset", name, loaders)
    known = {key: value for key, value in inspect.signature(loaders[name]).parameters.items() if key != "known"}
    for option in options:
        if option not in known:
            raise ZooError(f"Dataset {name!r} has no option {option!r}. Its options: {_listed(known) or 'none'}.")
    for option, parameter in known.items():
        if parameter.default is parameter.empty and option not in options:
            raise ZooError(
                f"Dataset {name!r} needs the option {option!r}, received none. Its options: {_listed(known)}. In a command: "
                f"--set {option}=... of `describe`, --set dataset.options.{option}=... of `train`."
            )


def _listed(known) -> str:
    """Options with their defaults."""
    given = {key: "" if value.default is value.empty else f"={value.default!r}" for key, value in known.items()}
    return ", ".join(f"{key}{default}" for key, default in given.items())


def list_datasets() -> list[str]:
    """The names that `load` knows, sorted."""
    return sorted(DATASETS)
