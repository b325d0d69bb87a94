"""What each cell of the table is: its card, its line in the list, and the picture of one step."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import keras

from keras_rnn_zoo import cells
from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.equations import EQUATIONS
from keras_rnn_zoo.equations.keras_own import KERAS_OWN
from keras_rnn_zoo.layers.recurrent_layer import options_of
from keras_rnn_zoo.plots.cell_step import plot_cell_step
from keras_rnn_zoo.plots.step_graph import StepGraph
from keras_rnn_zoo.plots.step_text import step_text

_KERAS_CELLS = {"gru": keras.layers.GRUCell, "lstm": keras.layers.LSTMCell}
_FEATURES, _UNITS = 3, 8


def card_of(name: str) -> str:
    """The cell's docstring; of Keras's own layers, what the zoo says of them."""
    return inspect.getdoc(KERAS_OWN.get(name) or cells.CELLS[name])


def step_of(name: str, **options) -> StepGraph:
    """The graph of one step of a small cell.

    Args:
        name: the cell's.
        **options: of the cell.
    """
    cell = (_KERAS_CELLS.get(name) or cells.CELLS[name])(**{"units": _UNITS, **options})
    cell.build((None, _FEATURES))
    weights = {weight.name: keras.ops.convert_to_numpy(weight) for weight in cell.weights}
    equation = KERAS_OWN.get(name) or EQUATIONS[name]
    return StepGraph(equation, cell, weights, [_FEATURES, *state_sizes(cell)], card_of(name))


def describe_cell(name: str, drawn=True, unicode=True) -> str:
    """The whole card as a text.

    Args:
        name: the cell's.
        drawn: with the picture of one step.
        unicode: whether the picture may hold more than ASCII.
    """
    cell = cells.CELLS[name]
    home = "keras.layers" if name in KERAS_OWN else "keras_rnn_zoo.cells"
    parts = [f"cell={name!r}: {home}.{cell.__name__}\ncell_options: {', '.join(options_of(cell))}", card_of(name)]
    if drawn:
        parts.append(f"One step:\n\n{step_text(step_of(name), unicode)}")
    if name in KERAS_OWN:
        parts.append(f"Keras says:\n\n{inspect.getdoc(cell)}")
    return "\n\n".join(parts)


def save_picture(name: str, path) -> Path:
    """Draws one step of the cell into a `.png` or `.svg` file."""
    return plot_cell_step(step_of(name), path, name)


@dataclass(frozen=True)
class CellLine:
    """A cell's line in the list: its name, class, states, number of parameters, source, and what it is."""

    name: str
    cls: str
    states: str
    parameters: str
    source: str
    summary: str


def cell_lines() -> list[CellLine]:
    """A line for each cell, by name."""
    return [_line(name) for name in cells.list_cells()]


def _line(name):
    card = card_of(name)
    first = " ".join(card.partition("\n\n")[0].split())
    source = re.search(r"\((?:after )?([^()]*?\d{4})[^()]*", first)
    step = step_of(name)
    states = dict.fromkeys(step.names[state].base for state in step.before)
    return CellLine(
        name,
        cells.CELLS[name].__name__,
        ", ".join(states),
        formula_of(card),
        source[1] if source else "",
        (first[: source.start()] if source else first).replace("`", "").strip(" .,"),
    )


def formula_of(card: str) -> str:
    """The number of parameters of the cell without options, as its card states it."""
    found = re.search(r"^Parameters, for .*?:\s.*?`([^`]*)`", card, flags=re.DOTALL | re.MULTILINE)
    return " ".join(found[1].split()) if found else ""
