"""What cells that are parallel in time have in common."""

from keras import ops

from keras_rnn_zoo.cells.cell import Cell
from keras_rnn_zoo.cells.linear_scan import linear_scan


class ParallelCell(Cell):
    """`h_t = a_t * h_{t-1} + b_t` with coefficients that see the input alone: all steps can run as one scan.

    A subclass gives `projection_size` and `coefficients`. There are no recurrent weights, and no arguments for any.

    Args:
        units: the width of the state.
        **options: see `Cell`.
    """

    refuses = (
        "activation",
        "recurrent_activation",
        "recurrent_initializer",
        "recurrent_regularizer",
        "recurrent_constraint",
        "recurrent_dropout",
    )
    recurrent_weight_names = ()

    def build(self, input_shape):
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size))
        self.bias = self.add_bias("bias", self.projection_size)

    def coefficients(self, projected):
        """`(a, b)` from projected inputs `(..., projection_size)`."""
        raise NotImplementedError(f"{type(self).__name__} has no coefficients.")

    def step(self, projected, states, training=False):
        a, b = self.coefficients(projected)
        h = a * states[0] + b
        return h, [h]

    def scan(self, projected, initial_states, mask=None):
        """All steps at once; a masked step keeps the state.

        Args:
            projected: `project` of all inputs, `(timesteps, batch, projection_size)`.
            initial_states: list of one `(batch, units)`.
            mask: booleans `(timesteps, batch, 1)`, or `None`.

        Returns:
            A list of one `(timesteps, batch, units)`: the states after every step.
        """
        a, b = self.coefficients(projected)
        if mask is not None:
            a, b = ops.where(mask, a, ops.ones_like(a)), ops.where(mask, b, ops.zeros_like(b))
        return [linear_scan(a, b, initial_states[0])]
