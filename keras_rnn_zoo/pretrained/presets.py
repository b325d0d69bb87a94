"""A trained model by its name, and a folder that others can open by it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.pretrained.card import write_card
from keras_rnn_zoo.pretrained.compact import compact
from keras_rnn_zoo.pretrained.folders import find_preset
from keras_rnn_zoo.pretrained.golden import raw_inputs, write_golden
from keras_rnn_zoo.tasks import Task, load_task
from keras_rnn_zoo.tasks.saving import made_whole
from keras_rnn_zoo.training.checksums import write_checksums
from keras_rnn_zoo.training.evaluate import evaluate
from keras_rnn_zoo.training.runner import load_dataset
from keras_rnn_zoo.training.trained import open_run

_TAKEN = ("config.yaml", "dataset.json", "metrics.json", "model.keras", "curves.png", "samples.txt")


def from_preset(name, **settings) -> Task:
    """The task of a trained model, ready to use: raw input in, an answer out.

    Keras's safe mode is on, and the files are checked against their checksums first.

    Args:
        name: one of `list_presets()`, the part after its slash, or a preset's folder.
        settings: see `load_task`.

    Raises:
        ZooError: there is no such preset, one of its files is damaged, or a setting is unknown.
    """
    return load_task(str(find_preset(name)), **settings)


def save_to_preset(run, folder, *, overwrite: bool = False) -> Path:
    """Makes a preset of a finished run: small weights, measured anew as they are stored, golden answers, card, checksums.

    Args:
        run: the folder of a finished run, or its name below `runs/`; its data must be at hand.
        folder: what to make; it appears when it is whole.
        overwrite: replace a preset that is there.

    Returns:
        `folder`.

    Raises:
        ZooError: there is no such run, its data is not at hand, or something is in the way.
    """
    trained, folder = open_run(run), Path(folder)
    _check_way(folder, overwrite)
    with made_whole(folder) as partial:
        for name in _TAKEN:
            if (trained.folder / name).exists():
                shutil.copy(trained.folder / name, partial / name)
        _complete(partial, trained)
    return folder


def _complete(partial: Path, trained):
    compact(partial / "model.keras")
    dataset, task = load_dataset(trained.config), load_task(str(partial))
    metrics = trained.metrics | {
        "test": evaluate(task.model, dataset, dataset.test, trained.config.training.batch_size, trained.config.decoding)
    }
    (partial / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    write_golden(partial, task, raw_inputs(dataset, task))
    write_card(partial)
    write_checksums(partial)


def _check_way(folder: Path, overwrite: bool):
    if not folder.exists():
        return
    if not (folder / "checksums.json").is_file():
        raise ZooError(f"{folder} is there and is no preset, so it is not replaced: choose another folder.")
    if not overwrite:
        raise ZooError(f"{folder} holds a preset: choose another folder, or give overwrite=True to replace it.")
