"""From a Keras model to its folded recurrent graph."""

from __future__ import annotations

from dataclasses import replace

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.ctc_output import CTCOutput
from keras_rnn_zoo.layers.deep_output import DeepOutput
from keras_rnn_zoo.layers.final_output import FinalOutput
from keras_rnn_zoo.layers.real_steps import RealSteps
from keras_rnn_zoo.layers.reverse_sequence import ReverseSequence
from keras_rnn_zoo.layers.rnn_decoder import RNNDecoder
from keras_rnn_zoo.layers.stacked_rnn import StackedRNN, output_width
from keras_rnn_zoo.plots.unfolding import Edge, Graph, Node
from keras_rnn_zoo.views.decoder_graph import DecoderGraph
from keras_rnn_zoo.views.signals import Signal, Stack, label_of, state_sizes
from keras_rnn_zoo.views.wiring import Wire, wiring_of


def recurrent_graph(model: keras.Model) -> Graph:
    """The folded graph of a model: its inputs, layers with weights, states, outputs and losses, and how they depend on one
    another.

    Args:
        model: of any builder, or a sequential or functional model of recurrent layers.

    Raises:
        ZooError: it has no recurrent layer, or cannot be drawn.
    """
    tracer = _Tracer()
    answers = tracer.trace(model, "", [])
    if not any(node.kind == "state" for node in tracer.graph.nodes.values()):
        raise ZooError(f"{model.name} has no recurrent layer: there is nothing to unfold.")
    tracer.add_losses([signal for signal in answers if signal.parts], _losses(model))
    return _numbered(tracer.graph)


def _losses(model) -> str:
    loss = getattr(model, "loss", None)
    return loss if isinstance(loss, str) else getattr(loss, "name", None) or "loss"


