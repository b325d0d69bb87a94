"""Python's own source as a character corpus: real text that is on every machine."""

from __future__ import annotations

import platform
import sysconfig
import tokenize
from pathlib import Path

from keras_rnn_zoo.datasets.corpus import character_dataset
from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError


def load(window: int = 100, characters: int = 1_000_000) -> Dataset:
    """The next character of the running Python's standard library, first 5 % validation, last 5 % test, the rest train.

    The text is that of the top-level modules in the order of their names, so it differs between Python versions:
    compare results of one version only; the citation names it. Characters seen fewer than five times are unknown.

    Args:
        window: characters an example; inputs and targets are `(windows, window)`, int32.
        characters: how much text to take.

    Raises:
        ZooError: an option is out of range, or this Python comes without its sources.

    >>> dataset = load(window=50, characters=20_000)
    >>> dataset.train.inputs["inputs"].shape
    (359, 50)
    """
    whole("window", window, minimum=1)
    characters = whole("characters", characters, minimum=1_000)
    version = platform.python_version()
    return character_dataset(
        source(characters),
        shares=(0.05, 0.95),
        window=window,
        min_count=5,
        name="python_source",
        description="The next character of Python's standard library.",
        licence="PSF-2.0",
        citation=f"Python Software Foundation, the standard library of Python {version}, https://www.python.org",
    )


def source(characters: int) -> str:
    """The first `characters` of the standard library's top-level modules, sorted by name."""
    folder = Path(sysconfig.get_path("stdlib"))
    text, paths = "", sorted(folder.glob("*.py"))
    for path in paths:
        with tokenize.open(path) as file:
            text += file.read()
        if len(text) >= characters:
            return text[:characters]
    raise ZooError(
        f"{folder} should hold at least {characters:,} characters of Python source, received {len(text):,} in "
        f"{len(paths)} modules. Lower `characters`, or use a Python whose standard library is not zipped or frozen."
    )
