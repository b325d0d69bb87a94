"""One step of a cell as a function of its weights, and the way back through it without its products."""

from contextlib import contextmanager
from dataclasses import dataclass

import keras
from keras import ops

from keras_rnn_zoo.cells.activation_gradients import GRADIENTS, activated_again
from keras_rnn_zoo.cells.linear_map import linear_maps_by, product
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.vjp import vjp_and_more
from keras_rnn_zoo.layers.weight_drop import recurrent_weight_names


@dataclass(frozen=True)
class Layout:
    """Where the way back puts what belongs to the projected input and to each linear map, in the order of the maps.

    Attributes:
        deltas: the places of the loss's gradients at the projected input, then at each map's answer.
        inputs: of each map, which state it multiplied, or the place of what it multiplied.
        of_state: of each map, whether it multiplied a state.
    """

    deltas: list[int]
    inputs: list[int]
    of_state: list[bool]

    def read(self, found, states):
        """`found` of all steps, deltas and inputs and perhaps errors, as: the gradient at the projected input, those at each
        map's answer, what each map multiplied, and the rest in two halves."""
        deltas, inputs = max(self.deltas) + 1, self.of_state.count(False)
        others, rest = found[deltas : deltas + inputs], found[deltas + inputs :]
        of_projected, *of_answers = [found[place] for place in self.deltas]
        multiplied = [
            (states if of_state else others)[place] for place, of_state in zip(self.inputs, self.of_state, strict=True)
        ]
        return of_projected, of_answers, multiplied, (rest[: len(rest) // 2], rest[len(rest) // 2 :])


class CellStep:
    """The step of a built cell with `states_linear_maps`.

    In what follows, `drops` is a list with the recurrent dropout's mask, or without.
    """

    def __init__(self, cell):
        self.cell, self.owner = cell, owner_of(cell)
        replaced = _may_be_replaced(cell)
        self.names = [
            name
            for name, value in vars(self.owner).items()
            if isinstance(value, keras.Variable) or (name in replaced and ops.is_tensor(value))
        ]

    def weights(self) -> list:
        """The values of the weights that the step may use."""
        values = [getattr(self.owner, name) for name in self.names]
        return [ops.copy(value.value if isinstance(value, keras.Variable) else value) for value in values]

    def forward(self, weights, drops, projected, states):
        """The new states, what each linear map gave, and what each activation gave whose gradient follows from that.

        Activations are kept because they take the most time of a step beside its products; besides, XLA computes what is
        kept in a loop of its own, which is faster than one loop for all.
        """
        answers, activated = [], []

        def keep(kept, value):
            kept.append(value)
            return value

        new = self._new_states(
            lambda *operands: keep(answers, product(*operands)),
            *(weights, drops, projected, states),
            lambda function: lambda inputs: keep(activated, function(inputs)),
        )
        return new, answers, activated

    def operands(self, weights, drops, projected, states):
        """The kernels of the linear maps, and their biases, as they depend on the weights but through no other map."""
        kernels, biases = [], []

        def note(inputs, kernel, bias):
            kernels.append(kernel)
            biases.append(bias)
            return ops.stop_gradient(product(inputs, kernel, bias))

        self._new_states(note, weights, drops, projected, states)
        return kernels, biases

    def check(self, weights, drops, projected, states):
        """Raises a `ZooError` if the step uses a weight otherwise than in a linear map, where a TensorFlow tape can tell."""
        if keras.backend.backend() != "tensorflow":
            return
        import tensorflow as tf

        def of_inputs_alone(inputs, *operands):
            return product(inputs, *(x if x is None else ops.stop_gradient(x) for x in operands))

        weights = [tf.identity(weight) for weight in weights]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            new = self._new_states(of_inputs_alone, weights, drops, projected, states)
        used = [name for name, found in zip(self.names, tape.gradient(new, weights), strict=True) if found is not None]
        if used:
            raise ZooError(
                f"{type(self.cell).__name__} has states_linear_maps = True, but its step uses {', '.join(used)} without "
                "linear_map: its gradient would be lost."
            )

    def backward(self, weights, drops, transposed, projected, states, answers, activated, errors):
        """From the errors of the new states, `dL/dstates`, to those of the previous ones.

        Args:
            weights, drops, projected, states: as the step was given them.
            transposed: the kernels of its linear maps, transposed.
            answers, activated: what these maps and the activations gave.
            errors: list of `(batch, size)`.

        Returns:
            The errors of `states`; the loss's gradients at the projected input and at the maps' answers, each once; what the
            maps multiplied, but states; and the `Layout` of these two.
        """
        places = []

        def again(states, answers, projected):
            others, maps, outputs = [], zip(transposed, answers, strict=True), iter(activated)

            def replay(inputs, _, bias):
                state = next((place for place, state in enumerate(states) if inputs is state), None)
                places.append((state is not None, len(others) if state is None else state))
                others.extend([inputs] if state is None else [])
                return _replayed(inputs, bias, *next(maps))

            given = replay, weights, drops, projected[0], states
            new = self._new_states(
                *given, lambda function: lambda inputs: activated_again(function, inputs, next(outputs))
            )
            return new, others

        (of_states, of_answers, of_projected), others = vjp_and_more(again, [states, answers, [projected]], errors)
        deltas, order = without_repetition([*of_projected, *of_answers])
        of_state, inputs = ([place[which] for place in places] for which in (0, 1))
        return of_states, deltas, others, Layout(order, inputs, of_state)

    def tangents(self, weights, drops, transposed, projected, states, answers, errors, directions):
        """How what each map multiplies changes where `states` change by `directions`, the step's slopes held constant.

        They are formed as what the step's way back has to be given beside each map, to change by the same.
        """

        def carried(taps):
            def again(states):
                maps = zip(transposed, answers, taps, strict=True)
                return self._new_states(
                    lambda inputs, _, bias: _replayed(inputs, bias, *next(maps)), weights, drops, projected, states
                ), []

            return vjp_and_more(again, [states], errors)[0][0], []

        rows = [ops.zeros((*ops.shape(errors[0])[:1], kernel.shape[-1]), errors[0].dtype) for kernel in transposed]
        return vjp_and_more(carried, [rows], directions)[0][0]

    def _new_states(self, linear_map, weights, drops, projected, states, activation=None):
        with self._holding(weights, drops, activation), linear_maps_by(linear_map):
            output, new = self.cell.step(projected, list(states), bool(drops))
        if output is not new[0]:
            raise ZooError(f"states_linear_maps needs a cell whose output is its first state: {self.cell!r}.")
        return new

    @contextmanager
    def _holding(self, weights, drops, activation):
        """The cell with these values for its weights and its dropout mask, of which Keras need not know; `activation` makes
        what stands in for its activations."""
        given = dict(zip(self.names, weights, strict=True)) | dict(
            zip(["_recurrent_dropout_mask"], drops, strict=False)
        )
        if activation:
            own = {name: getattr(self.owner, name, None) for name in ("activation", "recurrent_activation")}
            given |= {name: activation(function) for name, function in own.items() if function in GRADIENTS}
        before = {name: getattr(self.owner, name) for name in given}
        try:
            for name, value in given.items():
                object.__setattr__(self.owner, name, value)
            yield
        finally:
            for name, value in before.items():
                object.__setattr__(self.owner, name, value)


def _replayed(inputs, bias, transposed, answer, tap=None):
    """`answer` again, with the gradients of the map that gave it; a tap is added to what reaches the inputs."""
    has_rows = bias is not None and len(bias.shape) > 1
    given = [inputs, answer, transposed, *([bias] if has_rows else []), *([] if tap is None else [tap])]

    @ops.custom_gradient
    def run(inputs, answer, transposed, *more):
        taps = more[int(has_rows) :]

        def gradient(*upstream):
            (delta,) = upstream
            of_inputs = delta * transposed if len(transposed.shape) == 1 else ops.matmul(delta, transposed)
            of_inputs = of_inputs + taps[0] if taps else of_inputs
            return of_inputs, delta, ops.zeros_like(transposed), *[delta] * has_rows, *map(ops.zeros_like, taps)

        return ops.copy(answer), gradient

    return run(*given)


def owner_of(cell):
    """Whose attributes the weights are: of a Keras cell with linear maps, the Keras cell."""
    return getattr(cell, "cell", cell)


def holds_its_weights(cell) -> bool:
    """Whether a cell's weights are attributes of its own, and not of a layer inside it, such as a learned activation."""
    values = list(vars(owner_of(cell)).values())
    own = {id(value) for value in values if isinstance(value, keras.Variable)}
    elsewhere = {weight.name for weight in cell.weights if id(weight) not in own}
    return not any(isinstance(value, keras.layers.Layer) for value in values) and elsewhere <= _may_be_replaced(cell)


def _may_be_replaced(cell) -> set[str]:
    """The matrices in whose place a layer may have put others: dropped or adapted ones."""
    return {*recurrent_weight_names(cell), "kernel"}


def without_repetition(tensors):
    """Each tensor once, and the place of each of the given there: a map whose bias is the whole projection shares its
    gradient."""
    found = {id(tensor): tensor for tensor in tensors}
    places = {name: place for place, name in enumerate(found)}
    return list(found.values()), [places[id(tensor)] for tensor in tensors]
