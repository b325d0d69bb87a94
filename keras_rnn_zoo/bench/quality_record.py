"""What finished runs say of the configurations, as the content of the bench's JSON file."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import fmean, stdev

from keras_rnn_zoo.bench.quality_runs import QualityRun, model_argument
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.catalogue import header
from keras_rnn_zoo.training.trained import TrainedRun

_NEEDED_METRICS = (
    "headline",
    "test",
    "validation",
    "baseline",
    "examples",
    "epochs",
    "seconds",
    "parameters",
    "machine",
    "versions",
)


def quality_record(command: str, runs: list[QualityRun], finished: dict[Path, TrainedRun]) -> dict:
    """The spread of each configuration over those of `runs` that are `finished`, by folder.

    Configurations without a finished run are left out; `complete` says whether all the others' runs are there.
    """
    known = [finished[run.folder] for run in runs if run.folder in finished]
    metrics, headline = known[0].metrics, known[0].metrics["headline"]
    by_identity = {}
    for run in runs:
        by_identity.setdefault(run.identity, []).append(run)
    return {
        "command": command,
        "machine": _joined(trained.metrics["machine"] for trained in known),
        "versions": {
            key: _joined(trained.metrics["versions"].get(key, "unknown") for trained in known)
            for key in metrics["versions"]
        },
        "metric": _metric(headline, known[0].about["objective"]),
        "baseline": {"name": metrics["baseline"]["name"], "value": metrics["baseline"][headline]},
        "rows": [row for group in by_identity.values() if (row := _row(group, finished, headline))],
    }


def check_metrics(trained: TrainedRun):
    """Raises a `ZooError` if `metrics.json` lacks what a row is made of."""
    metrics = trained.metrics
    missing = [name for name in _NEEDED_METRICS if name not in metrics]
    if not missing:
        splits = ("test", "validation", "baseline")
        missing = [f"{split}.{metrics['headline']}" for split in splits if metrics["headline"] not in metrics[split]]
    if missing:
        raise ZooError(f"{trained.folder / 'metrics.json'} is damaged: it has no {', '.join(missing)}.")


def check_comparable(first: TrainedRun, other: TrainedRun):
    """Raises a `ZooError` if the data behind two runs have changed in between, as a text that a machine supplies can."""
    headline, base = first.metrics["headline"], first.metrics["baseline"]
    same = first.metrics["examples"] == other.metrics["examples"] and other.metrics["headline"] == headline
    if not same or not math.isclose(other.metrics["baseline"][headline], base[headline], rel_tol=1e-6):
        raise ZooError(
            f"{first.folder} and {other.folder} were measured on different data: their metrics.json differ in headline, "
            "examples or baseline. Remove the older one and run the same command again."
        )


def _row(group: list[QualityRun], finished: dict[Path, TrainedRun], headline: str) -> dict | None:
    done = [run for run in group if run.folder in finished]
    if not done:
        return None
    metrics = [finished[run.folder].metrics for run in done]
    test = [each["test"][headline] for each in metrics]
    return {
        "identity": group[0].identity,
        "cell": model_argument(group[0].settings, "cell"),
        "units": model_argument(group[0].settings, "units"),
        "parameters": metrics[0]["parameters"],
        "published": _published(group[0].path),
        "seeds": [run.seed for run in done],
        "test": test,
        "mean": fmean(test),
        "standard_deviation": stdev(test) if len(test) > 1 else None,
        "validation_mean": fmean(each["validation"][headline] for each in metrics),
        "epochs": [each["epochs"] for each in metrics],
        "seconds_mean": round(fmean(each["seconds"] for each in metrics), 1),
        "complete": len(done) == len(group),
    }


def _metric(headline: str, objective: str) -> dict:
    return {
        "name": headline,
        "defined": f"{headline.replace('_', ' ')} on the test split, headline of the objective {objective!r}",
        "larger_is_better": objectives.get(objective).larger_is_better,
    }


def _published(path: Path) -> str | None:
    lines = header(path).splitlines()
    return next((line.removeprefix("Published:").strip() for line in lines if line.startswith("Published:")), None)


def _joined(values) -> str:
    """One value where all runs agree."""
    return "; ".join(dict.fromkeys(values))
