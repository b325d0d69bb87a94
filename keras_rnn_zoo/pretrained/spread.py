"""How far a preset's training command leads with other seeds, for its card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.pretrained.card import write_card
from keras_rnn_zoo.pretrained.folders import find_preset
from keras_rnn_zoo.tasks.saving import made_whole
from keras_rnn_zoo.training.checksums import FILE, write_checksums
from keras_rnn_zoo.training.trained import open_run

_NOTED = ("seeds", "test", "mean", "standard_deviation")


def state_spread(preset, record) -> Path:
    """Notes in a preset's metrics and on its card what its headline metric is over several seeds.

    Args:
        preset: its name or folder.
        record: the JSON file that `keras-rnn-zoo bench quality` wrote of the preset's configuration, alone or among others.

    Returns:
        The preset's folder.

    Raises:
        ZooError: there is no such preset; the file is missing or damaged, or is of other configurations, of another metric, or of
            fewer than two seeds.
    """
    folder, record = find_preset(preset), Path(record)
    metrics = open_run(str(folder)).metrics
    metrics["spread"] = _spread_in(record, metrics)
    with made_whole(folder) as partial:
        shutil.copytree(folder, partial, dirs_exist_ok=True)
        (partial / FILE).unlink()  # of the files as they were
        (partial / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
        write_card(partial)
        write_checksums(partial)
    return folder


def _spread_in(record: Path, metrics: dict) -> dict:
    identity, headline = metrics["identity"], metrics["headline"]
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        rows = [row for row in content["rows"] if row["identity"] == identity and len(row["seeds"]) > 1]
        spreads = [{name: row[name] for name in _NOTED} for row in rows if content["metric"]["name"] == headline]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{record} is no table of keras-rnn-zoo bench quality, or damaged: {error!r}.") from error
    if not spreads:
        raise ZooError(
            f"{record} has no {headline} of {identity} with several seeds: make it with keras-rnn-zoo bench quality "
            f"{identity.split('/')[-1]} --seeds 1 --seeds 2."
        )
    return spreads[0]
