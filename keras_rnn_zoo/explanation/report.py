"""Findings as a table, for the eye in a terminal and for `cut` in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from rich.table import Table
from rich.text import Text

from keras_rnn_zoo.explanation.finding import Finding

HEADINGS = ("layer", "subject", "level", "what happens, and what to do")


def print_findings(findings: Sequence[Finding], console):
    """Prints one table in a terminal; elsewhere a line for each finding, its fields separated by tabs.

    Args:
        findings: what `explain` returned.
        console: the `rich.console.Console` to print with.
    """
    if not findings:
        console.print("There is nothing recurrent in it, and nothing to say.")
    elif console.is_terminal:
        console.print(_table(findings))
    else:
        for finding in findings:
            print("\t".join(astuple(finding)), file=console.file)  # Rich would make spaces of the tabs.


def _table(findings) -> Table:
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=heading in HEADINGS[1:3], overflow="fold", min_width=len(heading))
    for finding in findings:
        style = "bold" if finding.level == "warning" else ""
        table.add_row(*(Text(cell, style=style) for cell in astuple(finding)))
    return table
