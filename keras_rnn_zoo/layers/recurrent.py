"""The layer that runs a cell along time."""

from functools import partial
from numbers import Real
from types import SimpleNamespace

import keras
from keras import ops, tree

from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.through_time import ThroughTime
from keras_rnn_zoo.layers.weight_drop import WeightDrop
from keras_rnn_zoo.layers.zoneout import Zoneout


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class Recurrent(ThroughTime, WeightDrop, keras.layers.RNN):
    """`keras.layers.RNN` with faster gradients, for any Keras cell.

    In training, every cell of the zoo, and Keras's own, have the projections of all inputs formed in one product, and each
    kernel's gradient in one product after a reverse loop, see `layers.own_backward`; on TensorFlow on a CPU both loops are
    compiled, for two halves of the batch side by side. Cells that are parallel in time (`MinGRUCell`, `MinLSTMCell`) run as a
    scan on a GPU and on JAX, at inference as well. Keras's loop runs everything else: calls
    with `unroll` or zoneout, on PyTorch, and cells that do not state their linear maps, or that change their parent's step.

    Args:
        cell: a Keras cell.
        zoneout: the probability that a unit of the state keeps its previous value in training; at inference, its expectation
            (Krueger et al. 2017). One number, or one a state.
        weight_drop: share of the recurrent weights dropped in training, the same ones at every step (Merity et al. 2018).
        way: one of those of `ThroughTime`, for every call; `None`: the fastest, by a rule that was measured. Forward-mode
            differentiation on JAX, and on TensorFlow gradients of gradients, need `"loop"`.
        seed: of zoneout and weight drop.
        **options: every argument of `keras.layers.RNN`, which see for `return_sequences`, `return_state`, `go_backwards`,
            `stateful`, `unroll`, `zero_output_for_mask`, and for the call's arguments.

    >>> from keras_rnn_zoo.cells import DeepTransitionRNNCell
    >>> layer = Recurrent(DeepTransitionRNNCell(8, shortcut=True), return_sequences=True)
    >>> tuple(layer(ops.zeros((2, 5, 3))).shape)
    (2, 5, 8)
    """

    def __init__(self, cell, *, zoneout=0.0, weight_drop=0.0, way=None, seed=None, **options):
        super().__init__(cell, **options)
        self.set_weight_drop(weight_drop, seed)
        if _is_given(zoneout) and isinstance(self.cell, keras.layers.StackedRNNCells):
            raise ZooError("zoneout is for one cell: give each cell of a stack a layer of its own, see StackedRNN.")
        self.zoneout = Zoneout(zoneout, self.cell) if _is_given(zoneout) else None
        self.set_way(way)

    def one_step(self, inputs, states):
        """One step at inference, without a loop: the output and the new states."""
        step = self.zoneout.wrap(self.cell, draws_in_inputs=False) if self.zoneout else self.cell
        return step(inputs, states)

    def hindrance(self, training):
        return "zoneout" if self.zoneout else super().hindrance(training)

    def keras_loop(self, sequences, initial_state, mask, training):
        step, outputs_first = self._step(training), mask is not None and not self.zero_output_for_mask
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
            "seed": self.seed,
        }


def _is_given(rates) -> bool:
    return rates is not None and (not isinstance(rates, Real) or rates != 0)
