"""Finished runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.catalogue import find_config, header, list_configs

_SHOWN_FIRST = ("bleu", "chrf", "wer", "cer", "exact_match", "sequence_accuracy")
_UNITS = {
    "accuracy": "accuracy",
    "exact_match": "exact match",
    "sequence_accuracy": "sequences right",
    "nats_per_frame": "nats a frame",
    "nats_per_symbol": "nats a symbol",
    "perplexity": "perplexity",
    "bleu": "BLEU",
    "chrf": "chrF++",
    "wer": "word error rate",
    "cer": "character error rate",
    "within_tolerance": "within tolerance",
    "label_accuracy": "label accuracy",
}


def table_of_runs(*roots) -> list[str]:
    """The finished runs below `roots` as the lines of a Markdown table.

    A run's test metric stands beside the trivial baseline's and, if its configuration names one, the published figure.

    Raises:
        ZooError: there is none, or a `metrics.json` is damaged.
    """
    files = [path for root in map(Path, roots) for path in sorted(root.glob("*/*/metrics.json"))]
    if not files:
        raise ZooError(
            f"No finished run below {', '.join(map(str, roots))}: train one with keras-rnn-zoo train CONFIG."
        )
    head = ["| run | test | trivial baseline | published | minutes |", "|---|---|---|---|---|"]
    return head + [_row(path) for path in files]


def _row(path: Path) -> str:
    identity = "/".join(path.parent.parts[-2:])
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        test, base = metrics["test"], metrics["baseline"]
        shown = [name for name in dict.fromkeys(_SHOWN_FIRST + (metrics["headline"], "perplexity")) if name in test]
        scores = ", ".join(f"{test[name]:.3f} {_UNITS.get(name, name)}" for name in shown)
        trivial = "; ".join(_scores_of(other, shown) for other in (base, metrics.get("nearest")) if other)
        minutes = metrics["seconds"] / 60
    except (ValueError, KeyError, TypeError) as error:
        raise ZooError(f"{path} is damaged: {error!r}.") from error
    return f"| `{identity}` | {scores} | {trivial} | {published(identity)} | {minutes:.1f} |"


def _scores_of(baseline: dict, shown: list[str]) -> str:
    scores = ", ".join(f"{baseline[name]:.3f}" for name in shown if name in baseline)
    return f"{scores} ({baseline['name']})"


def published(identity: str) -> str:
    """What the configuration's header says of published figures."""
    if identity not in list_configs():
        return ""
    lines = header(find_config(identity)[1]).splitlines()
    return next((line.removeprefix("Published:").strip() for line in lines if line.startswith("Published:")), "")
