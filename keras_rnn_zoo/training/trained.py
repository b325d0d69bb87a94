"""A finished run, opened again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary
from keras_rnn_zoo.training.config import RunConfig, read
from keras_rnn_zoo.training.folder import NEEDED_FILES


@dataclass(frozen=True)
class TrainedRun:
    """What a run's folder holds, the model apart.

    Attributes:
        folder: where it lies. config: what was run. metrics: the content of `metrics.json`.
        about: the content of `dataset.json`. vocabularies: for each field of text.
    """

    folder: Path
    config: RunConfig
    metrics: dict
    about: dict
    vocabularies: dict[str, Vocabulary]

    def load_model(self):
        """The trained model, compiled as it was trained."""
        from keras_rnn_zoo.training.saving import load_model

        return load_model(self.folder / "model.keras")


def open_run(name: str, roots=("runs", "saved_models")) -> TrainedRun:
    """Opens a finished run.

    Args:
        name: its folder, or its identity below one of `roots`.

    Raises:
        ZooError: there is none, it is not finished, or one of its files is damaged.
    """
    folder = _find(name, roots)
    about = _json(folder / "dataset.json")
    try:
        vocabularies = {field: Vocabulary.from_dict(values) for field, values in about["vocabularies"].items()}
    except (KeyError, AttributeError, TypeError) as error:
        raise ZooError(f"{folder / 'dataset.json'} is damaged: it has no vocabularies.") from error
    return TrainedRun(folder, read(folder / "config.yaml"), _json(folder / "metrics.json"), about, vocabularies)


def _find(name: str, roots) -> Path:
    candidates = [Path(name)]
    for root in map(Path, roots):
        candidates += [root / name, *sorted(root.glob(f"*/{escape(name)}"))]
    for folder in candidates:
        if all((folder / file).exists() for file in NEEDED_FILES):
            return folder
    partial = [folder.with_name(folder.name + ".partial") for folder in candidates if folder.name]
    partial += [folder for root in roots for folder in sorted(Path(root).glob(f"*/{escape(name)}.partial"))]
    for folder in filter(Path.exists, partial):
        raise ZooError(f"{folder} is not finished: run the same train command again, it goes on where it stopped.")
    raise ZooError(
        f"No finished run {name!r} found; looked for {', '.join(NEEDED_FILES)} in {', '.join(map(str, candidates[:3]))}. "
        "Give a run's folder, or train it first: keras-rnn-zoo train CONFIG."
    )


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ZooError(f"{path} is damaged: {error}.") from error
