"""How recurrent weights start: Pascanu et al. 2013, beside everything that Keras has."""

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
