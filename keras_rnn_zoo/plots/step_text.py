"""One step of a cell, drawn in characters: values are rails that run down, each row reads some and starts one."""

from __future__ import annotations

import re

from keras_rnn_zoo.plots.step_formula import Formulas

_UNICODE = {"sigma": "σ", "alpha": "α", "beta": "β", "*": "⊙"}
_ASCII_GLYPHS = str.maketrans("│─┼●╮╭┬▼", "|-+o...v")
WIDTH = 100


def step_text(step, unicode=True) -> str:
    """The picture, at most 100 columns wide.

    Args:
        step: a `StepGraph`.
        unicode: with box-drawing and Greek characters; else in ASCII.
    """
    lines = _Rails(step).draw()
    if unicode:
        return "\n".join(
            re.sub(r"\b(sigma|alpha|beta)(?![a-z])|(?<= )\*(?= )", lambda m: _UNICODE[m[0]], x) for x in lines
        )
    return "\n".join(line.translate(_ASCII_GLYPHS) for line in lines)


class _Rails:
    def __init__(self, step):
        self.step, self.formulas = step, Formulas(step)
        self.ends = {node: self._last_reading(node) for node in [*step.sources, *step.rows]}
        self.first = len(step.sources)
        self.gap = 6 if self.first < 5 else 4
        self.places = self._places()

    def _last_reading(self, node):
        """The row after which a rail ends."""
        if node in self.step.after or node in self.step.outputs:
            return len(self.step.rows)
        return max((k for k, row in enumerate(self.step.rows) if node in self.step.rails(row)), default=-1)

    def _places(self):
        """Each value's column; a column is free again after its last reading."""
        places, holds = {node: k for k, node in enumerate(self.step.sources)}, list(self.step.sources)
        for number, row in enumerate(self.step.rows):
            free = [k for k, node in enumerate(holds) if k >= self.first and self.ends[node] < number]
            place = free[0] if free else len(holds)
            holds[place : place + 1] = [row]
            places[row] = place
        return places

    def _column(self, node):
        place = self.places[node]
        return 2 + min(place, self.first) * self.gap + max(place - self.first, 0) * 4

    def draw(self):
        lines = [*self._labels(self.step.sources), self._wires(self._alive(0))]
        margin = 3 + max(self._column(node) for node in self.places)
        label = max(len(self.formulas.name(row)) for row in self.step.rows)
        for number, row in enumerate(self.step.rows):
            name, formula = self.formulas.name(row), self._wrapped(row, WIDTH - margin - label - 3)
            for k, text in enumerate(formula):
                drawn = self._row(number) if k == 0 else self._wires(self._alive(number + 1))
                lines.append(f"{drawn:<{margin}}{name if k == 0 else '':>{label}} {'=' if k == 0 else ' '} {text}")
        return [line.rstrip() for line in [*lines, *self._feet()]]

    def _alive(self, number):
        """The columns of the rails that some row from `number` on reads, or that leave."""
        started = [*self.step.sources, *self.step.rows[:number]]
        return {self._column(node): "│" for node in started if self.ends[node] >= number}

    def _wires(self, marks):
        width = max(marks, default=0) + 1
        return "".join(marks.get(column, " ") for column in range(width))

    def _row(self, number):
        row = self.step.rows[number]
        marks, new = self._alive(number), self._column(row)
        read = [self._column(node) for node in self.step.rails(row)]
        for column in range(min([new, *read]), max([new, *read])):
            marks[column] = "┼" if column in marks else "─"
        marks |= dict.fromkeys(read, "●")
        marks[new] = "╮" if new > max(read) else "╭" if new < min(read) else "┬"
        return self._wires(marks)

    def _wrapped(self, row, width):
        """The formula, broken before a summand where it is too long."""
        lines = []
        for piece in re.split(r" (?=\+ |if |else )", self.formulas[row]):
            if lines and len(lines[-1]) + 1 + len(piece) <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(f"  {piece}" if lines else piece)
        return lines

    def _feet(self):
        leaving = list(dict.fromkeys([*self.step.after, *self.step.outputs]))
        arrows = self._wires({self._column(node): "▼" for node in leaving})
        return [arrows, *self._labels(sorted(leaving, key=self._column))]

    def _labels(self, nodes):
        """The names at their columns, on as many lines as they need not to touch."""
        lines = [""]
        for node in nodes:
            start = self._column(node) - 1
            fitting = [k for k, line in enumerate(lines) if len(line) < start]
            if not fitting:
                lines.append("")
            level = fitting[0] if fitting else len(lines) - 1
            lines[level] = f"{lines[level]:<{start}}{self.step.names[node]}"
        return lines
