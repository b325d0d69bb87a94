"""Inputs with the answers that a preset gave when it was saved: whether it still does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from keras_rnn_zoo.errors import ZooError

TEXTS, ARRAYS = "golden.json", "golden.npz"
COUNT = 20
_PROMPT = 12  # symbols
# A text is continued by its most probable symbols, so that nothing depends on how a backend draws.
_OPTIONS = {"LanguageModel": {"temperature": 0, "max_length": 40}}


def write_golden(folder: Path, task, inputs: Sequence) -> dict:
    """Writes `inputs`, raw ones as the task takes them, and its answers: texts into `golden.json`, arrays into `golden.npz`.

    Returns:
        The content of `golden.json`.

    Raises:
        ZooError: there is no input.
    """
    if not len(inputs):
        raise ZooError("A preset holds inputs with its answers to them: give at least one.")
    options = _OPTIONS.get(type(task).__name__, {})
    of_text = isinstance(inputs[0], str)
    if not of_text:
        np.savez_compressed(folder / ARRAYS, *inputs)
    golden = {
        "options": options,
        "inputs": list(inputs) if of_text else None,
        "answers": _answers(task, inputs, options),
    }
    (folder / TEXTS).write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return golden


def changed_answers(folder: Path, task) -> list[tuple]:
    """`(input, answer when it was saved, answer now)` of those golden inputs whose answer is another one now."""
    golden = json.loads((folder / TEXTS).read_text(encoding="utf-8"))
    inputs = golden_inputs(folder)
    now = _answers(task, inputs, golden["options"])
    return [(one, was, is_) for one, was, is_ in zip(inputs, golden["answers"], now, strict=True) if was != is_]


def golden_inputs(folder: Path) -> list | None:
    """The inputs that a preset's `folder` holds, as its task takes them; `None` where it holds none."""
    if not (folder / TEXTS).is_file():
        return None
    try:
        return json.loads((folder / TEXTS).read_text(encoding="utf-8"))["inputs"] or _arrays(folder / ARRAYS)
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ZooError(
            f"{folder / TEXTS} is damaged, or {ARRAYS} beside it ({error}): fetch the preset anew."
        ) from error


def raw_inputs(dataset, task, count: int = COUNT) -> list:
    """The first inputs of the test split as the task takes them raw: texts without unknown symbols, or arrays."""
    field = next(name for name in ("inputs", "source", "context") if name in dataset.test.inputs)
    rows, vocabulary = dataset.test.inputs[field], dataset.spec.vocabularies.get(field)
    if vocabulary is None:
        return [_raw_array(rows[number], dataset.spec.features) for number in range(min(count, len(rows)))]
    cut = _PROMPT if type(task).__name__ == "LanguageModel" else None
    texts = dict.fromkeys(vocabulary.decode(row[:cut]) for row in rows)
    return [text for text in texts if text.strip() and "\N{REPLACEMENT CHARACTER}" not in text][:count]


def _raw_array(row, features):
    """Pictures and videos as bytes, sound before it was normalised and joined."""
    row = np.asarray(row)
    if "bands" in features:
        return row.reshape(-1, features["bands"]) * features["deviation"] + features["mean"]
    return np.round(row * 255).astype(np.uint8) if row.ndim >= 3 else row


def _answers(task, inputs, options):
    """As JSON gives them back: tuples as lists."""
    return json.loads(json.dumps(task(list(inputs), **options), ensure_ascii=False))


def _arrays(path):
    with np.load(path, allow_pickle=False) as held:
        return [held[name] for name in held.files]
