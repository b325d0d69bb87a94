"""Sentences of the GRID corpus, spoken by one talker: from sound to words (Cooke et al. 2006)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.archives import read_arrays
from keras_rnn_zoo.datasets.options import one_of, whole
from keras_rnn_zoo.datasets.prepared import prepared
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.recording import joined, normalized
from keras_rnn_zoo.preprocessing.vocabulary import learn_vocabulary

FILE, ORIGIN = "grid-s1/grid_s1_logmel40.npz", "talker 1 of https://zenodo.org/records/3625687"
FRAMES, BANDS = 239, 40
RATE, WINDOW, HOP = 25_000, 0.025, 0.0125  # Hz, seconds, seconds
CONTENTS = f"`logmel` (sentences, {FRAMES}, {BANDS}), uint8 from `lo` to `hi`, `sentences` and `split`"
MEAN, DEVIATION = -7.22, 3.86  # of the training split's log-mel energies, natural logarithm
# The file holds no sound: `preprocessing.audio.log_mel` with these could not be compared with what made its energies.
HEARD = {"rate": RATE, "window": WINDOW, "hop": HOP, "bands": BANDS, "mean": MEAN, "deviation": DEVIATION}
UNITS, ANSWERS = ("word", "character"), ("sentence", "ctc")
SPLITS = {"train": "train", "validation": "valid", "test": "test"}
LARGEST_STACK = 6  # 40 frames: CTC needs one for each of up to 31 characters, and one between two that are equal


def load(unit: str = "word", answer: str = "sentence", stack: int = 1) -> Dataset:
    """1,000 sentences such as "bin blue at f two now", one talker, 800/100/100 as the file says.

    The sound is 239 frames of 40 log-mel energies, each of 25 ms, one every 12.5 ms, normalised.

    Args:
        unit: `"word"` (51 of them) or `"character"`.
        answer: `"sentence"`, to be written symbol by symbol (many_to_many_unaligned: `source` and `previous`);
            `"ctc"`, to be aligned by the loss (many_to_many_aligned: `inputs`; targets without START and END, and id 0,
            which is padding, as the blank).
        stack: 1 to 6, so many frames are joined into one, see `preprocessing.recording.joined`.

    Raises:
        ZooError: an option is out of range, or the file is missing or malformed.
    """
    one_of("unit", unit, UNITS)
    one_of("answer", answer, ANSWERS)
    stack = whole("stack", stack, 1, LARGEST_STACK)
    frames, sentences, splits = read(prepared(FILE, CONTENTS, ORIGIN))
    frames = joined(normalized(frames, HEARD), stack)
    rows = {name: np.flatnonzero(splits == held) for name, held in SPLITS.items()}
    vocabulary = learn_vocabulary([sentences[i] for i in rows["train"]], unit)
    examples = _written if answer == "sentence" else _aligned
    spec = _spec(answer, vocabulary, stack)
    return Dataset(*(examples(frames[i], [sentences[n] for n in i], vocabulary) for i in rows.values()), spec)


def read(path: Path) -> tuple[np.ndarray, list[str], np.ndarray]:
    """The log-mel energies `(1000, 239, 40)`, float32, the sentences, and the split's name of each, as the file has them.

    A malformed file is a `ZooError`.
    """
    forms = {"logmel": ("u", (None, FRAMES, BANDS)), "lo": ("f", ()), "hi": ("f", ())}
    arrays = read_arrays(path, {**forms, "sentences": ("U", (None,)), "split": ("U", (None,))})
    _check(path, arrays)
    low, high = arrays["lo"], arrays["hi"]
    energies = low + arrays["logmel"].astype(np.float32) * ((high - low) / 255)
    return energies, arrays["sentences"].tolist(), arrays["split"]


def _check(path: Path, arrays: dict[str, np.ndarray]) -> None:
    received = set(arrays["split"].tolist())
    if received != set(SPLITS.values()):
        expected = f"split should name {sorted(SPLITS.values())}, received {sorted(received)}"
    elif not all(sentence.strip() for sentence in arrays["sentences"].tolist()):
        expected = "every sentence should be a text, received an empty one"
    elif not arrays["lo"] < arrays["hi"]:
        expected = f"`lo` should be below `hi`, received {arrays['lo']} and {arrays['hi']}"
    else:
        return
    raise ZooError(f"{path}: {expected}. Fetch it anew.")


def _spec(answer: str, vocabulary: BaseVocabulary, stack: int) -> DatasetSpec:
    writes = answer == "sentence"
    return DatasetSpec(
        name="grid_speech",
        description="The sentence that one talker speaks, from its log-mel frames.",
        pattern="many_to_many_unaligned" if writes else "many_to_many_aligned",
        objective="symbols" if writes else "ctc",
        builder_arguments={"input_shape": (None, stack * BANDS), "outputs": vocabulary.size},
        padding={"source": 0.0, "previous": 0, "targets": 0} if writes else {"inputs": 0.0, "targets": 0},
        vocabularies={"previous": vocabulary, "targets": vocabulary} if writes else {"targets": vocabulary},
        writes=True,
        scores=("wer", "cer"),
        features={**HEARD, "stack": stack},
        licence="CC BY 4.0",
        citation="Cooke, Barker, Cunningham and Shao, An audio-visual corpus for speech perception and automatic speech "
        f"recognition, JASA 120(5), 2006; {ORIGIN}",
    )


def _written(frames: np.ndarray, sentences: list[str], vocabulary: BaseVocabulary) -> Examples:
    previous, targets = forced(sentences, vocabulary)
    return Examples({"source": frames, "previous": previous}, targets, sentences)


def _aligned(frames: np.ndarray, sentences: list[str], vocabulary: BaseVocabulary) -> Examples:
    return Examples({"inputs": frames}, [vocabulary.encode(text) for text in sentences], sentences)
