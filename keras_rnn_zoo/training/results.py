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
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.decoded import questions, signatures
from keras_rnn_zoo.training.evaluate import baseline, evaluate
from keras_rnn_zoo.training.nearest_answers import nearest_answers


def measure(model, config: RunConfig, dataset: Dataset, identity: str, history: list[dict], seconds: float) -> dict:
    """The content of `metrics.json`."""
    batch_size, spec = config.training.batch_size, dataset.spec
    headline, larger_is_better = objectives.headline_of(spec, config.training.monitor)
    return {
        "identity": identity,
        "test": evaluate(model, dataset, dataset.test, batch_size, config.decoding),
        "baseline": baseline(dataset, dataset.test),
        **(_of_written_texts(config, dataset) if spec.writes else {}),
        "validation": evaluate(model, dataset, dataset.validation, batch_size, config.decoding),
        "headline": headline,
        "larger_is_better": larger_is_better,
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


def _of_written_texts(config: RunConfig, dataset: Dataset) -> dict:
    """How the texts were written and scored, what copying would score, and how much of a batch is padding."""
    asked = questions(dataset.spec, dataset.test)
    batches = SequenceBatcher(
        dataset.train, config.training.batch_size, dataset.spec.padding, bucket=config.training.bucket
    )
    return {
        "nearest": nearest_answers(dataset, asked),
        "decoding": config.decoding.model_dump(),
        "signatures": signatures(dataset.spec, asked),
        "padding_share": round(batches.padding_share(), 4),
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
            "pattern": spec.pattern,
            "objective": spec.objective,
            "writes": spec.writes,
            "padding": spec.padding,
            "labels": list(spec.labels),
            "features": spec.features,
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
    others = [metrics[name] for name in ("before", "baseline", "nearest") if metrics.get(name)]
    for line in beside_baseline("test", metrics["test"], *others):
        console.print(line, markup=False)
    console.print(f"saved: {folder / 'model.keras'}   curves: {folder / 'curves.png'}", soft_wrap=True, markup=False)


def beside_baseline(split: str, scores: dict[str, float], *others: dict) -> list[str]:
    """A line for each score, the same of `others` beside it, each with its name: the trivial baseline, copied answers.

    >>> beside_baseline("test", {"accuracy": 0.75}, {"name": "the commonest class", "accuracy": 0.5})
    ['test accuracy: 0.7500   the commonest class: 0.5000']
    """
    return [
        "   ".join(
            [f"{split} {name}: {value:.4f}"]
            + [f"{other['name']}: {other[name]:.4f}" for other in others if name in other]
        )
        for name, value in scores.items()
    ]
