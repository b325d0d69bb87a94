"""How a recurrent layer runs its cell along time."""

from functools import partial

import keras
from keras import ops, tree

from keras_rnn_zoo.cells.cell import state_sizes
from keras_rnn_zoo.cells.keras_cells import with_linear_maps
from keras_rnn_zoo.device import has_gpu
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import own_backward, ways
from keras_rnn_zoo.layers.compiled_loop import as_it_is, compiled


class ThroughTime:
    """A recurrent layer that chooses between Keras's loop and faster ones. To mix into a subclass of `keras.layers.RNN`, before
    it.

    The ways of `ways.WAYS`:

    - `"loop"`: Keras's own, which autodiff goes back through; of LSTM and GRU on a GPU that is cuDNN;
    - `"own_backward"`: the input of all steps projected in one product, and the gradients by `own_backward`;
    - `"compiled"`: the same, its two loops compiled by XLA (on JAX they are anyhow);
    - `"shards"`: the same, for each half of the batch, side by side;
    - `"scan"`: for cells that are parallel in time.

    `"own_backward"`, `"compiled"` and `"shards"` hold in training; at inference, where there are no gradients to form, such
    layers run in Keras's loop. On TensorFlow gradients of gradients need `"loop"`.
    """

    def set_way(self, way):
        """To call at the end of `__init__`: one of `ways.WAYS`, or `None`: the fastest, by a rule that was measured.

        Raises:
            ZooError: it is neither, or the cell cannot go it.
        """
        self.asked_way = ways.checked_way(way)
        if way and keras.backend.backend() in own_backward.BACKENDS:
            self.way(training=True)

    def way(self, training, masked=False, gpu=None) -> ways.Way:
        """The way that a call goes, and what decides for it.

        Args:
            training: whether it is a call in training.
            masked: whether it has a mask.
            gpu: whether it runs on a GPU; by default, whether there is one.

        Raises:
            ZooError: the way asked for is not possible.
        """
        hindrance, cell = self.hindrance(training), with_linear_maps(self.cell)
        if self.asked_way and (training or self.asked_way in ("loop", "scan")):
            return ways.asked_for(self.asked_way, cell, hindrance)
        if self.asked_way:
            return ways.Way("loop", "inference")
        gpu = has_gpu() if gpu is None else gpu
        hindrance = hindrance or self.preference(masked, gpu)
        return ways.Way("loop", hindrance) if hindrance else ways.chosen(cell, training, gpu)

    def hindrance(self, training) -> str | None:
        """The argument that keeps a call in Keras's loop, or `"dtype"`: the cell's is another; or `None`."""
        foreign = with_linear_maps(self.cell) is not self.cell
        hindrances = {
            "unroll": self.unroll,
            "recurrent_dropout": training and foreign and self.cell.recurrent_dropout,
            "dtype": getattr(self.cell, "compute_dtype", None) != self.compute_dtype,
        }
        return next((name for name, holds in hindrances.items() if holds), None)

    def preference(self, masked, gpu) -> str | None:
        """What makes Keras's loop the faster one here, or `None`."""
        return None

    def get_config(self):
        return {**super().get_config(), "way": self.asked_way}

    @classmethod
    def from_config(cls, config):
        return super().from_config({name: value for name, value in config.items() if name != "hoist"})  # of older files

    def inner_loop(self, sequences, initial_state, mask, training=False):
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        mask = mask if mask is None else ops.cast(mask, "bool")
        initial_state = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        return self.run_loop(sequences, initial_state, mask, training)

    def run_loop(self, sequences, initial_state, mask, training):
        """`inner_loop` for a list of states and a mask of booleans, or `None`."""
        way = self.way(training, mask is not None).name
        if way == "loop":
            return self.keras_loop(sequences, initial_state, mask, training)
        return self.by(
            RUNS[way](with_linear_maps(self.cell)), sequences, initial_state, mask, training, way == "shards"
        )

    def keras_loop(self, sequences, initial_state, mask, training):
        """What `inner_loop` gives, by Keras's own."""
        return super().inner_loop(sequences, initial_state, mask, training=training)

    def by(self, run, sequences, initial_state, mask, training, in_halves=False):
        """What `inner_loop` gives, by `run(steps, states, mask, drops)`, whose arrays stand in the order of time, of the whole
        batch or of each half."""
        initial_state, mask = self._for_every_row(sequences, initial_state, mask)
        given = *self._dropped(sequences, initial_state, training), initial_state, mask
        if not in_halves or sequences.shape[0] == 1:
            return self._in_order_of_time(run, *given)
        half = ops.shape(sequences)[0] // 2
        parts = [_rows(given, slice(None, half)), _rows(given, slice(half, None))]
        answers = [self._in_order_of_time(run, *part) for part in parts]
        return tree.map_structure(lambda *halves: ops.concatenate(halves), *answers)

    def _for_every_row(self, sequences, initial_state, mask):
        """States and mask, of which Keras's loop takes one row for all, with all rows.

        Raises:
            ZooError: they, or the sequences, have other shapes.
        """
        if len(sequences.shape) != 3:
            raise ZooError(f"sequences should be (batch, timesteps, features), received {tuple(sequences.shape)}.")
        batch, timesteps, _ = sequences.shape
        masks = [] if mask is None else [mask]
        _check_shapes("initial_state", initial_state, [(batch, size) for size in state_sizes(self.cell)])
        _check_shapes("mask", masks, [(batch, timesteps)] * len(masks))
        rows = ops.shape(sequences)[0]
        states = [_of_all(rows, batch, state) for state in initial_state]
        return states, _of_all(rows, batch, mask) if masks else None

    def _in_order_of_time(self, run, sequences, drops, initial_state, mask):
        steps = ops.swapaxes(sequences, 0, 1)
        mask = mask if mask is None else ops.swapaxes(mask, 0, 1)[:, :, None]
        if self.go_backwards:
            steps, mask = ops.flip(steps, axis=0), mask if mask is None else ops.flip(mask, axis=0)
        outputs, last = run(steps, initial_state, mask, drops)
        outputs = outputs if mask is None else self._masked(outputs, mask)
        return outputs[-1], ops.swapaxes(outputs, 0, 1), list(last)

    def _masked(self, outputs, mask):
        """Masked steps give zeros, or the last real step's output, as in Keras."""
        shown = mask if self.zero_output_for_mask else ops.cumsum(ops.cast(mask, "int32"), axis=0) > 0
        return ops.where(shown, outputs, ops.zeros_like(outputs))

    def _dropped(self, sequences, initial_state, training):
        """The sequence with the dropout mask that `call` gives to each step, and a list with the states' mask, if there is
        one."""
        drops = getattr(self.cell, "recurrent_dropout", 0.0) if training else 0.0
        masks = [self.cell.get_recurrent_dropout_mask(initial_state[0])] if drops else []
        if not (training and getattr(self.cell, "dropout", 0.0)):
            return sequences, masks
        return sequences * self.cell.get_dropout_mask(sequences[:, 0])[:, None], masks


