"""Symbols that a cell's plain equation can be run on: instead of answers it leaves the graph of what it did."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np


@dataclass(frozen=True)
class Function:
    """A function of one value: how it is written, with `@` for the value, and how it is computed.

    An `unfinished` one is half of a formula, such as `1 + exp(-@)`, and melts into the next.
    """

    text: str
    compute: Callable
    unfinished: bool = False

    def after(self, inner: Function) -> Function:
        """The two as one."""
        text = self.text.replace("@", inner.text)
        return Function(text, lambda value: self.compute(inner.compute(value)), self.unfinished)


class Value:
    """What stands for an array: a weight, a sum that is not yet used, or a node of the graph."""

    hint = None
    named_at = 0

    def __add__(self, other):
        return add(self, other)

    __radd__ = __add__

    def __mul__(self, other):
        return multiply(self, other)

    __rmul__ = __mul__

    def __sub__(self, other):
        if isinstance(other, Value):
            return pointwise("-", self, other)
        return apply(Function(f"@ - {other:g}", lambda value: value - other), self)

    def __rsub__(self, other):
        return apply(Function(f"{other:g} - @", lambda value: other - value), self)

    def __truediv__(self, other):
        return normalised(self, other) or pointwise("/", self, other)

    def __rtruediv__(self, number):
        divided = apply(Function(f"{number:g} / (@)", lambda value: number / value, unfinished=True), self)
        return divided.with_sigmoid(number)

    def __neg__(self):
        return apply(Function("-@", np.negative, unfinished=True), self)

    def __mod__(self, number):
        return apply(Function(f"(@) mod {number}", lambda value: value % number, unfinished=True), self)

    def __pow__(self, number):
        return apply(Function(f"@^{number}", lambda value: value**number), self)

    def __eq__(self, other):
        if not isinstance(other, (int, float)):
            return self is other
        return apply(Function(f"@ = {other}", lambda value: value == other), self)

    __hash__ = object.__hash__


class Weight(Value):
    """A weight or a block of one, under the name of the whole."""

    def __init__(self, name, value, function=None):
        self.name, self.value, self.function = name, value, function

    def __getitem__(self, key):
        return Weight(self.name, self.value[key], self.function)


@dataclass(frozen=True)
class Term:
    """A summand: a `matrix` times a node, a `vector` times a node, a `bias`, or a node as it is (`plain`)."""

    kind: str
    weight: Weight | None = None
    source: Node | None = None

    def block(self, columns: slice) -> Term:
        """The summand of some columns of the sum."""
        weight = self.weight and self.weight[..., columns]
        return Term(self.kind, weight, self.source if self.kind in ("matrix", "bias") else part(self.source, columns))

    def compute(self, source):
        """The summand's value, for a value of its node."""
        if self.kind == "matrix":
            return source @ self.weight.value
        return {"vector": lambda: self.weight.value * source, "bias": lambda: self.weight.value}.get(
            self.kind, lambda: source
        )()


class Sum(Value):
    """Summands that a function will take, or that become a node when something else takes them."""

    def __init__(self, terms, width, hint=None):
        self.terms, self.width, self.hint, self._node = tuple(terms), width, hint, None

    def __getitem__(self, key):
        columns = key[-1]
        return Sum([term.block(columns) for term in self.terms], len(range(self.width)[columns]))

    def node(self) -> Node:
        """The sum as a node, the same at every call."""
        if self._node is None:
            self._node = layer(None, self)
        return self._node


