"""A finished run, opened again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.base import BaseVocabulary
from keras_rnn_zoo.preprocessing.vocabulary import vocabulary_from_dict
from keras_rnn_zoo.training.config import RunConfig, read
from keras_rnn_zoo.training.folder import NEEDED_FILES
from keras_rnn_zoo.training.places import model_folders

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
    """The folder called `name`, or of that identity below one of `roots`, that holds `files`; if none does, a `ZooError`."""
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
        if all((folder / file).exists() for file in files):
            return folder
    partial = [folder.with_name(folder.name + ".partial") for folder in candidates if folder.name]
    partial += [folder for root in roots for folder in sorted(root.glob(f"*/{escape(name)}.partial"))]
    for folder in filter(Path.exists, partial):
        raise ZooError(f"{folder} is not finished: run the same train command again, it goes on where it stopped.")
    raise ZooError(
        f"No finished run {name!r} found; looked for {', '.join(files)} in {', '.join(map(str, candidates[:3]))}. "
        "Give a run's folder, or train it first: keras-rnn-zoo train CONFIG."
    )


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ZooError(f"{path} is damaged: {error}.") from error
