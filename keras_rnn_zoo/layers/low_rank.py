"""Recurrent layers whose kernels are frozen, with a low-rank change that is trained."""

from contextlib import contextmanager
from numbers import Real

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.fused import GRU, LSTM
from keras_rnn_zoo.layers.recurrent import Recurrent
from keras_rnn_zoo.layers.weight_drop import recurrent_weight_names


def check_low_rank(rank, alpha):
    """Raises a `ZooError` if the width of A or the strength of the change is out of range."""
    whole = isinstance(rank, int) and not isinstance(rank, bool) and rank >= 1
    if not whole or not isinstance(alpha, Real) or not alpha > 0:
        raise ZooError(f"rank must be a whole number of at least 1 and alpha above 0, received {rank!r}, {alpha!r}.")


def check_narrower(cell, rank: int, layer: str):
    """Raises a `ZooError` if `rank` is not low for the largest kernel of a built cell in the layer called `layer`."""
    shapes = {name: tuple(getattr(cell, name).shape) for name in _matrices_of(cell)}
    name = max(shapes, key=lambda name: min(shapes[name]))
    largest = max(1, min(shapes[name]) - 1)
    if rank > largest:
        raise ZooError(
            f"rank must be below the smaller side of a kernel: of {name} of {layer}, {shapes[name]}, it can be {largest} at most, "
            f"received {rank}."
        )


def _matrices_of(cell) -> list[str]:
    names = dict.fromkeys(["kernel", *recurrent_weight_names(cell)])
    return [name for name in names if len(getattr(cell, name).shape) == 2]


class LowRank:
    """`W + (alpha / rank) A B` in place of each kernel and recurrent kernel W, which stays as it is (Hu et al. 2022, "LoRA").

    A is random and B zero, so that training begins at W. Biases are frozen too. To mix into a subclass of
    `keras.layers.RNN`, before it. The rank is below the smaller side of the layer's largest kernel; where the input is no wider
    than that, the change of the kernel that reads it has its full rank.
    """

    def set_low_rank(self, rank, alpha):
        """To call at the end of `__init__`: the width of A, and how strong the change is."""
        check_low_rank(rank, alpha)
        self.rank, self.alpha = rank, alpha

    def build(self, input_shape):
        super().build(input_shape)
        check_narrower(self.cell, self.rank, self.name)
        self.cell.trainable = False
        self._factors = {}
        for name in self.adapted_names:
            rows, columns = getattr(self.cell, name).shape
            self._factors[name] = (
                self.add_weight(shape=(rows, self.rank), initializer="he_uniform", name=f"{name}_a"),
                self.add_weight(shape=(self.rank, columns), initializer="zeros", name=f"{name}_b"),
            )

    @property
    def trainable(self):
        """Whether the change is trained; the kernels under it never are."""
        return super().trainable

    @trainable.setter
    def trainable(self, value):
        keras.layers.Layer.trainable.fset(self, value)
        if getattr(self, "_factors", None):
            self.cell.trainable = False

    @property
    def adapted_names(self) -> list[str]:
        """The attributes of the cell that hold matrices: its kernels."""
        return _matrices_of(self.cell)

    def adapted(self, name):
        """The kernel called `name` with its change."""
        a, b = self._factors[name]
        return ops.add(getattr(self.cell, name), ops.matmul(a, b) * (self.alpha / self.rank))

    def call(self, sequences, initial_state=None, mask=None, training=False):
        with self._kernels_adapted():
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)

    @contextmanager
    def _kernels_adapted(self):
        whole = {name: getattr(self.cell, name) for name in self._factors}
        adapted = {name: self.adapted(name) for name in whole}
        for name, kernel in adapted.items():
            setattr(self.cell, name, kernel)
        try:
            yield
        finally:
            for name, kernel in whole.items():
                setattr(self.cell, name, kernel)

    def get_config(self):
        return {**super().get_config(), "rank": self.rank, "alpha": self.alpha}


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LowRankLSTM(LowRank, LSTM):
    """`layers.LSTM`, frozen, with a low-rank change of its kernels that is trained.

    Args:
        units: the width of the state.
        rank, alpha: see `LowRank`.
        **options: see `layers.LSTM`.

    >>> layer = LowRankLSTM(8, rank=2)
    >>> tuple(layer(ops.zeros((2, 5, 3))).shape), len(layer.trainable_variables)
    ((2, 8), 4)
    """

    def __init__(self, units, rank=4, alpha=1.0, **options):
        super().__init__(units, **options)
        self.set_low_rank(rank, alpha)


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LowRankGRU(LowRank, GRU):
    """`layers.GRU`, frozen, with a low-rank change of its kernels that is trained.

    Args:
        units: the width of the state.
        rank, alpha: see `LowRank`.
        **options: see `layers.GRU`.

    >>> tuple(LowRankGRU(8, rank=2)(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(self, units, rank=4, alpha=1.0, **options):
        super().__init__(units, **options)
        self.set_low_rank(rank, alpha)


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class LowRankRecurrent(LowRank, Recurrent):
    """`Recurrent`, its cell frozen, with a low-rank change of the cell's kernels that is trained.

    Args:
        cell: a Keras cell.
        rank, alpha: see `LowRank`.
        **options: see `Recurrent`.

    >>> from keras_rnn_zoo.cells import PeepholeLSTMCell
    >>> tuple(LowRankRecurrent(PeepholeLSTMCell(8), rank=2)(ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(self, cell, rank=4, alpha=1.0, **options):
        super().__init__(cell, **options)
        self.set_low_rank(rank, alpha)
