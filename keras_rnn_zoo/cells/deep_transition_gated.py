"""Several gated transitions from one time step to the next."""

from keras import ops

from keras_rnn_zoo.cells.cell import flag, positive
from keras_rnn_zoo.cells.gated_cell import GatedCell


class DeepTransitionGatedCell(GatedCell):
    """`transition_depth` gated steps in each time step; the first reads the input.

    A subclass gives `gates` and `transition`.

    Args:
        units: the width of the state.
        transition_depth: the number of transitions from one time step to the next; 1 is the ordinary cell.
        shortcut: let the input reach every transition.
        **options: see `Cell`.
    """

    def __init__(self, units, transition_depth=2, shortcut=False, **options):
        super().__init__(units, **options)
        self.transition_depth = positive(transition_depth, "transition_depth")
        self.shortcut = flag(shortcut, "shortcut")

    @property
    def projection_size(self) -> int:
        return self.gates * self.units * (self.transition_depth if self.shortcut else 1)

    @property
    def recurrent_weight_names(self):
        further = range(2, self.transition_depth + 1)
        return ("recurrent_kernel", *(f"transition_kernel_{number}" for number in further))

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size))
        for name in self.recurrent_weight_names:
            setattr(self, name, self.add_recurrent_kernel(name, (self.units, width)))
        self.bias = self.add_bias("bias", self.transition_depth * width)

    def project(self, inputs):
        projected = ops.matmul(inputs, self.kernel)
        return projected if self.bias is None else projected + self.bias[: self.projection_size]

    def step(self, projected, states, training=False):
        read, readings = self.drop_state(states[0], training), self._readings(projected)
        for number, name in enumerate(self.recurrent_weight_names):
            states = self.transition(readings[number], read, states, getattr(self, name), number)
            read = states[0]
        return states[0], states

    def _readings(self, projected):
        """What each transition adds to its recurrent product: its part of the projected input, or its bias alone."""
        if self.shortcut:
            return ops.split(projected, self.transition_depth, axis=-1)
        width, further = self.gates * self.units, self.transition_depth - 1
        if self.bias is None:
            return [projected, *[ops.zeros((width,), projected.dtype)] * further]
        return [projected, *[self.bias[number * width : (number + 1) * width] for number in range(1, further + 1)]]

    def transition(self, reading, read, states, recurrent_kernel, number):
        """One gated step: the new states.

        Args:
            reading: the projected input `(batch, gates * units)`, or a bias `(gates * units,)`.
            read: the previous h as the recurrent product reads it, dropped or not.
            states: the previous states.
            recurrent_kernel: the transition's own matrix `(units, gates * units)`.
            number: the transition's place, 0 for the first.
        """
        raise NotImplementedError(f"{type(self).__name__} has no transition.")

    def get_config(self):
        return {**super().get_config(), "transition_depth": self.transition_depth, "shortcut": self.shortcut}