class Node(Value):
    """A step of the computation.

    Attributes:
        kind: `source`, `layer` (a function of a sum with weights), `function` (of one node), `part`, `concatenate`,
            `where`, `+`, `*`, `-` or `/`.
        inputs: the nodes it reads.
        width: its size.
        function: of a layer or a function; a layer without one is linear.
        terms: the summands of a layer.
        columns: those that a part takes.
        number: grows with every node that is made.
    """

    _numbers = count()

    def __init__(self, kind, inputs=(), width=0, function=None, terms=(), columns=None):
        self.number = next(self._numbers)
        self.kind, self.inputs, self.width = kind, tuple(inputs), width
        self.function, self.terms, self.columns, self.made = function, tuple(terms), columns, {}

    def __getitem__(self, key):
        return part(self, key[-1])

    def with_sigmoid(self, number) -> Node:
        """Rewrites `number / (1 + exp(-x))`."""
        text = self.function.text.replace(f"{number:g} / (1 + exp(-@))", f"{number:g} sigma(@)")
        self.function = Function(text, self.function.compute, self.function.unfinished)
        return self

    def compute(self, values: list):
        """The node's value, for values of its inputs."""
        if self.kind == "layer":
            of = dict(zip(self.inputs, values, strict=True))
            total = sum(term.compute(of.get(term.source)) for term in self.terms)
            return self.function.compute(total) if self.function else total
        return {
            "function": lambda x: self.function.compute(x),
            "part": lambda x: x[..., self.columns],
            "concatenate": lambda *x: np.concatenate(x, axis=-1),
            "where": np.where,
            "+": np.add,
            "*": np.multiply,
            "-": np.subtract,
            "/": np.divide,
        }[self.kind](*values)


def as_node(value) -> Node:
    """The value as a node of the graph."""
    if isinstance(value, Weight):
        value = as_sum(value)
    return value.node() if isinstance(value, Sum) else value


def as_sum(value) -> Sum:
    """The value as summands."""
    if isinstance(value, Sum):
        return value
    if isinstance(value, Weight):
        return Sum([Term("bias", weight=value)], value.value.shape[-1])
    return Sum([Term("plain", source=value)], value.width)


def add(one, other):
    """A sum of summands where there are weights in it, an operation of two nodes where there are none."""
    if not isinstance(other, Value):
        return apply(Function(f"{other:g} + @", lambda value: value + other, unfinished=True), one) if other else one
    if isinstance(one, Node) and isinstance(other, Node):
        return pointwise("+", one, other)
    one, other = as_sum(one), as_sum(other)
    return Sum(one.terms + other.terms, max(one.width, other.width), one.hint or other.hint)


def multiply(one, other):
    """A summand where a weight is a factor, else an operation."""
    if not isinstance(other, Value):
        return one if other == 1 else apply(Function(f"{other:g} @", lambda value: other * value), one)
    if isinstance(other, Weight):
        one, other = other, one
    if isinstance(one, Weight):
        node = as_node(other)
        return Sum([Term("vector", one, node)], node.width)
    return pointwise("*", one, other)


def pointwise(kind, *values) -> Node:
    """An operation, made once however often the equation repeats it."""
    nodes = [as_node(value) for value in values]
    return nodes[0].made.setdefault((kind, *nodes[1:]), Node(kind, nodes, nodes[-1].width))


def apply(function, value):
    """A function of a sum, which makes it a layer, of a node, or of a weight."""
    if isinstance(value, Weight):
        whole = function.after(value.function) if value.function else function
        return Weight(value.name, function.compute(value.value), whole)
    if isinstance(value, Sum):
        return layer(function, value)
    if value.function and value.function.unfinished:
        return Node(value.kind, value.inputs, value.width, function.after(value.function), value.terms)
    return value.made.setdefault(function.text, Node("function", [value], value.width, function))


def layer(function, summed: Sum) -> Node:
    """The node of a sum, or of a function of it."""
    sources = dict.fromkeys(term.source for term in summed.terms if term.source is not None)
    made = Node("layer", sources, summed.width, function, summed.terms)
    made.hint = summed.hint
    return made


def part(node, columns) -> Node:
    """Some columns of a node."""
    width = len(range(node.width)[columns])
    key = ("part", columns.start, columns.stop)
    return node.made.setdefault(key, Node("part", [node], width, columns=columns))


