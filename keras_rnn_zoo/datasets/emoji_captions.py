"""Emoji in two designs, each with its name in English and Turkish (Unicode CLDR)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.archives import read_pictures
from keras_rnn_zoo.datasets.captions import caption_dataset
from keras_rnn_zoo.datasets.files import read_text
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.prepared import prepared
from keras_rnn_zoo.datasets.spec import Dataset
from keras_rnn_zoo.datasets.splits import connected, grouped
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.text import normalize
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

LANGUAGES, UNSEEN = ("en", "tr"), ("drawings", "emoji")
DESIGNS = ("twemoji", "noto")
SIZE = 48  # pixels
ORIGIN = "the npm packages emoji-datasource-twitter, emoji-datasource-google and cldr-annotations-full"


def load(language: str = "en", unseen: str = "drawings", unit: str = "character", seed: int = 0) -> Dataset:
    """A picture `(48, 48, 3)` on white, float32 in [0, 1], of each of 1,585 emoji in each of two designs, and its name.

    Emoji that share a drawing are kept together; pictures that are equal share a group.

    Args:
        language: of the names, `"en"` or `"tr"`, spelled as CLDR has them.
        unseen: what the model has not seen when it is tested. `"drawings"`: trained on Twemoji, it names Noto's drawings
            of the same emoji, 1,585/317/1,268. `"emoji"`: it names emoji it was never shown, 80/10/10 by emoji, both
            designs of an emoji in one split, 2,538/316/316.
        unit: `"character"`, `"word"`, `"subword"` or `"byte"`.
        seed: of the split.

    Raises:
        ZooError: an option is out of range, a file is missing or malformed, or Pillow is not installed.
    """
    one_of("language", language, LANGUAGES)
    one_of("unseen", unseen, UNSEEN)
    seed = whole("seed", seed, minimum=0)
    names, files = read(_find("captions.json", "the emoji's names and files"), language)
    archive = _find("images_48.zip", f"the drawings, {SIZE} x {SIZE} pixels")
    drawings = np.stack([read_pictures(archive, files[design], SIZE) for design in DESIGNS], axis=1)
    emoji = connected([(one.tobytes(), other.tobytes()) for one, other in drawings])
    pictures = np.divide(drawings, 255, dtype=np.float32)
    splits = {
        split: (pictures[chosen], [names[i] for i in chosen[0]], _groups(emoji, chosen))
        for split, chosen in _split(emoji, unseen, seed).items()
    }
    return caption_dataset(
        splits,
        learn_vocabulary(splits["train"][1], unit, language),
        name="emoji_captions",
        description=f"The name of an emoji ({language}), from a drawing of it.",
        scores=("chrf",),
        licence="Twemoji CC BY 4.0, Noto Apache-2.0, CLDR names Unicode-3.0",
        citation=f"Twitter's and Google's emoji and the names of Unicode CLDR, from {ORIGIN}",
    )


def read(path: Path, language: str) -> tuple[list[str], dict[str, list[str]]]:
    """The emoji's names, NFC, and for each design the files of the drawings. A malformed file is a `ZooError`."""
    try:
        entries = json.loads(read_text(path))
        names = [normalize(entry[language]) for entry in entries]
        files = {design: [entry["images"][design] for entry in entries] for design in DESIGNS}
    except (ValueError, TypeError, KeyError) as error:
        expected = f"a list of emoji, each with {language} and images: {', '.join(DESIGNS)}"
        raise ZooError(
            f"{path} should be JSON, {expected}, received another ({error!r:.80}). Fetch it anew."
        ) from error
    if not names or len(set(names)) != len(names) or not all(names):
        raise ZooError(f"{path} should give every emoji a name of its own, received some twice. Fetch it anew.")
    return names, files


def _find(name: str, contents: str) -> Path:
    return prepared(f"emoji-captions/{name}", contents, ORIGIN)


def _split(emoji: np.ndarray, unseen: str, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each split the rows and the designs of its drawings; `emoji` is the group of each row."""
    if unseen == "emoji":
        parts = grouped(emoji, seed, share=0.1)
        return {name: (np.repeat(rows, 2), np.tile([0, 1], len(rows))) for name, rows in parts.items()}
    parts = grouped(emoji, seed, share=0.2)
    rest = np.sort(np.concatenate([parts["train"], parts["test"]]))
    rows = {"train": np.arange(len(emoji)), "validation": parts["validation"], "test": rest}
    return {name: (chosen, np.full(len(chosen), int(name != "train"))) for name, chosen in rows.items()}


def _groups(emoji: np.ndarray, chosen: tuple[np.ndarray, np.ndarray]) -> list[int]:
    rows, designs = chosen
    return (emoji[rows] * len(DESIGNS) + designs).tolist()
