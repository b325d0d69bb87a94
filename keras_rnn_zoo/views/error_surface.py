"""A cliff in an error surface, with gradient descent on it, clipped and not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.equations.error_surface import Descent, descend, error
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.error_surface import plot_error_surface
from keras_rnn_zoo.views.command_file import write_csv

# The window holds the paper's (about 4.6 to 5.4 and -2.8 to -2.0).
W, B = np.linspace(4.5, 5.5, 401), np.linspace(-2.9, -1.9, 401)


def draw_error_surface(
    output: Path,
    command: str,
    start: tuple[float, float] = (5.2, -2.2),
    learning_rate: float = 0.05,
    clip_norm: float = 0.5,
    updates: int = 150,
) -> dict[str, Descent]:
    """Draws Pascanu et al. 2013, fig. 6: E_50 over w and b, and two descents from one start, without and with clipping.

    The descents' points, errors and gradient norms go into a CSV file beside the picture.

    Args:
        output: the picture's file.
        command: what makes it, for the CSV file.
        start: w and b, within 4.5 to 5.5 and -2.9 to -1.9.
        learning_rate, clip_norm, updates: of the descents, see `equations.error_surface.descend`.

    Returns:
        The descents by name.

    Raises:
        ZooError: an argument is out of its range.
    """
    if not (W[0] <= start[0] <= W[-1] and B[0] <= start[1] <= B[-1]):
        raise ZooError(
            f"The start should have w from {W[0]} to {W[-1]} and b from {B[0]} to {B[-1]}, received {start}."
        )
    descents = {
        "gradient descent": descend(start, learning_rate, updates),
        f"clipped to norm {clip_norm:g}": descend(start, learning_rate, updates, clip_norm),
    }
    ways = {name: (descent.points, descent.errors) for name, descent in descents.items()}
    plot_error_surface(W, B, error(W, B[:, None]), ways, output)
    write_csv(output.with_suffix(".csv"), command, [row for item in descents.items() for row in _rows(*item)])
    return descents


def _rows(name: str, descent: Descent) -> list[dict]:
    columns = zip(descent.points.tolist(), descent.errors.tolist(), descent.norms.tolist())
    return [
        {"descent": name, "update": number, "w": w, "b": b, "error": height, "gradient_norm": norm}
        for number, ((w, b), height, norm) in enumerate(columns)
    ]