class _Tracer:
    """Follows tensors through a model and notes nodes and edges."""

    def __init__(self):
        self.graph = Graph()
        self.whole = set()  # Nodes whose loss is one of the whole sequence.
        self.undated = set()  # Nodes that are once, unless a recurrent layer reads them step by step.

    def trace(self, model, place, inputs) -> list[Signal]:
        """What `model` gives; `inputs` are the signals that it is given, in the order of its inputs."""
        wiring, given, known = wiring_of(model), list(inputs), {}
        layers = {layer.name: layer for layer in model.layers}
        for name, reads in wiring.reads.items():
            layer = layers.get(name)
            signals = {key: [known[wire] for wire in wires] for key, wires in reads.items()}
            if not any(reads.values()):
                signals[""] = [given.pop(0) if given else self.add_input(model, layer)]
            if layer is None or isinstance(layer, keras.layers.InputLayer):
                found = [
                    self.joined(signals[""])
                ]  # An operation, such as those that Keras makes masks with, is no layer.
            else:
                found = self.follow(layer, f"{place}{name}", signals)
            known.update((Wire(name, number), answer) for number, answer in enumerate(found))
        return [known[wire] for wire in wiring.outputs]

    def follow(self, layer, place, signals) -> list[Signal]:
        """The signals that a layer gives."""
        below = self.joined(signals[""]) if signals[""] else Signal()
        if isinstance(layer, RNNDecoder):
            return [DecoderGraph(self, layer, place).write(signals)]
        if isinstance(layer, (StackedRNN, keras.layers.RNN, keras.layers.Bidirectional)):
            return self.read(layer, place, signals)
        if isinstance(layer, keras.Model) and _has_recurrence(layer):
            return self.trace(layer, f"{place}/", signals[""])
        if isinstance(layer, RealSteps):
            return [Signal()]
        if isinstance(layer, FinalOutput):
            return [self.final(below.top, backward_only=layer.backward_only)]
        if isinstance(layer, ReverseSequence):
            self.turn(below)
            return [below]
        return [self.through(layer, place, below)] * len(keras.tree.flatten(layer.output))

    # Layers without recurrence.

    def through(self, layer, place, below) -> Signal:
        """A layer with weights, or one that adds or ends time, is a node; any other changes nothing here."""
        if isinstance(layer, CTCOutput):
            self.whole.add(place)
        if isinstance(layer, DeepOutput):
            for hidden in layer.hidden:
                name = f"{place}/{hidden.name}"
                below = self.add("layer", "u", name, label_of(name, hidden), below)
            return self.add("layer", "o", place, label_of(place, layer.last, layer), below)
        ends_time = _rank(layer.input) > _rank(layer.output) and self.is_dated(below)
        if layer.weights or isinstance(layer, keras.layers.Add) or ends_time:
            letter = "+" if isinstance(layer, keras.layers.Add) else "e"
            kind = "sum" if letter == "+" else "layer"
            return self.add(kind, letter, place, label_of(place, layer), below, when="last" if ends_time else None)
        return below

    def add_input(self, model, layer) -> Signal:
        """An input of the whole model; a sequential one has it without a layer for it."""
        spec = layer.output if isinstance(layer, keras.layers.InputLayer) else model.inputs[0]
        name, shape = layer.name if isinstance(layer, keras.layers.InputLayer) else spec.name, spec.shape
        width = f" · {shape[-1]}" if len(shape) > 2 else ""
        self.graph.nodes[name] = Node(name, "x", f"{name}{width}", "input", when="once")
        self.undated.add(name)
        return Signal(((name, None),))

    def add(self, kind, letter, name, label, below, when=None, side=None) -> Signal:
        """A node that reads `below`: at each step where that is, otherwise where that is."""
        sources = [self.graph.nodes[source] for source, _ in below]
        undated = all(source.name in self.undated for source in sources)
        at = [source.when if place is None else "last" for source, place in zip(sources, [at for _, at in below])]
        chosen = when or ("once" if all(t == "once" for t in at) else "each" if "each" in at else "last")
        side = max((source.side for source in sources), default=0) if side is None else side
        self.graph.nodes[name] = Node(name, letter, label, kind, when=chosen, side=side)
        if undated and chosen == "once":
            self.undated.add(name)
        for source, place in below:
            ends = chosen == "last" and self.graph.nodes[source].when == "each" and place is None
            self.edge(source, name, source_at="each" if ends else place)
        return Signal(((name, None),), (name,))

    def edge(self, source, target, label="", **options):
        edge = Edge(source, target, label, **options)
        if edge not in self.graph.edges:
            self.graph.edges.append(edge)

    def joined(self, signals) -> Signal:
        parts = dict.fromkeys(part for signal in signals for part in signal)
        return Signal(tuple(parts), tuple(name for signal in signals for name in signal.top))

    def is_dated(self, signal) -> bool:
        return any(at is None and self.graph.nodes[name].when == "each" for name, at in signal)

    def date(self, signal, side):
        """The nodes of a signal, and all that they are made of, have a value at each step of a side."""
        for name, _ in signal:
            if name in self.undated:
                self.undated.discard(name)
                self.graph.nodes[name] = replace(self.graph.nodes[name], when="each", side=side)
                self.date([(edge.source, None) for edge in self.graph.edges if edge.target == name], side)

    def turn(self, signal):
        """The sequence is read from its end; what was read so already is only given in its old order again."""
        names = [name for name, _ in signal]
        if any(self.graph.nodes[name].kind in ("state", "sum") for name in names):
            return
        for name in names:
            self.graph.nodes[name] = replace(self.graph.nodes[name], from_end=not self.graph.nodes[name].from_end)
            self.turn([(edge.source, None) for edge in self.graph.edges if edge.target == name])

    # Recurrent layers.

    def read(self, layer, place, signals) -> list[Signal]:
        """A stack, or one recurrent layer of Keras: its output and its final states."""
        states = [part for wire in signals.get("initial_state", []) for part in wire] + [
            p for s in signals[""][1:] for p in s
        ]
        side = 1 if states and all(self.graph.nodes[name].side == 0 for name, _ in states) else 0
        side = side if signals[""][0].parts[0][0] in self.undated else self.graph.nodes[signals[""][0].parts[0][0]].side
        stack = self.stack(layer, place, signals[""][:1], side)
        for source, at in dict.fromkeys(states):
            self.edge(source, self.level_of(source, stack), source_at=at, target_at="first", kind="hands over")
        output = self.joined_outputs(stack, layer)
        if not layer.return_sequences:
            output = self.final([name for name, _ in output])
        return [replace(output, top=tuple(stack.outputs[-1])), *self.final_states(stack, layer)]

    def level_of(self, source, stack) -> str:
        """The state that a handed-over one fits: of the same level, or the first."""
        levels = [level for level in stack.levels for name in level[:1]]
        number = self.graph.nodes[source].index - 1
        return levels[number][0] if 0 <= number < len(levels) else levels[0][0]

    def stack(self, layer, place, reads, side, since=1) -> Stack:
        """The states of a stack that reads these signals at each step."""
        layers = layer.layers if isinstance(layer, StackedRNN) else [layer]
        skips = getattr(layer, "skip_connections", None)
        reads = self.joined(reads)
        self.date(reads, side)
        stack, below = Stack(), reads
        for number, one in enumerate(layers, start=1):
            path = f"{place}/{one.name}" if isinstance(layer, StackedRNN) else place
            names = self.states(one, path, number, side, since)
            for name in names:
                self.wire_level(name, number, below, reads if number > 1 and skips == "input" else ())
            stack.levels.append(names)
            said = names
            if skips == "residual" and number > 1:
                said = [self.residual(path, names, below, side, since)]
            stack.outputs.append(said)
            below = Signal(tuple((name, None) for name in said))
        return stack

    def states(self, layer, path, number, side, since) -> list[str]:
        """A node for each direction of a recurrent layer, with its loop."""
        both = isinstance(layer, keras.layers.Bidirectional)
        names = []
        for one in (layer.forward_layer, layer.backward_layer) if both else (layer,):
            name = f"{path}/{one.name}" if both else path
            backward = one.go_backwards
            letter = "s" if side else "g" if backward else "h"
            label = f"{path} · {_class_of(one)} · {output_width(one)}"
            label += (", backwards" if backward else ", forwards") if both else ""
            self.graph.nodes[name] = Node(
                name, letter, label, "state", side=side, index=number, backward=backward, since=since
            )
            self.edge(name, name, _weights("W", number, backward), delay=-1 if backward else 1, kind="recurs")
            names.append(name)
        return names

    def wire_level(self, name, number, below, skipped):
        node = self.graph.nodes[name]
        for source, at in below:
            is_input = self.graph.nodes[source].when == "once"
            label = "R" if is_input and number == 1 else _weights("U", number, node.backward)
            self.edge(source, name, label, source_at=at, target_at="each" if is_input else None)
        for source, at in skipped:
            self.edge(source, name, source_at=at, kind="skips")

    def residual(self, path, names, below, side, since) -> str:
        name = f"{path}/sum"
        self.graph.nodes[name] = Node(name, "+", f"{path} and what it reads", "sum", side=side, since=since)
        for source in names:
            self.edge(source, name)
        for source, at in below:
            self.edge(source, name, source_at=at, kind="skips")
        return name

    def joined_outputs(self, stack, layer) -> Signal:
        levels = stack.outputs if getattr(layer, "skip_connections", None) == "input" else stack.outputs[-1:]
        return Signal(tuple((name, None) for level in levels for name in level))

    def final(self, names, backward_only=False) -> Signal:
        """Forward states at the last step, backward ones at the first; a sum of both at both."""
        parts = []
        for name in names:
            node, ends = self.graph.nodes[name], []
            ways = [node] if node.kind == "state" else self.states_below(name)
            ends = dict.fromkeys("first" if way.backward else "last" for way in ways)
            parts += [(name, end) for end in ends if not (backward_only and end == "last")]
        return Signal(tuple(parts), tuple(names))

    def states_below(self, name) -> list[Node]:
        feeding = [
            self.graph.nodes[edge.source] for edge in self.graph.edges if edge.target == name and edge.kind == "feeds"
        ]
        return [node for node in feeding if node.kind == "state"]

    def final_states(self, stack, layer) -> list[Signal]:
        """A signal for each state that the layer returns."""
        layers = layer.layers if isinstance(layer, StackedRNN) else [layer]
        found = []
        for one, names in zip(layers, stack.levels):
            ways = (one.forward_layer, one.backward_layer) if isinstance(one, keras.layers.Bidirectional) else (one,)
            for way, name in zip(ways, names):
                found += [self.final([name])] * len(state_sizes(way))
        return found

    # Outputs.

    def add_losses(self, signals, loss):
        for number, signal in enumerate(signals, start=1):
            (name, _), *_ = signal
            if self.graph.nodes[name].kind == "layer":
                self.graph.nodes[name] = replace(self.graph.nodes[name], kind="output", letter="o")
                self.label_outputs(name)
            self.add_loss(name, signal, f"{loss} {number}" if len(signals) > 1 else loss)

    def add_loss(self, name, signal, loss):
        """The loss of an answer and its target; CTC's is one of the whole sequence."""
        whole, side, target = name in self.whole, self.graph.nodes[name].side, f"target of {name}"
        answer = self.add("loss", "L", f"loss of {name}", loss, signal, when="last" if whole else None, side=side)
        (added, _), *_ = answer
        self.graph.nodes[added] = replace(self.graph.nodes[added], whole=whole)
        when = self.graph.nodes[added].when
        self.graph.nodes[target] = Node(target, "y", "target", "target", when=when, side=side, whole=whole)
        self.edge(target, added)

    def label_outputs(self, name):
        edges = self.graph.edges
        for number, edge in enumerate(edges):
            if edge.target == name and not edge.label:
                edges[number] = replace(edge, label="V")


def _has_recurrence(layer) -> bool:
    return any(isinstance(inner, keras.layers.RNN) for inner in layer._flatten_layers())


def _rank(tensors) -> int:
    return len(keras.tree.flatten(tensors)[0].shape)


def _class_of(layer) -> str:
    """How a recurrent layer's cell is called, without the class's ending."""
    return type(layer.cell).__name__.removesuffix("Cell")


def _weights(letter, number, backward) -> str:
    return f"{letter}_{number}'" if backward else f"{letter}_{number}"


def _numbered(graph: Graph) -> Graph:
    """Where a side has one node of a letter, or one layer, neither it nor its weights have a number."""
    for node in list(graph.nodes.values()):
        group = [
            other
            for other in graph.nodes.values()
            if (other.letter, other.side, other.lag) == (node.letter, node.side, node.lag)
        ]
        number = group.index(node) + 1 if len(group) > 1 and node.kind != "sum" else 0
        graph.nodes[node.name] = replace(node, index=number)
    graph.edges = [_without_number(edge) if not graph.nodes[edge.target].index else edge for edge in graph.edges]
    return graph


def _without_number(edge: Edge) -> Edge:
    return replace(edge, label=edge.label.replace("_1", ""))
