"""What a finished run leaves behind, in its folder and on the screen."""

from __future__ import annotations

import csv
import io
import json
import os
import platform

import keras

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec
from keras_rnn_zoo.plots.curves import plot_curves
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.evaluate import baseline, evaluate


def measure(model, config: RunConfig, dataset: Dataset, identity: str, history: list[dict], seconds: float) -> dict:
    """The content of `metrics.json`."""
    batch_size = config.training.batch_size
    return {
        "identity": identity,
        "test": evaluate(model, dataset, dataset.test, batch_size),
        "baseline": baseline(dataset, dataset.test),
        "validation": evaluate(model, dataset, dataset.validation, batch_size),
        "headline": objectives.get(dataset.spec.objective).headline,
        "examples": {name: len(getattr(dataset, name)) for name in ("train", "validation", "test")},
        "seed": config.training.seed,
        "epochs": len(history),
        "seconds": round(seconds, 1),
        "parameters": model.count_params(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
        },
    }


def write_results(folder, spec: DatasetSpec, history: list[dict], metrics: dict, lines: list[str]):
    """Writes all but the model into `folder`."""
    headline = metrics["headline"]
    folder.write("dataset.json", describe_dataset(spec))
    folder.write("metrics.json", json.dumps(metrics, indent=2) + "\n")
    folder.write("samples.txt", "\n".join(lines) + "\n")
    plot_curves(history, folder.partial / "curves.png", headline, metrics["baseline"].get(headline))


def describe_dataset(spec: DatasetSpec) -> str:
    """What using the model needs to know of the data, as JSON."""
    return json.dumps(
        {
            "name": spec.name,
            "description": spec.description,
            "objective": spec.objective,
            "writes": spec.writes,
            "padding": spec.padding,
            "labels": list(spec.labels),
            "licence": spec.licence,
            "citation": spec.citation,
            "vocabularies": {field: vocabulary.to_dict() for field, vocabulary in spec.vocabularies.items()},
        },
        ensure_ascii=False,
        indent=1,
    )


def as_csv(history: list[dict]) -> str:
    """The history as the content of `history.csv`."""
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return file.getvalue()


def report(console, folder, metrics: dict, lines: list[str]):
    """Prints samples, test metrics beside the baseline's, and where the model lies."""
    console.print()
    for line in lines:
        console.print(f"  {line}", markup=False)
    console.print()
    for line in beside_baseline("test", metrics["test"], metrics["baseline"]):
        console.print(line, markup=False)
    console.print(f"saved: {folder / 'model.keras'}   curves: {folder / 'curves.png'}", soft_wrap=True, markup=False)


def beside_baseline(split: str, scores: dict[str, float], base: dict) -> list[str]:
    """A line for each score, the trivial baseline's beside it.

    >>> beside_baseline("test", {"accuracy": 0.75}, {"name": "the commonest class", "accuracy": 0.5})
    ['test accuracy: 0.7500   the commonest class: 0.5000']
    """
    return [
        f"{split} {name}: {value:.4f}" + (f"   {base['name']}: {base[name]:.4f}" if name in base else "")
        for name, value in scores.items()
    ]
