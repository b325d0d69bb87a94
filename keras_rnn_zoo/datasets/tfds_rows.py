"""The rows of datasets that TensorFlow Datasets prepares: `tfds build NAME` or a first `load` downloads them."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from keras_rnn_zoo.datasets.files import TIMEOUT
from keras_rnn_zoo.datasets.options import extra
from keras_rnn_zoo.errors import ZooError

DATA_DIR_VARIABLE = "TFDS_DATA_DIR"
Row = dict


def read_rows(name: str, splits: Iterable[str], download: bool = True) -> dict[str, Iterator[Row]]:
    """For each of `splits` its rows, each a dictionary as TensorFlow Datasets describes the dataset's features.

    They are in the folder `$TFDS_DATA_DIR`, or `~/tensorflow_datasets`. Array-record files, which is what is made when they
    are downloaded here, are read without TensorFlow.

    Args:
        name: in TensorFlow Datasets, with the configuration, such as `"glue/sst2"`.
        splits: names of its splits.
        download: whether what is not there yet is downloaded and prepared by TensorFlow Datasets, which checks the checksums
            and renames a finished folder into place.

    Raises:
        ZooError: TensorFlow Datasets is not installed, the dataset is not there and was not downloaded, or its files are
            truncated or others.
    """
    tfds = extra("tensorflow_datasets")
    with _without_warnings():
        builder = _opened(tfds, name)
        _prepare(builder, name, download)
    return {split: _rows(tfds, builder, split, name) for split in splits}


def text_of(value) -> str:
    """A text feature as a string: TensorFlow Datasets gives bytes.

    >>> text_of("dağ".encode())
    'dağ'
    """
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


@contextmanager
def _without_warnings():
    """What is not there yet is no news here: an error says it, or a download mends it."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _opened(tfds, name: str):
    folder = os.environ.get(DATA_DIR_VARIABLE)
    try:
        return tfds.builder(name, data_dir=folder)
    except Exception as error:  # an unknown name, a damaged description: of many kinds
        raise _damaged(name, folder or "~/tensorflow_datasets", error) from error


def _prepare(builder, name: str, download: bool) -> None:
    if builder.is_prepared():
        return
    if not download:
        raise _missing(builder, name, "`download` is off")
    try:
        _reach(builder)
        builder.download_and_prepare(file_format="array_record" if find_spec("array_record") else None)
    except Exception as error:  # of the network, of checksums, of the disk
        raise _missing(builder, name, f"it could not be downloaded: {' '.join(str(error).split())}") from error


def _reach(builder) -> None:
    """Fails in seconds where there is no network; TensorFlow Datasets would try again for minutes."""
    address = next(iter(builder.url_infos), None)
    if address is None:
        return
    try:
        with urlopen(Request(address, method="HEAD"), timeout=TIMEOUT):
            pass
    except HTTPError:  # It has answered.
        pass


def _missing(builder, name: str, reason: str) -> ZooError:
    return ZooError(
        f"TensorFlow Datasets has no {name} in {builder.data_dir}, and {reason}. With a network run: "
        f"tfds build {name} --file_format=array_record; or set {DATA_DIR_VARIABLE} to the folder that holds "
        f"{name.partition('/')[0]}."
    )


def _damaged(name: str, folder, error: Exception) -> ZooError:
    return ZooError(
        f"TensorFlow Datasets could not read {name} in {folder}: {type(error).__name__}: {' '.join(str(error).split())}. "
        f"Remove that folder and run: tfds build {name} --file_format=array_record; or set {DATA_DIR_VARIABLE} to a whole copy."
    )


def _rows(tfds, builder, split: str, name: str) -> Iterator[Row]:
    try:
        yield from _source(tfds, builder, split)
    except Exception as error:  # TensorFlow Datasets, its file formats and TensorFlow raise many kinds
        raise _damaged(name, builder.data_dir, error) from error


def _source(tfds, builder, split: str) -> Iterable[Row]:
    try:
        return builder.as_data_source(split)
    except NotImplementedError:  # prepared as TFRecord, `tfds.load`'s own way: it has no random access
        in_order = tfds.ReadConfig(interleave_cycle_length=1)
        return tfds.as_numpy(builder.as_dataset(split=split, read_config=in_order, shuffle_files=False))
