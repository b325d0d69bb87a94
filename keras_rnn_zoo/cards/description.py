"""What a configuration, a builder, a cell or a dataset is, in words."""

from __future__ import annotations

import inspect

from keras_rnn_zoo.datasets import catalogue as datasets
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.training.catalogue import find_config, header, list_configs


def describe(name: str, unicode=True, options: dict = {}) -> str:
    """A text about the configuration, builder, cell or dataset called `name`; a cell with one step drawn, a dataset with an
    example.

    Args:
        name: what to describe.
        unicode: whether the drawing may hold more than ASCII.
        options: of a dataset's loader.

    Raises:
        ZooError: nothing is called so, options are given for what is no dataset, or the dataset cannot be loaded.
    """
    if options and name not in datasets.DATASETS:
        raise ZooError(f"--set gives a dataset its options, and {name} is none: leave it out.")
    if name.endswith((".yaml", ".yml")) or name in list_configs() or name in _short_names():
        return _config(name)
    if name in datasets.DATASETS:
        from keras_rnn_zoo.cards.dataset_cards import describe_dataset

        return describe_dataset(name, options, unicode=unicode)
    from keras_rnn_zoo import builders, cells
    from keras_rnn_zoo.cards.cell_cards import describe_cell

    name_of_builder = name.removeprefix("build_")
    if name_of_builder in builders.BUILDERS:
        return _builder(builders.BUILDERS[name_of_builder])
    if name in cells.CELLS:
        return describe_cell(name, unicode=unicode)
    raise unknown_name("name", name, [*list_configs(), *datasets.DATASETS, *builders.BUILDERS, *cells.CELLS])


def describe_with_picture(name: str, path, options: dict = {}) -> str:
    """A text about the cell or dataset called `name`, whose step or examples are drawn into the file `path` instead.

    Args:
        name: what to describe.
        path: the picture's file.
        options: of a dataset's loader.

    Raises:
        ZooError: no cell and no dataset is called so, options are given for a cell, or a dataset cannot be loaded or drawn.
    """
    from keras_rnn_zoo import cells

    if name in datasets.DATASETS:
        from keras_rnn_zoo.cards.dataset_cards import describe_dataset_with_picture

        return describe_dataset_with_picture(name, options, path)
    if name not in cells.CELLS:
        unknown = unknown_name("cell or dataset", name, [*cells.CELLS, *datasets.DATASETS])
        raise ZooError(f"--picture draws one step of a cell or examples of a dataset, received {name!r}. {unknown}")
    if options:
        raise ZooError(f"--set gives a dataset its options, and {name} is none: leave it out.")
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
