"""What every cell of the zoo has in common."""

from numbers import Real

import keras
from keras import ops

from keras_rnn_zoo import initializers
from keras_rnn_zoo.errors import ZooError

_INITIALIZER_ARGUMENTS = ("kernel_initializer", "recurrent_initializer", "bias_initializer")


class Cell(keras.layers.SimpleRNNCell):
    """A Keras cell whose input projection stands apart from its step.

    `call(x_t, states) = step(project(x_t), states)`, so that `layers.Recurrent` can form the projection of all steps in
    one product before the loop. In `keras.layers.RNN`, `Bidirectional` and `StackedRNNCells` it is an ordinary cell.

    A step that multiplies by weights through `linear_map` alone, and whose output is its first state, says so with
    `states_linear_maps = True`: then `layers.own_backward` trains it faster. Of a weight used in another manner the gradient
    would be lost, which TensorFlow says and JAX does not.

    It derives from `keras.layers.SimpleRNNCell` for its arguments and for the life of its dropout masks, which Keras draws
    once a sequence and only for cells of its own family. A subclass gives `projection_size`, `step` and, where it has more
    weights than `kernel`, `recurrent_kernel` and `bias`, `build`.

    Args:
        units: the width of the state.
        activation: squashes the candidate state.
        use_bias: add a bias to the projection.
        kernel_initializer, recurrent_initializer, bias_initializer: how weights start, see also `initializers`.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on weights.
        kernel_constraint, recurrent_constraint, bias_constraint: projections of weights after each update.
        dropout: share of the inputs dropped in training, the same ones at every step.
        recurrent_dropout: share of the previous state dropped in training, the same units at every step.
        seed: of the dropout masks.

    Call arguments:
        inputs: `(batch, features)`.
        states: list of `(batch, size)`, one for each of `state_size`.
        training: whether to drop.

    Returns:
        `(output, states)`.
    """

    refuses = ()
    recurrent_weight_names = ("recurrent_kernel",)
    states_linear_maps = False

    def __init__(self, units, **options):
        self.check_options(options)
        for name in ("dropout", "recurrent_dropout"):
            share(options.get(name, 0.0), name)
        starts = {name: initializers.get(options[name]) for name in _INITIALIZER_ARGUMENTS if name in options}
        super().__init__(positive(units, "units"), **{**options, **starts})

    def check_options(self, options):
        """Refuses arguments of a base class that mean nothing here.

        Raises:
            ZooError: `options` holds one of `refuses`.
        """
        meaningless = sorted(set(options) & set(self.refuses))
        if meaningless:
            raise ZooError(f"{type(self).__name__} has no {', '.join(meaningless)}.")

    def without_refused(self, config):
        """`config` without the arguments that mean nothing here."""
        return {name: value for name, value in config.items() if name not in self.refuses}

    @property
    def projection_size(self) -> int:
        """The width of `project`'s answer."""
        return self.units

    @property
    def free_states(self) -> list[bool]:
        """Which states may be set from outside or kept by zoneout; a clock and a memory of past states may not."""
        return [True] * len(state_sizes(self))

    def build(self, input_shape):
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size))
        self.recurrent_kernel = self.add_recurrent_kernel("recurrent_kernel", (self.units, self.projection_size))
        self.bias = self.add_bias("bias", self.projection_size)

    def add_kernel(self, name, shape, initializer=None):
        """A matrix that reads the inputs."""
        return self.add_weight(
            shape,
            name=name,
            initializer=initializer or self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )

    def add_recurrent_kernel(self, name, shape, initializer=None):
        """A matrix inside the recurrence; `recurrent_weight_names` should hold its name."""
        return self.add_weight(
            shape,
            name=name,
            initializer=initializer or fresh(self.recurrent_initializer),
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )

    def add_bias(self, name, size, initializer=None):
        """A bias, or `None` if the cell has none."""
        if not self.use_bias:
            return None
        return self.add_weight(
            (size,),
            name=name,
            initializer=initializer or self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )

    def project(self, inputs):
        """`U x + b` for inputs `(..., features)`: the part of the step that needs no state."""
        projected = ops.matmul(inputs, self.kernel)
        return projected if self.bias is None else projected + self.bias

    def step(self, projected, states, training=False):
        """One step from projected inputs: `(output, states)`."""
        raise NotImplementedError(f"{type(self).__name__} has no step.")

    def call(self, inputs, states, training=False):
        states = list(states) if isinstance(states, (list, tuple)) else [states]
        return self.step(self.project(self.drop_inputs(inputs, training)), states, training)

    def drop_inputs(self, inputs, training):
        """Inputs `(batch, features)` with this sequence's dropout mask."""
        mask = self.get_dropout_mask(inputs)
        return inputs * mask if training and mask is not None else inputs

    def drop_state(self, state, training):
        """The previous state `(batch, units)` with this sequence's recurrent dropout mask."""
        mask = self.get_recurrent_dropout_mask(state)
        return state * mask if training and mask is not None else state

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in state_sizes(self)]

    def get_config(self):
        return self.without_refused(super().get_config())


def state_sizes(cell) -> list[int]:
    """The widths of a cell's states, a flat list."""
    return list(cell.state_size) if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]


def fresh(initializer):
    """A copy that draws anew, unless it has a seed: Keras's initializers repeat themselves."""
    return initializer.clone() if isinstance(initializer, keras.initializers.Initializer) else initializer


def blockwise(initializer, widths):
    """An initializer that starts each block of columns as a matrix of its own."""

    if initializer is None:
        return None

    def start(shape, dtype=None):
        return ops.concatenate([fresh(initializer)((*shape[:-1], width), dtype=dtype) for width in widths], axis=-1)

    return start


def speaks_for_the_step(cell, method) -> bool:
    """Whether `method`, another road to the same states, was written for the step that this cell has.

    It was not where a subclass of the class that wrote it changes more than how it is made.
    """
    lineage = type(cell).__mro__
    author = next((place for place, base in enumerate(lineage) if method in vars(base)), None)
    return author is not None and not any(_changes_a_method(base) for base in lineage[:author])


def _changes_a_method(cls) -> bool:
    harmless = ("__init__", "build", "get_config", "from_config", "get_initial_state")
    return any(callable(value) and name not in harmless for name, value in vars(cls).items())


def share(number, name) -> float:
    """`number` if it is at least 0 and below 1.

    Raises:
        ZooError: it is not.
    """
    if isinstance(number, bool) or not isinstance(number, Real) or not 0.0 <= number < 1.0:
        raise ZooError(f"{name} must be at least 0 and below 1, received {number!r}.")
    return float(number)


def positive(number, name) -> int:
    """`number` if it is a positive integer.

    Raises:
        ZooError: it is not.
    """
    if isinstance(number, bool) or not hasattr(number, "__index__") or number.__index__() < 1:
        raise ZooError(f"{name} must be a positive integer, received {number!r}.")
    return number.__index__()


def flag(value, name) -> bool:
    """`value` if it is True or False.

    Raises:
        ZooError: it is neither.
    """
    if not isinstance(value, bool):
        raise ZooError(f"{name} must be True or False, received {value!r}.")
    return value
