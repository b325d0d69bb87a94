"""A text of one's own: what comes next in it."""

from __future__ import annotations

from keras_rnn_zoo.datasets.corpus import symbol_spec, windows
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, own_path, own_text
from keras_rnn_zoo.datasets.spec import Dataset
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
    file = own_path(path, "a text file")
    text = own_text(file)
    first, second = (_line_end(text, round(share * len(text))) for share in SHARES)
    parts = text[first:second], text[:first], text[second:]
    vocabulary = learn_vocabulary([parts[0]], unit, language, lower, max_size, min_count)
    spec = symbol_spec(
        vocabulary,
        name="text_file",
        description=f"The next {unit} of {file.name}.",
        licence=LICENCE,
        citation=file.name,
    )
    return Dataset(*(windows(vocabulary.encode(part), window) for part in parts), spec)


def _line_end(text: str, position: int) -> int:
    """Behind the line end that is nearest to `position`; `position` itself where the text has none."""
    before, after = text.rfind("\n", 0, position) + 1, text.find("\n", position) + 1
    near = [end for end in (before, after) if 0 < end < len(text)]
    return min(near, key=lambda end: abs(end - position), default=position)
