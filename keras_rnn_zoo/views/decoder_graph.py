"""The part of a recurrent graph that writes."""

from __future__ import annotations

from dataclasses import replace

from keras_rnn_zoo.layers.attention_decoder import AttentionDecoder
from keras_rnn_zoo.plots.unfolding import Node
from keras_rnn_zoo.views.signals import Signal, Stack, label_of, state_sizes


class DecoderGraph:
    """What writes: a stack that reads what was written before, the context, and perhaps what attention sees."""

    def __init__(self, tracer, layer, place):
        self.tracer, self.layer, self.place = tracer, layer, place
        self.graph = tracer.graph

    def write(self, signals) -> Signal:
        """The decoder's output, from the signals of its arguments."""
        given = self.arguments(signals)
        written = self.previous(given["previous"])
        write = self.with_attention if isinstance(self.layer, AttentionDecoder) else self.with_context
        said = write(written, given)
        label = label_of(f"{self.place}/{self.layer.output_layer.name}", self.layer.output_layer)
        return self.tracer.add("layer", "o", f"{self.place}/output", label, said, side=1)

    def arguments(self, signals) -> dict[str, list[Signal]]:
        memory = ["memory", "memory_mask"] if isinstance(self.layer, AttentionDecoder) else []
        names = ["previous", *memory, "context", "initial_state"]
        positional = {name: [signal] for name, signal in zip(names, signals[""])}
        named = {name: signals[name] for name in names if signals.get(name)}
        return {**dict.fromkeys(names, ()), **positional, **named}

    def previous(self, signals) -> Signal:
        """What was written one step before, embedded if it is a symbol."""
        (signal,) = signals
        self.tracer.date(signal, 1)
        for name, _ in signal:
            self.graph.nodes[name] = replace(self.graph.nodes[name], letter="y", lag=1)
        if self.layer.embedding is None:
            return signal
        name = f"{self.place}/{self.layer.embedding.name}"
        return self.tracer.add("layer", "e", name, label_of(name, self.layer.embedding), signal, side=1)

    def with_context(self, written, given) -> Signal:
        layer, (context,) = self.layer, given["context"]
        way = layer.conditioning
        starts = way in ("initial_state", "both")
        since = 0 if way == "first_step" else 1
        if not (starts and layer.bridge == "copy" and way == "initial_state"):
            context = self.context(context)
        reads = [written, context] if way in ("input", "both") else [written]
        stack = self.stack(reads, since)
        if way == "first_step":
            self.enter(context, stack, "", every_layer=self.skips)
        if way == "first_bias":
            self.enter(context, stack, r"W_{hi}", every_layer=self.skips)
        if starts:
            self.start(stack, context, given["initial_state"])
        return self.tracer.joined_outputs(stack, layer.rnn)

    def with_attention(self, written, given) -> Signal:
        memory = self.memory(given["memory"][0])
        if self.layer.bridge == "dense":
            context = self.context(given["context"][0])
        else:
            context = Signal()
        looks_first = self.layer.attention == "bahdanau"
        seen = self.attention(memory) if looks_first else Signal()
        stack = self.stack([written, seen], 1)
        said = self.tracer.joined_outputs(stack, self.layer.rnn)
        if not looks_first:
            seen = self.attention(memory)
        for name, _ in said:
            delay = 1 if looks_first else 0
            self.tracer.edge(name, f"{self.place}/attention", delay=delay, kind="looks")
        name = f"{self.place}/{self.layer.readout.name}"
        label = f"{name} · {self.layer.readout_units}"
        read_out = self.tracer.add(
            "layer", "r", name, label, self.tracer.joined([said, seen, *([written] if looks_first else [])])
        )
        if self.layer.input_feeding and not looks_first:
            for level in stack.levels if self.skips else stack.levels[:1]:
                self.tracer.edge(name, level[0], delay=1, kind="recurs")
        self.start(stack, context, given["initial_state"])
        return read_out

    @property
    def skips(self) -> bool:
        return self.layer.rnn.skip_connections == "input"

    def stack(self, reads, since) -> Stack:
        return self.tracer.stack(
            self.layer.rnn, f"{self.place}/{self.layer.rnn.name}", [r for r in reads if r.parts], 1, since
        )

    def context(self, signal) -> Signal:
        """The context as a node of its own, outside time."""
        if len(signal.parts) == 1 and signal.parts[0][0] in self.tracer.undated:
            ((name, _),) = signal
            if self.graph.nodes[name].letter != "M":
                self.graph.nodes[name] = replace(self.graph.nodes[name], letter="C")
            self.tracer.undated.discard(name)
            return signal
        return self.tracer.add("context", "C", f"{self.place}/context", "context", signal, when="once")

    def memory(self, signal) -> Signal:
        if all(name in self.tracer.undated for name, _ in signal):
            for name, _ in signal:
                self.graph.nodes[name] = replace(self.graph.nodes[name], letter="M")
            return signal
        name = f"{self.place}/memory"
        self.graph.nodes[name] = Node(name, "M", "memory: every step", "context", when="once")
        for source, _ in signal:
            self.tracer.edge(source, name, source_at="each", kind="looks")
        return Signal(((name, None),))

    def attention(self, memory) -> Signal:
        name = f"{self.place}/attention"
        label = f"{name} · {self.layer.attention}"
        self.graph.nodes[name] = Node(name, "c", label, "attention", side=1)
        for source, at in memory:
            self.tracer.edge(source, name, r"\alpha", source_at=at, target_at="each", kind="looks")
        return Signal(((name, None),))

    def enter(self, context, stack, label, every_layer):
        """The context comes to the first step alone."""
        for level in stack.levels if every_layer else stack.levels[:1]:
            for source, at in context:
                self.tracer.edge(source, level[0], label, source_at=at, target_at="first")

    def start(self, stack, context, handed_over):
        """How the first states are set: copied from another stack, or made of the context."""
        for signal, name in zip(handed_over, self.owners(stack)):
            for source, at in signal:
                self.tracer.edge(source, name, source_at=at, target_at="first", kind="hands over")
        bridged = [name for bridge, name in zip(self.layer.bridges, self.owners(stack)) if bridge]
        for name in dict.fromkeys(bridged):
            for source, at in context:
                self.tracer.edge(source, name, "W_s", source_at=at, target_at="first", kind="hands over")

    def owners(self, stack) -> list[str]:
        """For each state of the stack the node that it belongs to."""
        sizes = [len(state_sizes(layer)) for layer in self.layer.rnn.layers]
        return [level[0] for level, count in zip(stack.levels, sizes) for _ in range(count)]