def normalised(numerator, denominator) -> Node | None:
    """`gain * (a - mean(a)) / sqrt(...)` as one function of `a`, or `None` where it is something else."""
    if not isinstance(numerator, Sum) or [term.kind for term in numerator.terms] != ["vector"]:
        return None
    gain, centred = numerator.terms[0].weight, numerator.terms[0].source
    if centred.kind != "-" or centred.inputs[1].kind != "mean" or centred.inputs[1].inputs[0] is not centred.inputs[0]:
        return None

    def compute(value):
        variance = np.var(value, axis=-1, keepdims=True)
        return gain.value * (value - np.mean(value, axis=-1, keepdims=True)) / denominator.function.compute(variance)

    a, function = centred.inputs[0], Function(f"LN(@; {gain.name})", compute)
    return Node(a.kind, a.inputs, a.width, function, a.terms) if a.kind == "layer" else apply(function, a)


class Words:
    """What an equation calls `m`: NumPy's words, for symbols."""

    @staticmethod
    def matmul(node, weight):
        node = as_node(node)
        return Sum([Term("matrix", weight, node)], weight.value.shape[-1])

    @staticmethod
    def split(value, parts, axis=-1):
        width = value.value.shape[-1] if isinstance(value, Weight) else value.width
        size = width // parts
        return [value[..., number * size : (number + 1) * size] for number in range(parts)]

    @staticmethod
    def concatenate(values, axis=-1):
        nodes = [as_node(value) for value in values]
        return Node("concatenate", nodes, sum(node.width for node in nodes))

    @staticmethod
    def where(condition, one, other):
        return pointwise("where", condition, one, other)

    @staticmethod
    def mean(value, axis=-1, keepdims=True):
        return Node("mean", [as_node(value)], 1)

    @staticmethod
    def ones_like(value):
        return 1.0

    sigmoid = staticmethod(lambda value: apply(Function("sigma(@)", lambda x: 1 / (1 + np.exp(-x))), value))
    tanh = staticmethod(lambda value: apply(Function("tanh(@)", np.tanh), value))
    relu = staticmethod(lambda value: apply(Function("relu(@)", lambda x: np.maximum(x, 0)), value))
    exp = staticmethod(lambda value: apply(Function("exp(@)", np.exp, unfinished=True), value))
    sqrt = staticmethod(lambda value: apply(Function("sqrt(@)", np.sqrt), value))


@dataclass
class Trace:
    """What an equation did: from `x` and the states `before` to the `output` and the states `after`."""

    x: Node
    before: list[Node]
    output: Node
    after: list[Node]


def trace(equation, cell, weights: dict[str, np.ndarray], sizes: list[int]) -> Trace:
    """Runs `equation(m, cell, weights, x, states)` on symbols.

    Args:
        equation: see `keras_rnn_zoo.equations`.
        cell: what the equation asks for options.
        weights: by name.
        sizes: the widths of x and of each state.
    """
    x, *before = [Node("source", width=size) for size in sizes]
    x.hint = "x"
    symbols = {name: Weight(name, value) for name, value in weights.items()}
    output, after = _with_names(equation, Words, cell, symbols, x, list(before))
    return Trace(x, before, as_node(output), [as_node(state) for state in after])


def _with_names(equation, *arguments):
    """Calls the equation and hints at each value the first name that a variable of its file gives it."""
    file, order = equation.__code__.co_filename, count(1)

    def look(frame, event, _):
        if frame.f_code.co_filename != file:
            return None
        for name, value in frame.f_locals.items():
            for key, named in value.items() if isinstance(value, dict) else [(name, value)]:
                if isinstance(named, (Sum, Node)) and not named.named_at:
                    named.hint, named.named_at = key, next(order)
        return look

    debugger = sys.gettrace()
    sys.settrace(look)
    try:
        return equation(*arguments)
    finally:
        sys.settrace(debugger)
