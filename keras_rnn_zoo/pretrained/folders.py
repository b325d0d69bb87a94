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
    folder = Path(name).expanduser()
    if (folder / "checksums.json").is_file():
        return folder
    short = {identity.split("/")[1]: identity for identity in list_presets()}
    identity = short.get(str(name), str(name))
    for root in preset_folders():
        if (root / identity / "checksums.json").is_file():
            return root / identity
    message = unknown_name("preset", str(name), [*short, *short.values()])
    raise ZooError(f"{message} A folder of yours may hold presets too: set {MODELS_VARIABLE} to it.")