def _check_shapes(name, tensors, shapes):
    """Raises a `ZooError` unless each tensor has its shape."""
    given = [tuple(x.shape) for x in tensors]
    if len(given) != len(shapes) or not all(map(_fits, given, shapes)):
        wanted, received = (" and ".join(map(str, shown)) for shown in (shapes, given))
        raise ZooError(f"{name} should have the shape {wanted}, or one row for all; received {received}.")


def _fits(given, wanted) -> bool:
    """Whether two shapes agree as far as they are known; one row stands for all."""
    pairs = list(zip(given, wanted))
    same = [one == other or None in (one, other) for one, other in pairs]
    return len(given) == len(wanted) and all(same[1:]) and (same[0] or given[0] == 1)


def _of_all(rows, batch, x):
    return ops.broadcast_to(x, (rows, *ops.shape(x)[1:])) if x.shape[0] == 1 != batch else x


def _rows(nested, rows):
    return tree.map_structure(lambda x: x if x is None else x[rows], nested)


def project_all(cell, steps):
    """`project` of `(timesteps, batch, features)` in one product, whose gradient is one product too."""
    projected = cell.project(ops.reshape(steps, (-1, steps.shape[-1])))
    return ops.reshape(projected, (*ops.shape(steps)[:2], projected.shape[-1]))


def by_own_backward(cell, around=as_it_is):
    """`run` for `ThroughTime.by`; with `omega` it gives a third value."""
    own = own_backward.OwnBackward(cell, around)
    return lambda steps, *given, **options: own(project_all(cell, steps), *given, **options)


def _by_scan(cell):
    def run(steps, states, mask, drops):
        states = cell.scan(project_all(cell, steps), states, mask)
        return states[0], [state[-1] for state in states]

    return run


RUNS = {
    "own_backward": by_own_backward,
    "compiled": partial(by_own_backward, around=compiled),
    "shards": partial(by_own_backward, around=compiled),
    "scan": _by_scan,
}
