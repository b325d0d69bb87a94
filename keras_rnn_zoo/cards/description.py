"""What a configuration, a builder, a cell or a dataset is, in words."""

from __future__ import annotations

import inspect

import numpy as np

from keras_rnn_zoo.datasets import catalogue as datasets
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.training.catalogue import find_config, header, list_configs


def describe(name: str, unicode=True) -> str:
    """A text about the configuration, builder, cell or dataset called `name`; a cell with one step drawn.

    Args:
        name: what to describe.
        unicode: whether the drawing may hold more than ASCII.

    Raises:
        ZooError: nothing is called so.
    """
    if name.endswith((".yaml", ".yml")) or name in list_configs() or name in _short_names():
        return _config(name)
    if name in datasets.DATASETS:
        return _dataset(name)
    from keras_rnn_zoo import builders, cells
    from keras_rnn_zoo.cards.cell_cards import describe_cell

    name_of_builder = name.removeprefix("build_")
    if name_of_builder in builders.BUILDERS:
        return _builder(builders.BUILDERS[name_of_builder])
    if name in cells.CELLS:
        return describe_cell(name, unicode=unicode)
    raise unknown_name("name", name, [*list_configs(), *datasets.DATASETS, *builders.BUILDERS, *cells.CELLS])


def describe_with_picture(name: str, path) -> str:
    """A text about the cell called `name`, whose step is drawn into the file `path` instead.

    Raises:
        ZooError: no cell is called so.
    """
    from keras_rnn_zoo import cells

    if name not in cells.CELLS:
        raise ZooError(
            f"--picture draws one step of a cell, received {name!r}. {unknown_name('cell', name, cells.CELLS)}"
        )
    from keras_rnn_zoo.cards.cell_cards import describe_cell, save_picture

    return f"{describe_cell(name, drawn=False)}\n\nOne step: {save_picture(name, path)}"


def _short_names():
    return [identity.split("/")[1] for identity in list_configs()]


def _config(name):
    identity, path = find_config(name)
    settings = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return "\n".join([identity, "", header(path), "", *settings])


def _builder(builder):
    return f"{builder.__name__}{inspect.signature(builder)}\n\n{inspect.getdoc(builder)}"


def _dataset(name):
    dataset = datasets.load(name)
    spec = dataset.spec
    lines = [f"{name}: {spec.description}", f"pattern: {spec.pattern}   learns: {spec.objective}"]
    for split in ("train", "validation", "test"):
        examples = getattr(dataset, split)
        lines.append(f"{split}: {len(examples):,} examples; {_sizes(examples)}")
    for field, vocabulary in spec.vocabularies.items():
        lines.append(f"vocabulary of {field}: {vocabulary.size:,} {vocabulary.unit}s, reserved ids included")
    lines += ["an example: " + _example(dataset), f"licence: {spec.licence}", f"source: {spec.citation}"]
    return "\n".join(lines)


def _sizes(examples):
    fields = {**examples.inputs, "targets": examples.targets}
    return ", ".join(f"{field} {_size(values)}" for field, values in fields.items())


def _size(values):
    if isinstance(values, np.ndarray):
        return str(values.shape[1:]) if values.ndim > 1 else "one number"
    lengths = [len(row) for row in values]
    return f"of length {min(lengths)} to {max(lengths)}"


def _example(dataset):
    fields = {**dataset.train.inputs, "targets": dataset.train.targets}
    shown = []
    for field, values in fields.items():
        vocabulary = dataset.spec.vocabularies.get(field)
        if field != "previous" and vocabulary:
            shown.append(f"{field} {vocabulary.decode(values[0])!r:.200}")
        elif field == "targets" and dataset.spec.labels:
            shown.append(f"target {dataset.spec.labels[int(values[0])]!r}")
    return "; ".join(shown) or f"{next(iter(fields))} {np.asarray(fields[next(iter(fields))][0]).shape}"
