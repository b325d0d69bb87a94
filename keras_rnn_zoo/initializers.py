"""How a recurrence's weights start: Pascanu et al. 2013, Tallec & Ollivier 2018, beside everything that Keras has."""

import keras
import numpy as np
from keras import ops

from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class BasicTanh(keras.initializers.RandomNormal):
    """Normal with standard deviation 0.1: "basic tanh" of Pascanu et al. 2013, for every matrix of a tanh network.

    Args:
        std: the standard deviation.
        seed: as in Keras's initializers.

    >>> tuple(BasicTanh(seed=1)((50, 50)).shape)
    (50, 50)
    """

    def __init__(self, std=0.1, seed=None):
        self.std = _above_zero(std, "std")
        super().__init__(stddev=std, seed=seed)

    def get_config(self):
        return {"std": self.std, "seed": super().get_config()["seed"]}


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class SmartTanh(keras.initializers.RandomNormal):
    """Sparse and scaled to a spectral radius below one: "smart tanh" of Pascanu et al. 2013, for a recurrent kernel.

    In a square matrix each row, the weights that leave one unit, keeps `connections` entries, drawn normally at random
    places; the whole is then scaled until its largest absolute eigenvalue is `spectral_radius`. (The authors' code,
    which this follows, keeps 15 entries a row; their paper says 15 incoming connections.) A matrix that is not square,
    such as a kernel or the joint recurrent kernel of several gates, is normal with standard deviation `std`, all
    entries kept.

    Args:
        std: the standard deviation of the draws.
        connections: entries kept in each row of a square matrix; all, if it has fewer.
        spectral_radius: the largest absolute eigenvalue of a square matrix.
        seed: as in Keras's initializers.

    >>> int((ops.convert_to_numpy(SmartTanh(seed=1)((50, 50))) != 0).sum())
    750
    """

    def __init__(self, std=0.01, connections=15, spectral_radius=0.95, seed=None):
        self.std = _above_zero(std, "std")
        self.connections = _whole(connections, "connections")
        self.spectral_radius = _above_zero(spectral_radius, "spectral_radius")
        super().__init__(stddev=std, seed=seed)

    def __call__(self, shape, dtype=None):
        if len(shape) != 2 or shape[0] != shape[1]:
            return super().__call__(shape, dtype)
        rng = self._generator()
        matrix = rng.normal(scale=self.std, size=shape)
        places = rng.random(shape).argsort(axis=1)
        matrix[places >= self.connections] = 0
        matrix *= self.spectral_radius / np.abs(np.linalg.eigvals(matrix)).max()
        return ops.cast(matrix, dtype or keras.config.floatx())

    def _generator(self):
        """NumPy's, since Keras finds no eigenvalues on every backend and device."""
        seed = self.seed
        if isinstance(seed, keras.random.SeedGenerator):
            seed = ops.convert_to_numpy(seed.next())
        return np.random.default_rng(seed)

    def get_config(self):
        return {
            "std": self.std,
            "connections": self.connections,
            "spectral_radius": self.spectral_radius,
            "seed": super().get_config()["seed"],
        }


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class Chrono(keras.initializers.RandomUniform):
    """Memories of 1 to `longest` steps: the chrono initialization of Tallec & Ollivier 2018, for a gated cell's bias.

    `b_f = log u` and `b_i = -log u` for forget and input gates, with u drawn uniformly from 1 to `longest` - 1, one for
    each unit, which then forgets within about u steps.

    Args:
        longest: the longest memory, in steps, at least 3: the sequence's length, for instance.
        gates: for each block of the bias, in the cell's order: 1 where the gate keeps the state, -1 where it lets the new
            in, 0 for what starts at zero. `min_gru`: (-1, 0); `min_lstm`: (1, -1, 0); Keras's LSTM, with
            `unit_forget_bias=False`: (-1, 1, 0, 0); Keras's GRU, whose bias has two rows of which the first is set:
            (1, 0, 0).
        seed: as in Keras's initializers.

    >>> ops.convert_to_numpy(Chrono(100, gates=(-1, 0), seed=1)((8,)))[4:].tolist()
    [0.0, 0.0, 0.0, 0.0]
    """

    def __init__(self, longest, gates, seed=None):
        self.longest, self.gates = _whole(longest, "longest"), tuple(gates)
        if longest < 3 or not self.gates or not set(self.gates) <= {-1, 0, 1}:
            raise ZooError(f"Chrono needs at least 3 steps and gates of -1, 0 and 1, received {longest}, {self.gates}.")
        super().__init__(1.0, longest - 1.0, seed)

    def __call__(self, shape, dtype=None):
        *rows, size = shape
        if size % len(self.gates) or rows not in ([], [2]):
            raise ZooError(f"Chrono is for a bias of {len(self.gates)} gates, received the shape {tuple(shape)}.")
        spans = ops.log(super().__call__((size // len(self.gates),), dtype))
        bias = ops.concatenate([gate * spans for gate in self.gates])
        return ops.stack([bias, ops.zeros_like(bias)]) if rows else bias

    def get_config(self):
        return {"longest": self.longest, "gates": list(self.gates), "seed": super().get_config()["seed"]}


INITIALIZERS = {"basic_tanh": BasicTanh, "smart_tanh": SmartTanh}


def get(initializer):
    """An initializer by its name, here or in Keras, or as Keras takes it.

    Raises:
        ZooError: neither knows it.

    >>> get("smart_tanh").connections
    15
    """
    if isinstance(initializer, str) and initializer in INITIALIZERS:
        return INITIALIZERS[initializer]()
    try:
        return keras.initializers.get(initializer)
    except ValueError as error:
        raise ZooError(
            f"Unknown initializer {initializer!r}. Known: {', '.join(sorted(INITIALIZERS))}, and those of Keras."
        ) from error


def _above_zero(number, name):
    if isinstance(number, bool) or not isinstance(number, (int, float)) or number <= 0:
        raise ZooError(f"{name} must be a number above zero, received {number!r}.")
    return number


def _whole(number, name):
    if not isinstance(number, int) or _above_zero(number, name) < 1:
        raise ZooError(f"{name} must be a positive integer, received {number!r}.")
    return number
