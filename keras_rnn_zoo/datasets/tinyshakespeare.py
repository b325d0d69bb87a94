"""Tiny Shakespeare: the next character of 1.1 MB of plays (Karpathy 2015)."""

from __future__ import annotations

from keras_rnn_zoo.datasets.corpus import character_dataset, streams_dataset
from keras_rnn_zoo.datasets.files import locate, read_text
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.spec import Dataset

ADDRESS = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"


SPLITS = ("last", "char_rnn")


def load(window: int = 100, split: str = "last") -> Dataset:
    """1,115,394 characters of 65 kinds, in windows.

    Args:
        window: characters a training example; inputs and targets are `(windows, window)`, int32.
        split: `"last"`: the last 10 % of the text is the test split (nanoGPT's validation split), the first 5 %
            validation, the rest train. `"char_rnn"`: the ends of 50 streams are tested on (char-rnn's validation
            split with its default batches of 50 x 50), see `corpus.streams_dataset`. Do not compare across them.

    Raises:
        ZooError: an option is out of range, or the file is missing or not the original.
    """
    whole("window", window, minimum=1)
    one_of("split", split, SPLITS)
    text = read_text(locate("tinyshakespeare/input.txt", ADDRESS, SHA256))
    description = {
        "name": "tinyshakespeare",
        "description": "The next character of Shakespeare's plays.",
        "licence": "public domain",
        "citation": f"A. Karpathy, The Unreasonable Effectiveness of Recurrent Neural Networks, 2015; {ADDRESS}",
    }
    if split == "char_rnn":
        return streams_dataset(text, streams=50, block=50, window=window, **description)
    return character_dataset(text, shares=(0.05, 0.9), window=window, min_count=1, **description)
