"""The error surface with a cliff of Pascanu, Mikolov and Bengio 2013, fig. 6: one hidden unit, run for 50 steps.

The network is `x_t = w sigma(x_{t-1}) + b` (their eq. 8) with sigma the logistic function, without input, from
`x_0 = .5`; its error is that of its last output, `E_T = (sigma(x_T) - .7)^2`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keras_rnn_zoo.errors import ZooError

START, TARGET, STEPS = 0.5, 0.7, 50


def error(w, b, steps: int = STEPS) -> np.ndarray:
    """`E_steps(w, b)`, for numbers or for arrays that broadcast.

    >>> float(error(5.0, -2.7).round(3)), float(error(5.0, -2.6).round(3))
    (0.361, 0.012)
    """
    return (_outputs(w, b, steps)[-1] - TARGET) ** 2


def gradient(w, b, steps: int = STEPS) -> tuple[np.ndarray, np.ndarray]:
    """`dE/dw` and `dE/db`, by back-propagation through time.

    With `e_t = dE/dx_t`: `e_T = 2 (sigma(x_T) - .7) sigma'(x_T)`, `e_{t-1} = w sigma'(x_{t-1}) e_t`; step t contributes
    `sigma(x_{t-1}) e_t` to the one and `e_t` to the other.

    >>> [float(part.round(4)) for part in gradient(5.0, -2.6)]
    [0.1195, 0.1476]
    """
    s = _outputs(w, b, steps)
    e = 2 * (s[-1] - TARGET) * s[-1] * (1 - s[-1])
    along_w = along_b = np.zeros_like(e)
    for before in s[-2::-1]:
        along_w, along_b = along_w + before * e, along_b + e
        e = w * before * (1 - before) * e
    return along_w, along_b


def clip(vector: np.ndarray, norm: float) -> np.ndarray:
    """`vector`, rescaled to `norm` if it is longer (the paper's algorithm 1).

    >>> clip(np.array([3.0, 4.0]), norm=2.5).tolist()
    [1.5, 2.0]
    """
    length = np.linalg.norm(vector)
    return vector * (norm / length) if length >= norm else vector


@dataclass(frozen=True)
class Descent:
    """Gradient descent on the surface: `points` `(updates + 1, 2)` are w and b, `errors` and `norms` `(updates + 1,)` the
    error there and the norm of its gradient before clipping."""

    points: np.ndarray
    errors: np.ndarray
    norms: np.ndarray


def descend(start, learning_rate: float, updates: int, clip_norm: float | None = None, steps: int = STEPS) -> Descent:
    """Plain gradient descent from `start`.

    Args:
        start: w and b.
        learning_rate: above 0.
        updates: how many, at least 1.
        clip_norm: the norm above which a gradient is rescaled to it, above 0; `None`: none is.
        steps: of the network.

    Raises:
        ZooError: an argument is out of its range.
    """
    for name, value in {"learning_rate": learning_rate, "updates": updates, "clip_norm": clip_norm}.items():
        if value is not None and not 0 < value < np.inf:
            raise ZooError(f"{name} should be a finite number above 0, received {value!r}.")
    points = [np.asarray(start, float)]
    gradients = [np.array(gradient(*points[0], steps))]
    for _ in range(updates):
        change = gradients[-1] if clip_norm is None else clip(gradients[-1], clip_norm)
        points.append(points[-1] - learning_rate * change)
        gradients.append(np.array(gradient(*points[-1], steps)))
    points = np.array(points)
    return Descent(points, error(points[:, 0], points[:, 1], steps), np.linalg.norm(gradients, axis=1))


def _outputs(w, b, steps: int) -> list[np.ndarray]:
    """`sigma(x_0), ..., sigma(x_steps)`."""
    if steps < 1:
        raise ZooError(f"steps must be at least 1, received {steps!r}.")
    x, outputs = START + 0.0 * (np.asarray(w, float) + b), []
    for _ in range(steps):
        outputs.append(_sigma(x))
        x = w * outputs[-1] + b
    return [*outputs, _sigma(x)]


def _sigma(x) -> np.ndarray:
    """The logistic function, which overflows nowhere in this form."""
    return (1 + np.tanh(x / 2)) / 2
