"""One step of a cell as boxes and arrows, in the manner of Olah 2015, "Understanding LSTM networks"."""

from __future__ import annotations

import re
from pathlib import Path

from keras_rnn_zoo.plots.step_formula import Formulas
from keras_rnn_zoo.plots.step_layout import StepLayout

_LAYER, _OPERATION, _CELL = "#ffe27a", "#f7c6c7", "#edf5ea"
_COLOURS = ("#1f6fb4", "#b4451f", "#6a4ca5", "#00796b", "#8d6e00", "#666666")
_WIRE, _INPUT = "#333333", "#2e7d32"
_SIGNS = {"*": r"$\times$", "+": "$+$", "-": "$-$", "/": r"$\div$", "where": "if", "concatenate": "[ ]"}
_LEGEND = "yellow: with weights; round: unit by unit; dot: read here and further on"
_NEAR = 1e-6
_TALL, _OVAL, _ROUND, _LINE = 0.68, 0.5, 0.23, 2.0


def plot_cell_step(step, path, title: str) -> Path:
    """Draws one step of a cell into a picture of the kind that the path's suffix names.

    Time enters on the left and leaves on the right, the input comes from below, the output leaves above. Yellow boxes
    learn, round ones do not; below stand the formulas.

    Args:
        step: a `StepGraph`.
        path: the picture's file, `.png` or `.svg`.
        title: written above it.
    """
    draw_cell_step(step, title).savefig(path, dpi=130, facecolor="white")
    return Path(path)


