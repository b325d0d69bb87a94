"""A trained model, a file of the user's own: another trained model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keras_rnn_zoo.tasks.own_data import own_dataset
from keras_rnn_zoo.training.backend import import_keras
from keras_rnn_zoo.training.config import DecodingConfig, RunConfig, parse, read
from keras_rnn_zoo.training.data import load_dataset
from keras_rnn_zoo.training.folder import RunFolder
from keras_rnn_zoo.training.origin import Origin, open_origin
from keras_rnn_zoo.training.places import preset_folders

EPOCHS, BATCH_SIZE = 20, 16


def finetune(
    preset,
    data,
    output=None,
    *,
    vocabulary: str = "extend",
    overrides: Sequence[str] = (),
    overwrite=False,
    console=None,
) -> Path:
    """Trains a preset further on the user's own file, and measures it before and after.

    A text classifier is given labelled text, a table (.csv, .tsv) with the columns `text` and `label`; one of recordings a folder
    with a folder of .wav files for each class; a tagger CoNLL-U; a translator pairs, a table with the columns `source` and
    `target`; a language model a text (.txt), or what a classifier or a tagger is given, for which it gets a new head. So does a
    model for classes that are not its own. The file is dealt 80/10/10 to train, validate and test. The preset's own
    optimizer goes on, at a rate that rises steeply and falls slowly (Howard & Ruder 2018), and the epoch of the least validation
    loss is kept; `finetuning.decay`, `unfreezing` and `adapters` train the layers differently.

    Args:
        preset: the name of a preset, or the folder of one, of a run or of a saved task.
        data: the file or the folder.
        output: the folder to make, by default `runs/finetuned/` and the names of both; it is a run's, see `training.run`.
        vocabulary: `"extend"`: symbols of the training text that the preset does not know are added to its vocabulary, and the
            rows of those that it knows are kept exactly; `"keep"`: they are unknown.
        overrides: keys of the configuration to change, such as `"training.epochs=3"` or `"dataset.options.text=review"`.
        overwrite: replace a finished run there, once this one has finished.
        console: where progress goes.

    Returns:
        The folder.

    Raises:
        ZooError: there is no such preset or file, the preset is for another kind of file, the file is malformed (the error names
            line and column) or too small to be dealt, a setting is unknown, or a finished run is in the way.
    """
    config = config_for(preset, data, vocabulary, overrides)
    names = Path(preset).name, Path(data).expanduser().absolute().stem
    folder = Path(output) if output else Path("runs", "finetuned", "_".join(names))
    RunFolder(folder).check(overwrite)
    load_dataset(config)  # What is wrong with the file is told before the slow import.
    import_keras()
    from keras_rnn_zoo.training.runner import run

    return run(config, folder, identity=f"finetuned/{folder.name}", overwrite=overwrite, console=console)


def config_for(preset, data, vocabulary: str = "extend", overrides: Sequence[str] = ()) -> RunConfig:
    """The configuration of a run that trains `preset` further on `data`, see `finetune`; needs no Keras."""
    origin = open_origin(preset)
    values = {
        "dataset": own_dataset(origin, data).model_dump(),
        "finetuning": {"preset": _lasting_name(origin, preset), "vocabulary": vocabulary},
        **_own_settings(origin),
    }
    return parse(values, "finetune", overrides)


def _own_settings(origin: Origin) -> dict:
    """How to train and to write: as the preset was trained, where it says so, but as it befits little data."""
    training = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "monitor": "loss"}
    path = origin.folder / "config.yaml"
    if not path.exists():
        return {"training": training | {"optimizer": {"schedule": "slanted_triangular"}}}
    own = read(path)
    optimizer = own.training.optimizer.model_dump() | {"schedule": "slanted_triangular"}
    settings = {"training": training | {"optimizer": optimizer, "jit_compile": own.training.jit_compile}}
    return settings | ({"decoding": own.decoding.model_dump()} if own.decoding != DecodingConfig() else {})


def _lasting_name(origin: Origin, preset) -> str:
    """A preset's name, which is good everywhere, or a folder's full path."""
    folder = origin.folder.absolute()
    if any(folder.is_relative_to(root.absolute()) for root in preset_folders()):
        return f"{folder.parent.name}/{folder.name}"
    return str(folder)
