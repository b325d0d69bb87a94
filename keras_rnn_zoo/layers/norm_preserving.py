"""A recurrent layer that keeps the norm of the errors it sends back through time."""

import math
from functools import partial
from numbers import Real

import keras
from keras import ops

from keras_rnn_zoo.cells.keras_cells import with_linear_maps
from keras_rnn_zoo.device import has_gpu
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import own_backward, step_backward
from keras_rnn_zoo.layers.clipping import warn_without_clipping
from keras_rnn_zoo.layers.recurrent import Recurrent
from keras_rnn_zoo.layers.through_time import RUNS
from keras_rnn_zoo.layers.vjp import BACKENDS
from keras_rnn_zoo.layers.weight_drop import recurrent_weight_names

Schedule = keras.optimizers.schedules.LearningRateSchedule


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class NormPreservingRNN(Recurrent):
    """`Recurrent` with Omega, the regulariser against vanishing gradients of Pascanu, Mikolov & Bengio 2013, sec. 3.3.

    In training `omega_weight` times dOmega, see `layers.omega`, is added to the gradients of the matrices inside the
    recurrence, within the layer's own backward pass, the slopes of the step held constant as states and errors are (LSTM: h and c
    together). A cell that does not state its linear maps, but whose output is its first state, has it by the vector-Jacobian
    product of its step, whose slopes follow the weights. Nothing of second order through time is formed, and any loss and
    optimizer serve. The layer adds a zero to the model's losses, whose gradient is Omega's, so that loss scaling
    and replicas treat it as they treat the loss; a training loop of one's own adds `model.losses`, as for any Keras
    regulariser. The loss that is shown is without Omega; `gradients.GradientFlow` reports its value.

    Omega wants `global_clipnorm` in the optimizer: without it training usually explodes (the paper's footnote 4), and the
    layer warns.

    Args:
        cell: a Keras cell.
        omega_weight: the regulariser's weight: a number (the paper: 4 for temporal order; their code: 2), or a schedule of
            the batches trained on, for instance `keras.optimizers.schedules.InverseTimeDecay(0.5, steps_per_epoch, 1,
            staircase=True)` for the paper's 1/t with t the epoch, which its natural tasks need.
        **options: see `Recurrent`; not `unroll`, zoneout or recurrent dropout; `way` may be `"own_backward"` or
            `"compiled"`.

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

    def run_loop(self, sequences, initial_state, mask, training):
        if not training or _is_zero(self.omega_weight):
            return super().run_loop(sequences, initial_state, mask, training)
        if keras.backend.backend() not in BACKENDS:
            raise ZooError(f"norm_preserving trains on {' and '.join(BACKENDS)}, not on {keras.backend.backend()}.")
        warn_without_clipping(self.name)
        return self.by(self._with_omega(), sequences, initial_state, mask, training)

    def _with_omega(self):
        """`run` for `ThroughTime.by`, which leaves Omega's zero with the layer's losses."""
        cell = with_linear_maps(self.cell)
        if own_backward.can_run(cell) and not self.hindrance(training=True):
            way = self.asked_way or ("own_backward" if has_gpu() else "compiled")
            road = partial(RUNS[way](cell), omega=True)
        else:
            road = partial(step_backward.run_through_time, self.cell)

        def run(*given):
            outputs, last, zero = road(*given)
            self.add_loss(self._weight_now() * zero)
            return outputs, last

        return run

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
            f"way={self.asked_way!r}": self.asked_way not in (None, "own_backward", "compiled"),
            "weight_drop": self.weight_drop
            and (not own_backward.can_run(with_linear_maps(cell)) or self.hindrance(training=True)),
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
