"""A recurrent layer that keeps the norm of the errors it sends back through time."""

import math
from numbers import Real

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import own_backward, step_backward
from keras_rnn_zoo.layers.clipping import warn_without_clipping
from keras_rnn_zoo.layers.recurrent import Recurrent
from keras_rnn_zoo.layers.vjp import BACKENDS
from keras_rnn_zoo.layers.weight_drop import recurrent_weight_names

Schedule = keras.optimizers.schedules.LearningRateSchedule


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class NormPreservingRNN(Recurrent):
    """`Recurrent` with Omega, the regulariser against vanishing gradients of Pascanu, Mikolov & Bengio 2013, sec. 3.3.

    In training `omega_weight` times dOmega, see `layers.omega`, is added to the gradients of the matrices inside the
    recurrence, within the layer's own backward pass: by a closed form for `SimpleRNNCell` and `DeepTransitionRNNCell`
    (their slopes held constant), by the vector-Jacobian product of one step for every other cell whose output is its first
    state (LSTM: h and c together; its gates follow the weights). Nothing of second order through time is formed, and any
    loss and optimizer serve. The layer adds a zero to the model's losses, whose gradient is Omega's, so that loss scaling
    and replicas treat it as they treat the loss; a training loop of one's own adds `model.losses`, as for any Keras
    regulariser. The loss that is shown is without Omega; `gradients.GradientFlow` reports its value.

    Omega wants `global_clipnorm` in the optimizer: without it training usually explodes (the paper's footnote 4), and the
    layer warns.

    Args:
        cell: a Keras cell.
        omega_weight: the regulariser's weight: a number (the paper: 4 for temporal order; their code: 2), or a schedule of
            the batches trained on, for instance `keras.optimizers.schedules.InverseTimeDecay(0.5, steps_per_epoch, 1,
            staircase=True)` for the paper's 1/t with t the epoch, which its natural tasks need.
        **options: see `Recurrent`; not `unroll`, zoneout, recurrent dropout or `hoist=False`.

    Raises:
        ZooError: the weight is negative, the cell has no recurrent weights or cannot be combined, or training runs on
            another backend than TensorFlow and JAX.

    >>> from keras_rnn_zoo.cells import SimpleRNNCell
    >>> layer = NormPreservingRNN(SimpleRNNCell(8), omega_weight=4.0)
    >>> tuple(layer(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(self, cell, *, omega_weight=1.0, **options):
        super().__init__(cell, **options)
        self.omega_weight = _checked_weight(omega_weight)
        self._check_combination()
        if isinstance(self.omega_weight, Schedule):
            self.batches = self.add_weight(
                (), "zeros", "int64", trainable=False, aggregation="only_first_replica", name="batches"
            )

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if not training or _is_zero(self.omega_weight):
            return super().inner_loop(sequences, initial_state, mask, training)
        if keras.backend.backend() not in BACKENDS:
            raise ZooError(f"norm_preserving trains on {' and '.join(BACKENDS)}, not on {keras.backend.backend()}.")
        warn_without_clipping(self.name)
        initial_state = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        mask = mask if mask is None else ops.cast(mask, "bool")
        return self._one_product_a_weight(sequences, initial_state, mask, training, self._states_with_omega)

    def _states_with_omega(self, steps, initial_state, mask):
        if own_backward.can_run(self.cell) and self._has_the_cells_dtype:
            road = own_backward.states_through_time
            states, zero = road(self.cell, self._project(steps), initial_state, mask, norm_preserving=True)
        else:
            states, zero = step_backward.states_through_time(self.cell, steps, initial_state, mask)
        self.add_loss(self._weight_now() * zero)
        return states

    def _weight_now(self):
        if not isinstance(self.omega_weight, Schedule):
            return self.omega_weight
        weight = ops.cast(self.omega_weight(self.batches), "float32")
        self.batches.assign_add(1)
        return weight

    def _check_combination(self):
        cell = self.cell
        if isinstance(cell, keras.layers.StackedRNNCells) or not isinstance(cell, keras.layers.Layer):
            raise ZooError(f"norm_preserving is for one Keras cell: give each a layer of its own, received {cell!r}.")
        if not recurrent_weight_names(cell):
            raise ZooError(f"norm_preserving needs a cell with recurrent weights; {type(cell).__name__} has none.")
        given = {
            "unroll=True": self.unroll,
            "zoneout": self.zoneout,
            "recurrent_dropout": getattr(cell, "recurrent_dropout", 0.0),
            "hoist=False": self.hoist is False,
            "weight_drop": self.weight_drop and not getattr(cell, "has_own_backward", False),
        }
        refused = [name for name, value in given.items() if value]
        if refused:
            raise ZooError(f"norm_preserving runs a loop of its own: leave out {', '.join(refused)}.")

    def get_config(self):
        weight = self.omega_weight
        weight = keras.optimizers.schedules.serialize(weight) if isinstance(weight, Schedule) else weight
        return {**super().get_config(), "omega_weight": weight}


def _is_zero(weight) -> bool:
    return isinstance(weight, Real) and weight == 0


def _checked_weight(weight):
    if isinstance(weight, dict):
        return _deserialized(weight)
    if isinstance(weight, Schedule):
        return weight
    if isinstance(weight, bool) or not isinstance(weight, Real) or not 0 <= weight < math.inf:
        raise ZooError(
            "norm_preserving is Omega's weight: a number of at least 0, or a schedule of keras.optimizers.schedules; "
            f"received {weight!r}."
        )
    return float(weight)


def _deserialized(schedule):
    try:
        return keras.optimizers.schedules.deserialize(dict(schedule))
    except (ValueError, TypeError, KeyError) as error:
        raise ZooError(
            "norm_preserving: a schedule is written as {class_name: InverseTimeDecay, config: {...}}, "
            f"received {schedule!r}: {' '.join(str(error).split())}"
        ) from error
