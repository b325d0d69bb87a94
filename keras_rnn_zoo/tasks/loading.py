"""From a folder to a task."""

from __future__ import annotations

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.tasks.decoding import checked
from keras_rnn_zoo.tasks.description import Description, open_description
from keras_rnn_zoo.tasks.kinds import kind_of
from keras_rnn_zoo.tasks.task import Task


def load_task(name: str, roots=None, **settings) -> Task:
    """The task of a trained model.

    Args:
        name: the folder of a run, or of a saved task, or its identity below one of `roots`, by default
            `runs/`, `saved_models/` and the folders with presets.
        settings: arguments of the task's class that differ from what the folder says: `decoding`, `copy_unknown`, ...

    Raises:
        ZooError: there is no such folder, one of its files is damaged, there is no task for what the model has learnt, or a
            setting is unknown.
    """
    return task_of(open_description(name, roots), **settings)


def task_of(description: Description, **settings) -> Task:
    """The task that `description` tells of, with its model loaded."""
    from keras_rnn_zoo.training.config import with_options_of
    from keras_rnn_zoo.training.saving import load_model

    features = {"features": settings["features"]} if "features" in settings else {}
    kind = kind_of(description.about | features)
    with_options_of(kind.load(), settings, "load_task")
    if kind.writes and "decoding" not in settings:
        settings = {**settings, "decoding": _decoding(description)}
    model = load_model(description.folder / "model.keras")
    return kind.load().from_description(model, description.about, description.vocabularies, **settings)


def _decoding(description: Description) -> dict:
    try:
        return checked(description.decoding, drawn=True)
    except ZooError as error:
        raise ZooError(f"What {description.folder} says of decoding is damaged: {error}") from error
