"""Where trained models are."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.training.places import MODELS_VARIABLE, preset_folders


def list_presets() -> list[str]:
    """The identities of the trained models that are here, for instance `"many_to_one/lstm_uci_sentiment"`, sorted."""
    return sorted(
        {
            f"{path.parent.parent.name}/{path.parent.name}"
            for root in preset_folders()
            for path in root.glob("*/*/golden.json")
        }
    )


def find_preset(name) -> Path:
    """The folder of the preset called `name`: an identity, what stands behind its slash, or a folder.

    Raises:
        ZooError: there is none.
    """
    if not isinstance(name, (str, Path)) or not str(name):
        raise ZooError(f"A preset is called by its name or its folder, a text or a path; received {name!r:.60}.")
    folder = Path(name).expanduser()
    if (folder / "checksums.json").is_file():
        return folder
    short = {identity.split("/")[1]: identity for identity in list_presets()}
    identity = short.get(str(name), str(name))
    for root in preset_folders():
        if (root / identity / "checksums.json").is_file():
            return root / identity
    _check_known(name, folder, short)
    message = unknown_name("preset", str(name), [*short, *short.values()])
    raise ZooError(f"{message} A folder of yours may hold presets too: set {MODELS_VARIABLE} to it.")


def _check_known(name, folder: Path, known: dict):
    """Raises a `ZooError` if a folder holds a model that is no preset, or there are no presets at all."""
    if (folder / "model.keras").is_file():
        raise ZooError(
            f"{folder} holds a model, but no preset, which has a checksums.json: open it with zoo.load_task({str(name)!r})."
        )
    if not known:
        places = ", ".join(map(str, preset_folders())) or "no folder"
        raise ZooError(
            f"There is no preset {str(name)!r}, nor any other; looked in {places}. Set {MODELS_VARIABLE} to a folder with presets."
        )
