"""The formula of each value of a step, in plain characters or for matplotlib."""

from __future__ import annotations

import re

_GREEK = {"sigma": "σ", "alpha": "α", "beta": "β"}
_ATOM, _PRODUCT, _SUM = 3, 2, 1
_DEFAULT = {
    "kernel": "W",
    "recurrent_kernel": "U",
    "gate_recurrent_kernel": "R'",
    "bias": "b",
    "recurrent_bias": "b'",
    "peephole": "p",
}


class Formulas:
    """Writes the formulas of a `StepGraph`: `formulas[node]`.

    Args:
        step: the graph.
        math: for matplotlib's mathtext instead of plain characters, `sigma` and `*` among them.
    """

    def __init__(self, step, math=False):
        self.step, self.math = step, math
        self.layers = [node for node in step.nodes if node.kind == "layer"]

    def __getitem__(self, node) -> str:
        return self._expression(node, node)[0]

    def name(self, node) -> str:
        """A source's or row's name."""
        name = self.step.names[node]
        if not self.math:
            return str(name)
        base = rf"\tilde{{{name.base[:-1]}}}" if name.base.endswith("~") else name.base
        base = base if len(name.base) < 3 else rf"\mathrm{{{base}}}"
        return base + (f"^{{{name.level}}}" if name.level else "") + (f"_{{{name.time}}}" if name.time else "")

    def _inside(self, node, row, at_least):
        if node in self.step.names:
            return self.name(node)
        text, binds = self._expression(node, row)
        return text if binds >= at_least else f"({text})"

    def _expression(self, node, row):
        if node.kind == "layer":
            biases_last = sorted(node.terms, key=lambda term: term.kind == "bias")
            terms = " + ".join(self._term(term, node) for term in biases_last)
            return self._applied(node.function, terms, _SUM if len(node.terms) > 1 else _PRODUCT)
        if node.kind == "function":
            (read,) = node.inputs
            binds = _ATOM if read in self.step.names else self._expression(read, row)[1]
            return self._applied(node.function, self._inside(read, row, _SUM), binds)
        return self._operation(node, row)

    def _operation(self, node, row):
        if node.kind in "+-*/":
            binds = _SUM if node.kind in "+-" else _PRODUCT
            left, right = (
                self._inside(read, row, binds + (k if node.kind in "-/" else 0)) for k, read in enumerate(node.inputs)
            )
            return f"{left} {self._times if node.kind == '*' else node.kind} {right}", binds
        inside = [self._inside(read, row, _SUM) for read in node.inputs]
        if node.kind == "where":
            words = (r"\ \mathrm{if}\ ", r"\ \mathrm{else}\ ") if self.math else (" if ", " else ")
            return f"{inside[1]}{words[0]}{inside[0]}{words[1]}{inside[2]}", _SUM
        if node.kind == "concatenate":
            return f"[{', '.join(inside)}]", _ATOM
        return f"{inside[0]}{self._subscript(self._label(row))}", _ATOM

    def _applied(self, function, text, binds):
        if function is None:
            return text, binds
        pattern = function.text
        if re.fullmatch(r"\w+\(@.*\)", pattern):
            return self._words(pattern).replace("@", text), _ATOM
        pattern = pattern.replace("(@) mod", "@ mod") if binds == _ATOM else pattern
        bare = "(@" not in pattern and binds < _ATOM
        return self._words(pattern).replace("@", f"({text})" if bare else text), _SUM

    def _words(self, pattern):
        for name in re.findall(r"; (\w+)\)", pattern):
            pattern = pattern.replace(name, self._written(self.symbol(name)))
        if self.math:
            pattern = re.sub(r"\b(sigma|alpha|beta)\b", r"\\\1", pattern)
            pattern = re.sub(r"\b(tanh|relu|LN|mod)\b", r"\\mathrm{\1}", pattern)
            pattern = re.sub(r"(?<=[\w)}@]) (?=[\w\\@(])", r"\\ ", pattern)
        return pattern

    @property
    def _times(self):
        return r"\odot" if self.math else "*"

    def _term(self, term, node):
        if term.kind == "plain":
            return self._inside(term.source, node, _SUM)
        weight = self._weight(term, node)
        if term.kind == "bias":
            return weight
        source = self._inside(term.source, node, _ATOM)
        between = f" {self._times} " if term.kind == "vector" else r"\ " if self.math else " "
        return weight + between + source

    def _weight(self, term, node):
        symbol = self.symbol(term.weight.name)
        written = self._written(symbol, self._index(symbol, term, node))
        return self._words(term.weight.function.text).replace("@", written) if term.weight.function else written

    def _index(self, symbol, term, node):
        """What tells this block of a weight from the others that share its symbol."""
        uses = {n: [t for t in n.terms if t.weight and self.symbol(t.weight.name) == symbol] for n in self.layers}
        label = self._label(node) if any(uses[n] for n in self.layers if n is not node) else ""
        source = self.step.names.get(term.source)
        if source is None or all(len(terms) < 2 for terms in uses.values()):
            return label
        if source.level and label.isdigit():
            return f"{label}{source.level}"
        return f"{source.base}{source.level or ''}{label}"

    def _label(self, node):
        name = self.step.names[node]
        letter = "" if name.base == "a" and name.level else name.base.removesuffix("~")
        return f"{letter}{name.level or ''}"

    def symbol(self, weight: str) -> str:
        """The letter of a weight: the card's, or a common one."""
        stem = re.sub(r"_(\d+|[ifo])$", "", weight)
        letter = r"((?:alpha|beta)_\d|w_[cl]\b|W_[xh]\b(?!\.)|[A-Za-z]'?(?![a-z]))"
        written = re.search(
            rf"`{stem}(?:_[lifo])?`,?\s+(?:is\s+|holds\s+|are the vectors\s+)?`?\[?{letter}", self.step.card
        )
        if written:
            return written[1]
        if stem == "transition_kernel":
            return self.symbol("recurrent_kernel")
        if stem == "recurrent_kernel" and self.symbol("kernel") == _DEFAULT[stem]:
            return "W"
        return _DEFAULT.get(stem, stem)

    def _written(self, symbol, index=""):
        letter, _, own = symbol.partition("_") if len(symbol) < 8 else (symbol, "", "")
        if self.math:
            letter = rf"\{letter}" if letter in _GREEK else letter.replace("'", r"^{\prime}")
        return letter + self._subscript(own + index)

    def _subscript(self, index):
        if not index:
            return ""
        return f"_{{{index}}}" if self.math else f"_{index}"
