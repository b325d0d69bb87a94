"""DropConnect on the recurrent weights."""

from contextlib import contextmanager

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import share
from keras_rnn_zoo.errors import ZooError


class WeightDrop:
    """A recurrent layer that drops recurrent weights in training, the same ones at every step of a batch (Merity et al.
    2018, "Regularizing and optimizing LSTM language models").

    Unlike `recurrent_dropout` it leaves the loop as it is, so that LSTM and GRU still reach cuDNN. To mix into a subclass of
    `keras.layers.RNN`, before it.
    """

    def set_weight_drop(self, rate, seed):
        """To call at the end of `__init__`: share of weights dropped, and the seed of the draws."""
        share(rate, "weight_drop")
        if rate and not recurrent_weight_names(self.cell):
            raise ZooError(f"weight_drop needs a cell with recurrent weights; {type(self.cell).__name__} has none.")
        self.weight_drop = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        with self._weights_dropped(training):
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)

    def get_config(self):
        return {**super().get_config(), "weight_drop": self.weight_drop}

    @contextmanager
    def _weights_dropped(self, training):
        names = recurrent_weight_names(self.cell) if self.weight_drop else ()
        missing = [name for name in names if not hasattr(self.cell, name)]
        if missing:
            raise ZooError(f"weight_drop needs a cell with {', '.join(missing)}; received {self.cell!r}.")
        names = names if training else ()
        whole = {name: getattr(self.cell, name) for name in names}
        for name, weight in whole.items():
            setattr(
                self.cell, name, keras.random.dropout(ops.add(weight, 0), self.weight_drop, seed=self.seed_generator)
            )
        try:
            yield
        finally:
            for name, weight in whole.items():
                setattr(self.cell, name, weight)


def recurrent_weight_names(cell) -> tuple[str, ...]:
    """The attributes of a cell that hold the matrices inside its recurrence."""
    return tuple(getattr(cell, "recurrent_weight_names", ("recurrent_kernel",)))
