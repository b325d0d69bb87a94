"""One step of a cell as a graph with names: what enters, what is computed in which order, what leaves."""

from __future__ import annotations

from dataclasses import dataclass

from keras_rnn_zoo.plots.step_trace import Node, trace

# The equations' variables, as one would write them in a picture.
_SYMBOLS = {
    "candidate": "h~",
    "net_in": "i",
    "net_out": "o",
    "net_c": "c~",
    "x_s": "s~",
    "s_s": "u",
    "h_h": "u",
    "c_before": "c",
}


@dataclass(frozen=True)
class Name:
    """A symbol, the layer or module it belongs to where there are several, and its time where it is a state."""

    base: str
    level: int | None = None
    time: str | None = None

    def __str__(self):
        level = f"^{self.level}" if self.level else ""
        return f"{self.base}{level}" + (f"_{self.time}" if self.time else "")


class StepGraph:
    """One step of a cell.

    Args:
        equation: `(m, cell, weights, x, states) -> (output, states)`, see `keras_rnn_zoo.equations`.
        cell: what the equation asks for options.
        weights: arrays by name.
        sizes: the widths of x and of each state.
        card: the cell's docstring, whose symbols are taken where it names them.

    Attributes:
        x, before: the sources: the input and the states of the step before.
        after, outputs: the nodes that become the states, and those that make up the output.
        nodes: all computed nodes, each after what it reads.
        rows: those of them that have a name; the others are parts of their formulas.
        names: of sources and rows.
    """

    def __init__(self, equation, cell, weights, sizes, card=""):
        traced = trace(equation, cell, weights, sizes)
        self.card, self.x = card, traced.x
        self.before, self.after, self.outputs = traced.before, traced.after, [traced.output]
        self._open_modules()
        self.sources = [self.x, *self.before]
        self.nodes = self._in_order()
        self.readers = {node: [n for n in self.nodes if node in n.inputs] for node in [*self.sources, *self.nodes]}
        self.rows = [node for node in self.nodes if self._is_row(node)]
        self.names = {self.x: Name("x", time="t")} | self._state_names()
        self.names |= self._row_names()

    def rails(self, node) -> list[Node]:
        """The sources and rows that a row reads, be it through nodes without a name."""
        found = {}
        for read in node.inputs:
            below = [read] if read in self.names else self.rails(read)
            found |= dict.fromkeys(below)
        return list(found)

    def carried(self, number: int) -> bool:
        """Whether a state reaches the next step through pointwise operations alone: a memory."""
        return self.before[number] in self.pointwise_past(self.after[number])

    def pointwise_past(self, node) -> set:
        """The sources and layers that a node is made of by operations without weights."""
        if node in self.sources or node.kind == "layer":
            return {node}
        return set().union(*(self.pointwise_past(read) for read in node.inputs))

    def _open_modules(self):
        """Makes states of the modules of a state that is only ever used in modules."""
        everything = list(_before([*self.after, *self.outputs], []))
        for state, new in list(zip(self.before, self.after, strict=True)):
            users = [node for node in everything if state in node.inputs]
            if new.kind == "concatenate" and users and all(node.kind == "part" for node in users):
                modules = sorted(users, key=lambda node: node.columns.start)
                self.before = _replaced(self.before, state, modules)
                self.after = _replaced(self.after, new, new.inputs)
                self.outputs = _replaced(self.outputs, new, new.inputs)
                for module in modules:
                    module.hint = module.hint or state.hint

    def _in_order(self):
        ends = sorted([*self.after, *self.outputs], key=lambda node: node.number)
        return [node for node in _before(ends, self.sources) if node not in self.sources]

    def _is_row(self, node):
        if node in [*self.after, *self.outputs] or node.kind == "where":
            return True
        if node.kind == "layer":
            return node.hint is not None or _learns(node)
        return node.hint is not None and len(self.readers[node]) > 1 and node.kind != "part"

    def _state_names(self):
        bases = [self._state_symbol(old, new) for old, new in zip(self.before, self.after, strict=True)]
        names = {}
        for number, (base, old, new) in enumerate(zip(bases, self.before, self.after, strict=True)):
            alike = [node for node, other in zip(self.before, bases, strict=True) if other == base]
            delays = sum(node in self.before for node in self.after)
            level = 1 + sorted(alike, key=_age).index(old) if len(alike) > 1 and not delays else None
            behind = self.before.index(new) if new in self.before else None
            steps = 1 if behind is None else number - behind + int(str(names[new]).rpartition("-")[2])
            names[old] = Name(base, level, f"t-{steps}")
            if behind is None:
                names[new] = Name(base, level, "t")
        return names

    def _state_symbol(self, old, new):
        hints = [_symbol(node.hint) for node in (old, new) if node.hint]
        written = [hint for hint in hints if f"`{hint}_t" in self.card]
        base = (written or hints or ["h"])[0]
        return "h" if base in ("s", "y", "z") and not written else base

    def _row_names(self):
        free = [node for node in self.rows if node not in self.names]
        taken = {name.base for name in self.names.values()}
        bases = self._row_symbols(free, taken)
        names, seen = {}, {}
        for node, base in zip(free, bases, strict=True):
            seen[base] = seen.get(base, 0) + 1
            several = bases.count(base) > 1 or base in taken
            names[node] = Name(base, seen[base] if several else None)
        return names

    def _row_symbols(self, rows, taken):
        bases, candidate = [], "h~"
        in_lstm = bool({"c", "s"} & taken) and "`z_t" not in self.card
        for node in rows:
            squashed = node.function is not None and node.function.text in ("tanh(@)", "relu(@)")
            base = _symbol(node.hint or (candidate if squashed else "a"))
            base = "c~" if base == "z" and in_lstm else base
            candidate = base if base.endswith("~") else candidate
            bases.append(base)
        return bases


def _symbol(hint):
    return _SYMBOLS.get(hint, hint)


def _learns(node):
    """Whether a layer is more than a value shifted by a bias."""
    return any(term.kind in ("matrix", "vector") or (term.source and term.source.kind == "*") for term in node.terms)


def _age(node):
    return node.named_at, node.number


def _before(ends, sources):
    """All nodes that the ends need, themselves last."""
    found = {}

    def visit(node):
        if node in found:
            return
        for read in () if node in sources else node.inputs:
            visit(read)
        found[node] = None

    for node in ends:
        visit(node)
    return found


def _replaced(nodes, one, by):
    place = nodes.index(one) if one in nodes else None
    return nodes if place is None else [*nodes[:place], *by, *nodes[place + 1 :]]
