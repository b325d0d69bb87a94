"""Where each part of a step stands in its picture: values run to the right on lanes, each computed in a column.

Input lanes lie at the bottom, those of memories at the top, the rest between. What is computed from a memory stays on its
lane, and what reads the value below it stands above it. So no two parts overlap and no wire runs along another.
"""

from __future__ import annotations


class StepLayout:
    """Lanes and columns of a `StepGraph`.

    Attributes:
        nodes: what is drawn, in the order of the columns.
        lane: of each source and node, a number that grows upwards.
        column: of each node, from 0.
        columns: their number.
    """

    def __init__(self, step):
        self.step = step
        self.chains = {state: self._chain(number) for number, state in enumerate(step.before) if step.carried(number)}
        self.nodes = self._ordered()
        self._lanes()
        self._columns()

    def inputs(self, node) -> list:
        """What a node reads; a part of a value stands for all of it."""
        whole = [
            read.inputs[0] if read.kind == "part" and read not in self.step.sources else read for read in node.inputs
        ]
        return list(dict.fromkeys(whole))

    def readers(self, value) -> list:
        """The nodes that read a value."""
        return [node for node in self.nodes if value in self.inputs(node)]

    def leaves(self, value) -> bool:
        """Whether a value goes on to the next step or out of the cell."""
        return value in self.step.after or value in self.step.outputs

    def _chain(self, number):
        """The operations along which a memory is carried, from the last to the first."""
        state, node, found = self.step.before[number], self.step.after[number], []
        while node is not state:
            found.append(node)
            node = next(read for read in node.inputs if state in self.step.pointwise_past(read))
        return found

    def _carried_input(self, node):
        for state, chain in self.chains.items():
            if node in chain:
                place = chain.index(node)
                return chain[place + 1] if place + 1 < len(chain) else state
        return None

    def _ordered(self):
        """All nodes, each after what it reads; a memory is changed only once nothing else will read it as it was."""
        drawn = [node for node in self.step.nodes if node.kind != "part"]
        found, depends = {}, self._dependencies(drawn)

        def visit(node):
            if node in found or node in self.step.sources:
                return
            reads = sorted(self.inputs(node), key=lambda read: read.kind != "function")
            memory = self._carried_input(node)
            others = [n for n in drawn if memory in self.inputs(n) and node not in depends[n]] if memory else []
            for before in [*reads, *others]:
                if before is not node:
                    visit(before)
            found[node] = None

        for node in drawn:
            if self.leaves(node):
                visit(node)
        return list(found)

    def _dependencies(self, drawn):
        depends = {}
        for node in drawn:
            reads = self.inputs(node)
            depends[node] = set(reads).union(*(depends.get(read, set()) for read in reads))
        return depends

    def _lanes(self):
        bottom = [self.step.x, *[state for state in self.step.before if state not in self.chains][::-1]]
        top = list(self.chains)[::-1]
        self._own = {value: ("bottom", k) for k, value in enumerate(bottom)}
        self._own |= {value: ("top", k) for k, value in enumerate(top)}
        holders, middle = {lane: value for value, lane in self._own.items()}, []
        for number, node in enumerate(self.nodes):
            lane = self._inherited(node, number) or self._free(holders, middle, number)
            self._own[node], holders[lane] = lane, node
        order = [
            *(("bottom", k) for k in range(len(bottom))),
            *reversed(middle),
            *(("top", k) for k in range(len(top))),
        ]
        self.lane = {value: order.index(lane) for value, lane in self._own.items()}

    def _inherited(self, node, number):
        """The lane of a value that ends in this node, the memory's or the state's own before others."""
        ending = [read for read in self.inputs(node) if self._end(read) <= number]
        if node in self.step.after:
            state = self.step.before[self.step.after.index(node)]
            if state in ending or (state in self.chains and self._carried_input(node) in ending):
                return self._own[state if state in ending else self._carried_input(node)]
        memory = self._carried_input(node)
        if memory in ending:
            return self._own[memory]
        inner = [read for read in ending if read not in self.step.sources and self._own[read][0] == "middle"]
        return self._own[inner[0]] if inner else None

    def _end(self, value):
        """The number of the last node that reads a value."""
        if self.leaves(value):
            return len(self.nodes)
        return max((self.nodes.index(reader) for reader in self.readers(value)), default=-1)

    def _free(self, holders, middle, number):
        """The highest lane of the middle whose value has ended, or a new one below."""
        for lane in middle:
            if self._end(holders[lane]) < number:
                return lane
        middle.append(("middle", len(middle)))
        return middle[-1]

    def _columns(self):
        self.column, last = {}, -1
        for node in self.nodes:
            if not self._may_stand_above(node, last):
                last += 1
            self.column[node] = last
        self.columns = last + 1

    def _may_stand_above(self, node, column):
        """Whether a node may share the column with the one it reads: nothing must cross between the two."""
        below = [other for other in self.nodes if self.column.get(other) == column]
        if not below or below[-1] not in self.inputs(node) or self.lane[node] <= self.lane[below[-1]]:
            return False
        first, lanes = below[-1], [self.lane[read] for read in self.inputs(node) if read is not below[-1]]
        fed_from_below = all(self.lane[read] <= self.lane[first] for read in self.inputs(first))
        ready = all(self.column.get(read, -1) < column for read in self.inputs(node) if read is not first)
        return fed_from_below and ready and all(lane == self.lane[node] for lane in lanes)
