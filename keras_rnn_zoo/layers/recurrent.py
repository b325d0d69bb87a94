"""The layer that runs a cell along time."""

from functools import partial
from numbers import Real
from types import SimpleNamespace

import keras
from keras import ops, tree

from keras_rnn_zoo.cells.cell import Cell, speaks_for_the_step, state_sizes
from keras_rnn_zoo.cells.linear_scan import runs_side_by_side
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import own_backward
from keras_rnn_zoo.layers.weight_drop import WeightDrop
from keras_rnn_zoo.layers.zoneout import Zoneout

# Units: on TensorFlow on a CPU, a loop of smaller steps waits for its operations to be dispatched, which the other ways save;
# a loop of larger ones waits for products, which Keras's overlaps.
SMALL_STEP = 200


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class Recurrent(WeightDrop, keras.layers.RNN):
    """`keras.layers.RNN` with faster gradients, for any Keras cell.

    In training, cells with an own backward pass (`SimpleRNNCell`, `DeepTransitionRNNCell`) have the projections of all inputs
    formed in one product, and each weight's gradient in one product after a reverse loop. Cells that are parallel in time
    (`MinGRUCell`, `MinLSTMCell`) run as a scan, where steps run in parallel at inference as well. On TensorFlow on a CPU both
    hold below 200 units, where they pay. Every other cell runs in Keras's loop, and so do all with `unroll` or zoneout,
    with recurrent dropout in training, on PyTorch, and a subclass that changes its parent's step.

    Args:
        cell: a Keras cell.
        zoneout: the probability that a unit of the state keeps its previous value in training; at inference, its expectation
            (Krueger et al. 2017). One number, or one a state.
        weight_drop: share of the recurrent weights dropped in training, the same ones at every step (Merity et al. 2018).
        hoist: form the input projections of all steps in one product before the loop, in training and at inference; `False`:
            never, and leave the gradients to autodiff, as forward-mode differentiation on JAX needs it; `None`: where it
            pays, as above.
        seed: of zoneout and weight drop.
        **options: every argument of `keras.layers.RNN`, which see for `return_sequences`, `return_state`, `go_backwards`,
            `stateful`, `unroll`, `zero_output_for_mask`, and for the call's arguments.

    >>> from keras_rnn_zoo.cells import DeepTransitionRNNCell
    >>> layer = Recurrent(DeepTransitionRNNCell(8, shortcut=True), return_sequences=True)
    >>> tuple(layer(ops.zeros((2, 5, 3))).shape)
    (2, 5, 8)
    """

    def __init__(self, cell, *, zoneout=0.0, weight_drop=0.0, hoist=None, seed=None, **options):
        super().__init__(cell, **options)
        self.set_weight_drop(weight_drop, seed)
        if _is_given(zoneout) and isinstance(self.cell, keras.layers.StackedRNNCells):
            raise ZooError("zoneout is for one cell: give each cell of a stack a layer of its own, see StackedRNN.")
        self.zoneout = Zoneout(zoneout, self.cell) if _is_given(zoneout) else None
        self.hoist = self._checked_hoist(hoist)

    def one_step(self, inputs, states):
        """One step at inference, without a loop: the output and the new states."""
        step = self.zoneout.wrap(self.cell, draws_in_inputs=False) if self.zoneout else self.cell
        return step(inputs, states)

    def _checked_hoist(self, hoist):
        if hoist not in (None, True, False):
            raise ZooError(f"hoist must be True, False or None, received {hoist!r}.")
        if hoist and not (isinstance(self.cell, Cell) and type(self.cell).call is Cell.call):
            raise ZooError(f"hoist=True needs a cell of project and step, a cell of the zoo; received {self.cell!r}.")
        if hoist and not self._has_the_cells_dtype:
            raise ZooError(
                f"hoist=True needs one dtype for layer and cell; received {self.compute_dtype}, {self.cell.compute_dtype}."
            )
        return hoist

    @property
    def _has_the_cells_dtype(self) -> bool:
        return getattr(self.cell, "compute_dtype", None) == self.compute_dtype

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if mask is not None:
            mask = ops.cast(mask, "bool")
        initial_state = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        if self._needs_keras_loop(training):
            return self._keras_loop(sequences, initial_state, mask, training)
        return self._one_product_a_weight(sequences, initial_state, mask, training)

    def _needs_keras_loop(self, training) -> bool:
        return self.why_keras_loop(training) is not None

    def why_keras_loop(self, training, parallel=None) -> str | None:
        """What makes a call run in Keras's loop; `None`: nothing, it has the cell's scan or own backward pass.

        Args:
            training: whether it is a call in training.
            parallel: whether the device runs the steps of a scan in parallel; by default, whether this machine does.

        Returns:
            An argument (`"unroll"`, `"zoneout"`, `"recurrent_dropout"`, `"hoist"`), `"dtype"` (the cell's is another),
            `"cell"` (it knows no other way on this backend) or `"size"` (Keras's loop is as fast).
        """
        hindrances = {
            "unroll": self.unroll,
            "zoneout": self.zoneout,
            "recurrent_dropout": training and getattr(self.cell, "recurrent_dropout", 0.0),
            "hoist": self.hoist is False,
            "dtype": not self._has_the_cells_dtype,
            "cell": not (self._scans or own_backward.can_run(self.cell)),
        }
        found = next((name for name, holds in hindrances.items() if holds), None)
        pays = found or self.hoist or self._other_ways_pay(training, parallel)
        return found if pays else "size"

    def _other_ways_pay(self, training, parallel=None) -> bool:
        if runs_side_by_side() if parallel is None else parallel:
            return training or self._scans
        return training and self.cell.units < SMALL_STEP

    @property
    def _scans(self) -> bool:
        return hasattr(self.cell, "scan") and speaks_for_the_step(self.cell, "scan")

    def _one_product_a_weight(self, sequences, initial_state, mask, training, states_of=None):
        """The sequence as `(timesteps, batch, features)` through `states_of`, by default the cell's scan or own backward
        pass."""
        steps = ops.swapaxes(self._dropped(sequences, training), 0, 1)
        mask = mask if mask is None else ops.swapaxes(mask, 0, 1)[:, :, None]
        if self.go_backwards:
            steps, mask = ops.flip(steps, axis=0), mask if mask is None else ops.flip(mask, axis=0)
        states = (states_of or self._states)(steps, initial_state, mask)
        outputs = states[0] if mask is None else self._masked(states[0], mask)
        return outputs[-1], ops.swapaxes(outputs, 0, 1), [state[-1] for state in states]

    def _states(self, steps, initial_state, mask):
        if self._scans:
            return self.cell.scan(self._project(steps), initial_state, mask)
        return own_backward.states_through_time(self.cell, self._project(steps), initial_state, mask)

    def _project(self, sequences):
        """`project` of all rows in one product, whose gradient is one product too."""
        projected = self.cell.project(ops.reshape(sequences, (-1, sequences.shape[-1])))
        return ops.reshape(projected, (*ops.shape(sequences)[:2], projected.shape[-1]))

    def _masked(self, outputs, mask):
        """Masked steps give zeros, or the last real step's output, as in Keras."""
        shown = mask if self.zero_output_for_mask else ops.cumsum(ops.cast(mask, "int32"), axis=0) > 0
        return ops.where(shown, outputs, ops.zeros_like(outputs))

    def _dropped(self, sequences, training):
        """The whole sequence with the dropout mask that `call` gives to each step."""
        if not (training and getattr(self.cell, "dropout", 0.0)):
            return sequences
        return sequences * self.cell.get_dropout_mask(sequences[:, 0])[:, None]

    def _keras_loop(self, sequences, initial_state, mask, training):
        step, outputs_first = self._step(training), mask is not None and not self.zero_output_for_mask
        if self.hoist:
            sequences = self._project(self._dropped(sequences, training))
        if self.zoneout:
            step = self.zoneout.wrap(step, draws_in_inputs=training)
            sequences = self._with_draws(sequences) if training else sequences
        if outputs_first:
            step, initial_state = self._output_as_first_state(step, initial_state)
        last, outputs, states = keras.layers.RNN.inner_loop(self._running(step), sequences, initial_state, mask)
        if self.unroll and self.zero_output_for_mask and mask is not None:
            last, outputs = self._zero_masked(last, outputs, mask)
        return last, outputs, states[1:] if outputs_first else states

    def _zero_masked(self, last, outputs, mask):
        """Keras's unrolled loop is not asked for it: on JAX it forgets it, on TensorFlow it turns the mask backwards."""
        mask = ops.flip(mask, axis=1)[:, :, None] if self.go_backwards else mask[:, :, None]
        last = ops.where(mask[:, -1], last, ops.zeros_like(last))
        return last, ops.where(mask, outputs, ops.zeros_like(outputs)) if self.return_sequences else outputs

    def _step(self, training):
        if self.hoist:
            return lambda inputs, states: self.cell.step(inputs, list(states), training)
        if isinstance(self.cell, keras.layers.Layer) and self.cell._call_has_training_arg:
            return partial(self.cell, training=training)
        return self.cell

    def _with_draws(self, sequences):
        batch, timesteps = ops.shape(sequences)[:2]
        draws = self.zoneout.draw(batch, timesteps, sequences.dtype, self.seed_generator)
        return ops.concatenate([sequences, draws], axis=-1)

    def _output_as_first_state(self, step, initial_state):
        """Keras's loop on JAX takes the first state for the previous output, which a masked step repeats."""

        def with_output(inputs, states):
            output, new = step(inputs, states[1:])
            return output, [output, *(new if isinstance(new, (list, tuple)) else [new])]

        batch = ops.shape(tree.flatten(initial_state)[0])[0]
        size = getattr(self.cell, "output_size", None) or state_sizes(self.cell)[0]
        return with_output, [ops.zeros((batch, size), self.cell.compute_dtype), *initial_state]

    def _running(self, step):
        """What `keras.layers.RNN.inner_loop` reads of a layer, with `step` in place of the cell."""
        names = ("stateful", "go_backwards", "unroll", "return_sequences")
        zeros = self.zero_output_for_mask and not self.unroll
        return SimpleNamespace(cell=step, zero_output_for_mask=zeros, **{name: getattr(self, name) for name in names})

    def get_config(self):
        return {
            **super().get_config(),
            "zoneout": self.zoneout.rates if self.zoneout else 0.0,
            "hoist": self.hoist,
            "seed": self.seed,
        }


def _is_given(rates) -> bool:
    return rates is not None and (not isinstance(rates, Real) or rates != 0)
