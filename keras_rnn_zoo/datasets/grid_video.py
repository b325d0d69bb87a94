"""Lips of the GRID corpus, of one talker: from the frames of a video to what is said in each (Cooke et al. 2006)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.archives import read_arrays
from keras_rnn_zoo.datasets.files import DATA_VARIABLE
from keras_rnn_zoo.datasets.options import one_of
from keras_rnn_zoo.datasets.prepared import prepared
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.picture import as_floats

FILE, ORIGIN = "grid-s1/grid_s1_video.npz", "talker 1 of https://zenodo.org/records/3625687"
FRAMES, HEIGHT, WIDTH = 75, 20, 36  # three seconds; pixels
CONTENTS = f"`frames` (videos, {FRAMES}, {HEIGHT}, {WIDTH}), `slot` and `word` of each frame, their names and `split`"
NAMES = {"slot": "slots", "word": "words"}
SPLITS = {"train": "train", "validation": "valid", "test": "test"}


def load(label: str = "slot") -> Dataset:
    """1,000 videos of a mouth that says sentences such as "bin blue at f two now", 800/100/100 as the file says.

    A video is 75 frames `(20, 36, 1)`, float32 in [0, 1], 25 a second: grey, the mouth cut out. Every frame has a label, so
    that an answer is due at each; no sentence is said twice.

    Args:
        label: `"slot"`, which of the sentence's six words is being said, or silence (7 classes); `"word"`, which word it is, or
            silence (52 classes, of which 25 are letters and 10 digits).

    Raises:
        ZooError: `label` is unknown, or the file is missing or malformed.
    """
    one_of("label", label, NAMES)
    arrays = read(prepared(FILE, CONTENTS, ORIGIN))
    splits = (_examples(arrays, label, arrays["split"] == held) for held in SPLITS.values())
    return Dataset(*splits, _spec(label, arrays[NAMES[label]]))


def read(path: Path) -> dict[str, np.ndarray]:
    """`frames`, uint8, `slot` and `word` of each, `slots` and `words`, their names, and each video's `split`, as the file has
    them.

    A malformed file is a `ZooError`.
    """
    labels = dict.fromkeys(NAMES, ("u", (None, FRAMES)))
    texts = {"slots": ("U", (7,)), "words": ("U", (52,)), "split": ("U", (None,))}
    try:
        arrays = read_arrays(path, {"frames": ("u", (None, FRAMES, HEIGHT, WIDTH)), **labels, **texts})
        _check(path, arrays)
    except ZooError as error:
        advice = f"It was made from {ORIGIN}; {DATA_VARIABLE} says in which folder it is looked for."
        raise ZooError(f"{error} {advice}") from error
    return arrays


def _check(path: Path, arrays: dict[str, np.ndarray]) -> None:
    received = set(arrays["split"].tolist())
    beyond = [label for label, names in NAMES.items() if (arrays[label] >= len(arrays[names])).any()]
    if received != set(SPLITS.values()):
        expected = f"split should name {sorted(SPLITS.values())}, received {sorted(received)}"
    elif beyond:
        expected = f"{beyond[0]} should number the names in {NAMES[beyond[0]]}, received {arrays[beyond[0]].max()}"
    elif arrays["frames"].dtype != np.uint8:
        expected = f"frames should be bytes, received {arrays['frames'].dtype}"
    else:
        return
    raise ZooError(f"{path}: {expected}. Fetch it anew.")


def _examples(arrays: dict[str, np.ndarray], label: str, chosen: np.ndarray) -> Examples:
    return Examples({"inputs": as_floats(arrays["frames"][chosen])[..., None]}, arrays[label][chosen].astype(np.int32))


def _spec(label: str, names: np.ndarray) -> DatasetSpec:
    return DatasetSpec(
        name="grid_video",
        description=f"The {label} that one talker's lips say in each frame of a video.",
        pattern="many_to_many_aligned",
        objective="labels",
        builder_arguments={"input_shape": (None, HEIGHT, WIDTH, 1), "outputs": len(names)},
        padding={"inputs": 0.0, "targets": 0},
        labels=tuple(names.tolist()),
        features={"height": HEIGHT, "width": WIDTH, "channels": 1},
        licence="CC BY 4.0",
        citation="Cooke, Barker, Cunningham and Shao, An audio-visual corpus for speech perception and automatic speech "
        f"recognition, JASA 120(5), 2006; {ORIGIN}",
    )