def draw_cell_step(step, title: str):
    """The same as a matplotlib figure."""
    from matplotlib.figure import Figure

    picture = _Picture(step)
    width, height = picture.right - picture.left, picture.top - picture.bottom
    figure = Figure(figsize=(0.72 * width, 0.72 * height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(picture.left, picture.right), ylim=(picture.bottom, picture.top), aspect="equal")
    axes.axis("off")
    picture.draw(axes, title)
    return figure


class _Picture:
    """Coordinates and drawing; a lane is one unit high."""

    def __init__(self, step):
        self.step, self.layout, self.formulas = step, StepLayout(step), Formulas(step, math=True)
        self._find_columns()
        self.height = max(self.layout.lane.values())
        self.outlets = list(dict.fromkeys(step.outputs))
        self.end = self.edge + 0.45 * len(self.outlets) + 0.35
        plain = Formulas(step)
        names = 0.19 * max(len(plain.name(state)) for state in step.before)
        self.formula_width = 0.125 * max(len(plain.name(row) + plain[row]) for row in step.rows) + 0.9
        self.left = -1.2 - names
        self.right = max(self.end + 1.0 + names, self.left + self.formula_width, self.left + 5.6)
        self.formula_lines = -(-len(step.rows) // max(1, int((self.right - self.left) / self.formula_width)))
        self.bottom, self.top = -2.35 - 0.46 * self.formula_lines, self.height + 3.0

    def _find_columns(self):
        """The middle of each column, which is as wide as its widest part and its taps."""
        self.middle, self.edge = [], 0.0
        for column in range(self.layout.columns):
            nodes = [node for node in self.layout.nodes if self.layout.column[node] == column]
            wide = max(self._width(node) for node in nodes) + 0.55
            self.middle.append(self.edge + wide / 2)
            self.edge += wide

    def _width(self, node):
        if node.kind == "layer":
            return max(1.0, 0.3 * len(self.layout.inputs(node)) + 0.2, 0.13 * len(self._function(node)) + 0.3)
        if node.kind == "function":
            return max(0.6, 0.12 * len(self._function(node)) + 0.25)
        return 2 * _ROUND

    def _function(self, node):
        """A function's sign, without what it is applied to."""
        if node.function is None:
            return "linear"
        text = re.sub(r"\(@(; \w+)?\)", "", node.function.text)
        text = text.removeprefix("@").removesuffix("@").strip().replace("@", "·")
        text = text.replace("sigma", "σ").replace("-", "−")
        return text if re.search(r"[^\d.]", text) else f"× {text}"

    def _place(self, node):
        return self.middle[self.layout.column[node]], self.layout.lane[node]

    def draw(self, axes, title):
        self._frame(axes, title)
        for value in [*self.step.sources, *self.layout.nodes]:
            self._wires(axes, value)
        for node in self.layout.nodes:
            self._part(axes, node)
        self._captions(axes)

    def _frame(self, axes, title):
        from matplotlib.patches import FancyBboxPatch

        corner, size = (-0.25, -0.5), (self.end + 0.25, self.height + 1.1)
        style = {"facecolor": _CELL, "edgecolor": "#9db59a", "zorder": 0}
        axes.add_patch(FancyBboxPatch(corner, *size, boxstyle="round,pad=0.15", **style))
        axes.text(self.left + 0.4, self.top - 0.5, title, va="center", fontsize=13, weight="bold")
        axes.text(self.left + 0.4, self.top - 0.85, _LEGEND, va="center", fontsize=8, color="#555555")

    def _colour(self, value):
        for number, states in enumerate(zip(self.step.before, self.step.after, strict=True)):
            if value in (states[0], states[1]) or value in self.layout.chains.get(states[0], ()):
                return _COLOURS[number % len(_COLOURS)]
        return _INPUT if value is self.step.x else _WIRE

    def _taps(self, node):
        """Each value that a node reads from another lane: where its wire comes down or up."""
        lane, offsets = self.layout.lane, {}
        for above in (False, True):
            reads = [v for v in self.layout.inputs(node) if lane[v] != lane[node] and (lane[v] > lane[node]) is above]
            reads.sort(key=lambda value: lane[value])
            straight = [v for v in reads if self.layout.column.get(v) == self.layout.column[node]]
            gap = 0.3 if node.kind == "layer" else 0.2
            for k, value in enumerate(reads):
                offsets[value] = 0.0 if value in straight else gap * (k - (len(reads) - 1) / 2)
        return offsets

    def _wires(self, axes, value):
        """A value's lane, and from it a wire to each reader."""
        y, colour = self.layout.lane[value], self._colour(value)
        stops = {node: self._stop(value, node) for node in self.layout.readers(value)}
        start = self._start(value, stops)
        end = max([start, *stops.values(), *self._exits(axes, value, y, colour)])
        axes.plot([start, end], [y, y], color=colour, linewidth=_LINE, solid_capstyle="projecting", zorder=1)
        if value is self.step.x:
            self._arrow(axes, (start, -1.25), (start, y), colour, head=False)
        for node, x in stops.items():
            if value in self._taps(node):
                corner = x > end - _NEAR or (x < start + _NEAR and value is not self.step.x)
                self._tap(axes, x, y, node, colour, junction=not corner)
            else:
                edge = x - self._width(node) / 2
                self._arrow(axes, (edge - 0.3, y), (edge, y), colour)

    def _stop(self, value, node):
        """Where on its lane a value is read by a node."""
        return self.middle[self.layout.column[node]] + self._taps(node).get(value, 0.0)

    def _start(self, value, stops):
        if value is self.step.x:
            return min(stops.values())
        return -1.0 if value in self.step.sources else self._place(value)[0]

    def _tap(self, axes, x, y, node, colour, junction):
        to = self.layout.lane[node]
        half = {"layer": _TALL / 2, "function": _OVAL / 2}.get(node.kind, _ROUND)
        self._arrow(axes, (x, y), (x, to - half if y < to else to + half), colour)
        if junction:
            axes.plot([x], [y], "o", color=colour, markersize=5.5, zorder=4)

    def _arrow(self, axes, start, end, colour, head=True):
        style = {"arrowstyle": "-|>" if head else "-", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11}
        self._bridge(axes, start, end)
        axes.annotate("", end, start, arrowprops={**style, "color": colour, "linewidth": _LINE}, zorder=3)

    def _bridge(self, axes, start, end):
        """Keeps a wire that goes up or down apart from the lanes that it crosses."""
        (x, low), (_, high) = sorted((start, end), key=lambda point: point[1])
        low, high = max(low + 0.1, -0.6), min(high - 0.1, self.height + 0.7)
        if start[0] == end[0] and low < high:
            axes.plot([x, x], [low, high], color=_CELL, linewidth=6, solid_capstyle="butt", zorder=2)

    def _exits(self, axes, value, y, colour):
        """Draws how a value leaves, and tells how far its lane has to run."""
        ends = []
        if value in self.outlets:
            x = self.edge + 0.45 * (self.outlets.index(value) + 0.5)
            self._arrow(axes, (x, y), (x, self.height + 1.35), colour)
            self._label(axes, x, self.height + 1.65, value, colour)
            if value in self.step.after:
                axes.plot([x], [y], "o", color=colour, markersize=5.5, zorder=4)
            ends.append(x)
        if value in self.step.after:
            self._arrow(axes, (self.end, y), (self.end + 0.75, y), colour)
            self._label(axes, self.end + 0.85, y, value, colour, ha="left")
            ends.append(self.end)
        return ends

    def _label(self, axes, x, y, value, colour, ha="center"):
        style = {"ha": ha, "va": "center", "fontsize": 15, "math_fontfamily": "cm"}
        axes.text(x, y, f"${self.formulas.name(value)}$", color=colour, **style)

    def _part(self, axes, node):
        from matplotlib.patches import Circle, FancyBboxPatch

        (x, y), wide = self._place(node), self._width(node)
        boxes = {"layer": (_TALL, 0.08, _LAYER), "function": (_OVAL, 0.25, _OPERATION)}
        if node.kind in boxes:
            high, rounding, fill = boxes[node.kind]
            shape = f"round,pad=0,rounding_size={rounding}"
            patch = FancyBboxPatch((x - wide / 2, y - high / 2), wide, high, boxstyle=shape)
        else:
            patch, fill = Circle((x, y), _ROUND), _OPERATION
        patch.set(facecolor=fill, edgecolor="#444444", zorder=5)
        axes.add_patch(patch)
        self._inscription(axes, node, x, y)

    def _inscription(self, axes, node, x, y):
        style = {"ha": "center", "va": "center", "zorder": 6, "math_fontfamily": "cm"}
        if node.kind == "layer":
            named = node in self.step.names
            axes.text(x, y + 0.12, f"${self.formulas.name(node)}$" if named else "", fontsize=12, **style)
            axes.text(x, y - (0.17 if named else 0), self._function(node), fontsize=9, **style)
        else:
            text = self._function(node) if node.kind == "function" else _SIGNS[node.kind]
            if node in self.step.names and not self.layout.leaves(node):
                axes.text(x + 0.4, y + 0.2, f"${self.formulas.name(node)}$", fontsize=12, **style)
            axes.text(x, y, text, fontsize=9 if node.kind == "function" else 12, **style)

    def _captions(self, axes):
        for state in self.step.before:
            y = self.layout.lane[state]
            self._label(axes, -1.1, y, state, self._colour(state), ha="right")
        x = min(self._stop(self.step.x, node) for node in self.layout.readers(self.step.x))
        self._label(axes, x, -1.5, self.step.x, _INPUT)
        for number, row in enumerate(self.step.rows):
            place, line = divmod(number, self.formula_lines)
            corner = self.left + 0.4 + place * self.formula_width, -2.35 - 0.46 * line
            formula = f"${self.formulas.name(row)} = {self.formulas[row]}$"
            axes.text(*corner, formula, fontsize=11, va="center", math_fontfamily="cm")
