"""A text of one's own: what comes next in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.corpus import symbol_spec, windows
from keras_rnn_zoo.datasets.known import Known
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, own_path, own_text
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.text import check_unit
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

SHARES = 0.05, 0.9  # where train and test begin


def load(
    path: str,
    unit: str = "character",
    window: int = 100,
    language: str = "en",
    lower: bool = False,
    max_size: int | None = None,
    min_count: int = 1,
) -> Dataset:
    """The next symbol of a text file, in windows: the first 5 % validate, the last 10 % are tested on, the rest is trained on.

    The text is cut at the nearest line ends. For the builder `language_model` and its configurations, such as
    `gru_tinyshakespeare`.

    Args:
        path: a UTF-8 text file.
        unit: `"character"`, `"word"`, `"token"` (what stands between spaces), `"subword"` or `"byte"`.
        window: symbols an example; inputs and targets are `(windows, window)`, int32.
        language: ISO 639 code, for the casing of `lower`. lower: whether the text is lowered.
        max_size: keep that many symbols.
        min_count: symbols that the training part holds less often are unknown.

    Raises:
        ZooError: an option is out of range, there is no such file, it is no text, or a part is shorter than a window.
    """
    check_unit(unit)
    window = whole("window", window, minimum=1)
    file, parts = _parts(path)
    vocabulary = learn_vocabulary([parts[0]], unit, language, lower, max_size, min_count)
    return _dataset(file, [vocabulary.encode(part) for part in parts], vocabulary, window)


def load_like(
    known: Known, path: str, window: int | None = None, max_size: int | None = None, min_count: int = 1
) -> Dataset:
    """The same for a trained model, whose symbols are kept.

    Args:
        known: what the model knows.
        path: as in `load`.
        window: symbols an example; by default 100, or fewer where a part of a small file is shorter.
        max_size, min_count: of the symbols that are added.

    Raises:
        ZooError: as `load`; or the model reads no text.
    """
    file, parts = _parts(path)
    vocabulary = known.vocabulary("inputs", [parts[0]], max_size, min_count)
    encoded = [vocabulary.encode(part) for part in parts]
    if window is None:
        window = max(1, min(100, *(len(ids) - 1 for ids in encoded)))
    return _dataset(file, encoded, vocabulary, whole("window", window, minimum=1))


def _parts(path: str) -> tuple[Path, tuple[str, str, str]]:
    """The file, and its text to train, validate and test on."""
    file = own_path(path, "a text file")
    text = own_text(file)
    first, second = (_line_end(text, round(share * len(text))) for share in SHARES)
    return file, (text[first:second], text[:first], text[second:])


def _dataset(file: Path, encoded: list[np.ndarray], vocabulary: BaseVocabulary, window: int) -> Dataset:
    if min(map(len, encoded)) < 2:
        raise ZooError(
            f"{file} is too short: its parts to train, validate and test on have {', '.join(str(len(ids)) for ids in encoded)} "
            f"{vocabulary.unit}s, and each needs two. Take more text."
        )
    description = f"The next {vocabulary.unit} of {file.name}."
    about = {"name": "text_file", "description": description, "licence": LICENCE, "citation": file.name}
    return Dataset(*(windows(ids, window) for ids in encoded), symbol_spec(vocabulary, **about))


def _line_end(text: str, position: int) -> int:
    """Behind the line end that is nearest to `position`; `position` itself where the text has none."""
    before, after = text.rfind("\n", 0, position) + 1, text.find("\n", position) + 1
    near = [end for end in (before, after) if 0 < end < len(text)]
    return min(near, key=lambda end: abs(end - position), default=position)
