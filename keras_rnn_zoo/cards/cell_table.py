"""The list of cells as a table, for the eye in a terminal and for `cut` in a pipe."""

from __future__ import annotations

from dataclasses import astuple

from rich.table import Table
from rich.text import Text

from keras_rnn_zoo.cards.cell_cards import cell_lines


def print_cells(console):
    """Prints one table in a terminal; elsewhere a line for each cell, its fields separated by tabs.

    Args:
        console: the `rich.console.Console` to print with.
    """
    if console.is_terminal:
        console.print(_table())
        return
    for line in cell_lines():
        print("\t".join(astuple(line)), file=console.file)  # Rich would make spaces of the tabs.


def _table():
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, title="d features, h units", title_justify="left")
    for heading in ("cell", "states", "parameters", "what it is"):
        table.add_column(heading, no_wrap=heading == "cell")
    for line in cell_lines():
        source = f" ({line.source})" if line.source else ""
        cells = f"{line.name}\n{line.cls}", line.states, line.parameters, line.summary + source
        table.add_row(*(Text(cell) for cell in cells))
    return table
