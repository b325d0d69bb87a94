"""A user's own file or folder for a trained model: which dataset reads it, by what the model does."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.tasks.kinds import kind_of
from keras_rnn_zoo.training.config import DatasetConfig
from keras_rnn_zoo.training.origin import Origin

FOLDER = "a folder"
_LABELLED, _TAGGED = ("table", {}), ("tagged_text", {})
_PAIRS = ("table", {"text": "source", "translation": "target"})

# By the kind of task and what it reads, then by how the file's name ends: the dataset and its options.
FORMS = {
    ("Classifier", "text"): {".csv": _LABELLED, ".tsv": _LABELLED},
    ("Classifier", "recording"): {FOLDER: ("wav_folder", {})},
    ("Classifier", "picture"): {FOLDER: ("picture_folder", {})},
    ("Tagger", "text"): {".conllu": _TAGGED},
    ("TextToText", "text"): {".csv": _PAIRS, ".tsv": _PAIRS},
    ("LanguageModel", "text"): {".txt": ("text_file", {}), ".csv": _LABELLED, ".tsv": _LABELLED, ".conllu": _TAGGED},
    ("Captioner", "picture"): {".csv": ("captioned_pictures", {}), ".tsv": ("captioned_pictures", {})},
}
_SHOWN = {
    "table": "labelled text, the columns text and label",
    "tagged_text": "tagged sentences",
    "text_file": "text",
    "wav_folder": "with a folder of .wav files for each class",
    "picture_folder": "with a folder of pictures for each class",
    "captioned_pictures": "the columns picture and caption",
}


def own_dataset(origin: Origin, data) -> DatasetConfig:
    """The dataset that reads the user's file or folder `data` for the trained model `origin`.

    Raises:
        ZooError: there is no such file, or the model can be fine-tuned on none of that form.
    """
    if not isinstance(data, (str, Path)) or not str(data):
        raise ZooError(f"`data` should be the path of a file or a folder of yours, received {data!r:.60}.")
    path, forms = Path(data).expanduser().absolute(), _forms(origin)
    if not path.exists():
        raise ZooError(f"{data} should be a file or a folder of yours: nothing is there. Correct the path.")
    form = FOLDER if path.is_dir() else path.suffix.lower()
    if form not in forms:
        known = "; ".join(f"{one} ({_said(*forms[one])})" for one in forms)
        raise ZooError(f"{origin.folder} can be fine-tuned on {known}; received {data}.")
    name, options = forms[form]
    return DatasetConfig(name=name, options={"path": str(path), **options})


def _forms(origin: Origin) -> dict:
    kind = kind_of(origin.about)
    if (kind.name, kind.reads) not in FORMS:
        others = ", ".join(f"{name} of a {reads}" for name, reads in FORMS)
        raise ZooError(
            f"{origin.folder} is a {kind.name} that reads {kind.reads}s, and there is no form of file for it. What can be "
            f"fine-tuned on files of your own: {others}. From Python: zoo.load_task(...).fit(...)."
        )
    return FORMS[kind.name, kind.reads]


def _said(name: str, options: dict) -> str:
    return "pairs, the columns source and target" if "translation" in options else _SHOWN[name]
