"""A finished run, opened again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from glob import escape
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.vocabulary import vocabulary_from_dict
from keras_rnn_zoo.training.catalogue import list_configs
from keras_rnn_zoo.training.checksums import FILE, verify_checksums
from keras_rnn_zoo.training.config import RunConfig, read
from keras_rnn_zoo.training.folder import NEEDED_FILES
from keras_rnn_zoo.training.places import MODELS_VARIABLE, model_folders

# Of the builders that are called otherwise than their pattern, one of them by what is learnt.
_PATTERN_OF = {
    "captioner": "one_to_many",
    "frame_classifier": "many_to_many_aligned",
    "language_model": "many_to_many_aligned",
    "sentiment_classifier": "many_to_one",
    "sequence_tagger": "many_to_many_aligned",
    "speech_recognizer": "many_to_many_unaligned",
    ("speech_recognizer", "ctc"): "many_to_many_aligned",
    "translator": "many_to_many_unaligned",
}


@dataclass(frozen=True)
class TrainedRun:
    """What a run's folder holds, the model apart.

    Attributes:
        folder: where it lies. config: what was run. metrics: the content of `metrics.json`.
        about: the content of `dataset.json`, see `read_about`. vocabularies: for each field of text.
    """

    folder: Path
    config: RunConfig
    metrics: dict
    about: dict
    vocabularies: dict[str, BaseVocabulary]

    def load_model(self):
        """The trained model, compiled as it was trained."""
        from keras_rnn_zoo.training.saving import load_model

        return load_model(self.folder / "model.keras")

    def load_dataset(self):
        """The data it was trained on.

        Raises:
            ZooError: the data is not at hand, or has other symbols here, as the standard library of another Python has.
        """
        from keras_rnn_zoo.training.data import load_dataset

        dataset = load_dataset(self.config)
        if dict(dataset.spec.vocabularies) != self.vocabularies:
            raise ZooError(
                f"{self.folder} was trained on other symbols than {self.config.dataset.name} has here, so its scores would mean "
                "nothing: measure it where its data is the same, for python_source with the Python that metrics.json names."
            )
        return dataset


def open_run(name: str, roots: Sequence | None = None) -> TrainedRun:
    """Opens a finished run.

    Args:
        name: its folder, or its identity below one of `roots`, by default `places.model_folders()`.

    Raises:
        ZooError: there is none, it is not finished, or one of its files is damaged.
    """
    folder = find(name, NEEDED_FILES, roots)
    about, config = read_about(folder), read(folder / "config.yaml")
    return TrainedRun(folder, config, _json(folder / "metrics.json"), about, vocabularies_of(about, folder))


def read_about(folder: Path) -> dict:
    """The content of the `dataset.json` in `folder`, with the `pattern`, which runs before it was noted have in their
    configuration alone."""
    about = _json(folder / "dataset.json")
    if not isinstance(about, dict) or "vocabularies" not in about or "objective" not in about:
        raise ZooError(f"{folder / 'dataset.json'} is damaged: it has no vocabularies or no objective.")
    if "pattern" not in about:
        builder = read(folder / "config.yaml").builder
        about["pattern"] = _PATTERN_OF.get((builder, about["objective"]), _PATTERN_OF.get(builder, builder))
    return about


def vocabularies_of(about: dict, folder: Path) -> dict[str, BaseVocabulary]:
    """For each field of text its vocabulary; `folder` is what an error names."""
    try:
        return {field: vocabulary_from_dict(values) for field, values in about["vocabularies"].items()}
    except (KeyError, AttributeError, TypeError) as error:
        raise ZooError(f"{folder / 'dataset.json'} is damaged: its vocabularies cannot be read.") from error


def find(name: str | Path, files: Sequence[str], roots: Sequence | None = None) -> Path:
    """The folder called `name`, or of that identity below one of `roots`, that holds `files`; if none does, or a preset's files
    are not what its checksums say, a `ZooError`."""
    if not isinstance(name, (str, Path)) or not str(name):
        raise ZooError(
            f"A run is called by its folder or its name, a text or a path, received {name!r:.60}: save a task or a model first."
        )
    name = str(name)
    candidates, roots = [Path(name)], model_folders() if roots is None else [Path(root) for root in roots]
    for root in roots:
        candidates += [root / name, *sorted(root.glob(f"*/{escape(name)}"))]
    candidates = list(dict.fromkeys(candidates))
    for folder in candidates:
        if (folder / FILE).exists():
            verify_checksums(folder)
        if all((folder / file).exists() for file in files):
            return folder
    partial = [folder.with_name(folder.name + ".partial") for folder in candidates if folder.name]
    partial += [folder for root in roots for folder in sorted(root.glob(f"*/{escape(name)}.partial"))]
    for folder in filter(Path.exists, partial):
        raise ZooError(f"{folder} is not finished: run the same train command again, it goes on where it stopped.")
    raise ZooError(
        f"No finished run {name!r} found, nor a preset; looked for {', '.join(files)} in {', '.join(map(str, candidates[:3]))}. "
        f"{_advice(name, files, roots)}"
    )


def _advice(name: str, files, roots) -> str:
    known = {path.parent.name for root in roots for path in root.glob(f"*/*/{files[0]}")}
    name = name.rpartition("/")[2]
    nearest = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    if any(identity.rpartition("/")[2] == name for identity in list_configs()):
        hint = (
            f"There is a configuration of that name: train it first, keras-rnn-zoo train {name}. Or take it trained, where the "
            f"package's repository has it in saved_models/, and set {MODELS_VARIABLE} to that folder. "
        )
    return f"{hint}See: keras-rnn-zoo list presets; keras-rnn-zoo list runs; or give a folder."


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ZooError(f"{path} is damaged: {error}.") from error
