"""Pictures of one's own, with a table of texts about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from keras_rnn_zoo.datasets.captions import caption_dataset
from keras_rnn_zoo.datasets.known import Known
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, deal, digest, given_splits, own_path
from keras_rnn_zoo.datasets.picture_folder import shape_of
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.table import read
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.picture import read_picture
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary


def load(
    path: str,
    picture: str = "picture",
    caption: str = "caption",
    split: str | None = None,
    size: int = 64,
    colours: str = "rgb",
    unit: str = "word",
    language: str = "en",
    lower: bool = True,
    max_size: int | None = None,
    min_count: int = 1,
    seed: int = 0,
) -> Dataset:
    """The text about a picture, from a `.csv` or `.tsv` file with a line for each text; a picture may have several.

    For the builder `captioner`, as in `lstm_emoji_names_en`; scored by BLEU and chrF. The trained model's task is given a
    picture's file.

    Args:
        path: the table, see `table`. Each caption is one example; those of equal pictures share a group.
        picture: the column of the picture's file, a path from the table's folder. caption: the column of the text.
        split: the column that says `train`, `validation` or `test`, kept as it is; by default they are dealt 80/10/10, equal
            pictures in one split.
        size: pictures are stretched to `(size, size, channels)`, float32 in [0, 1], what is transparent laid on white.
        colours: `"rgb"`, or `"grey"`, one channel.
        unit, language, lower, max_size, min_count: of the texts' vocabulary, see `learn_vocabulary`.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, there is no such table, a column is missing, a line has another form (the error names
            it), or a file is missing or no picture.
    """
    learn = partial(learn_vocabulary, unit=unit, language=language, lower=lower, max_size=max_size, min_count=min_count)
    return _dataset(path, (picture, caption, split), shape_of(size, colours), learn, seed)


def load_like(
    known: Known,
    path: str,
    picture: str = "picture",
    caption: str = "caption",
    split: str | None = None,
    max_size: int | None = None,
    min_count: int = 1,
    seed: int = 0,
) -> Dataset:
    """The same for a trained model, in the size that it sees and by its symbols.

    Args:
        known: what the model knows.
        path, picture, caption, split, seed: as in `load`.
        max_size, min_count: of the symbols that are added.

    Raises:
        ZooError: as `load`; or the model sees no pictures, or writes no text.
    """
    learn = partial(known.vocabulary, "targets", max_size=max_size, min_count=min_count)
    return _dataset(path, (picture, caption, split), known.picture("context"), learn, seed)


def _dataset(path: str, names, shape: tuple[int, int, int], learn: Callable, seed: int) -> Dataset:
    picture, caption, split = names
    seed = whole("seed", seed, minimum=0)
    table = own_path(path, "a .csv or .tsv file")
    columns, _ = read(table, [picture, caption] + [split] * (split is not None))
    files = {name: _file(table, picture, name) for name in dict.fromkeys(columns[picture])}
    contents = {name: digest(file) for name, file in files.items()}
    keys = [contents[name] for name in columns[picture]]
    if split is None:
        splits = deal(keys, None, seed, str(table))
    else:
        splits = given_splits(columns[split], f"{table}, column {split!r}")
    pictures = {name: read_picture(file, shape) for name, file in files.items()}
    shown, numbers = (
        [pictures[name] for name in columns[picture]],
        {key: n for n, key in enumerate(dict.fromkeys(keys))},
    )
    everything = list(zip(shown, columns[caption], (numbers[key] for key in keys)))
    parts = {name: tuple(map(list, zip(*(everything[i] for i in rows)))) for name, rows in splits.items()}
    return caption_dataset(
        parts,
        learn(parts["train"][1]),
        name="captioned_pictures",
        description="A text about a picture.",
        scores=("bleu", "chrf"),
        licence=LICENCE,
        citation=table.name,
    )


def _file(table: Path, column: str, name: str) -> Path:
    file = table.parent / name
    if not file.is_file():
        raise ZooError(
            f"{table}, column {column!r} should name pictures from its folder on, received {name!r}: not there."
        )
    return file
