"""What back-propagation through time carries back in a small network, by the size of its recurrent weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.equations.bptt import Parameters, Terms, back_propagate, by_loss
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.bptt import BPTTNorms, plot_bptt
from keras_rnn_zoo.views.command_file import write_csv

_INPUTS, _CLASSES = 5, 4
_SMALL = 1e-3  # standard deviation of U: the states start where tanh is linear


def draw_bptt(
    output: Path,
    command: str,
    spectral_radii: Sequence[float] = (0.5, 1.0, 1.5),
    steps: int = 30,
    units: int = 20,
    seed: int = 0,
) -> list[BPTTNorms]:
    """Draws the terms of eqs. 10.18-10.26 (Goodfellow et al. 2016) for networks that differ in their recurrent kernel's
    size alone.

    The kernel is a random orthogonal matrix times the spectral radius, so that all its eigenvalues and all its singular
    values have that absolute value; x and y are random. The norms go into a CSV file beside the picture.

    Args:
        output: the picture's file.
        command: what makes it, for the CSV file.
        spectral_radii: above 0, each once; a column each.
        steps: of the sequence, at least 2.
        units: of the hidden layer, at least 1.
        seed: of all that is random.

    Raises:
        ZooError: an argument is out of its range.
    """
    radii = list(spectral_radii)
    if not radii or len(set(radii)) < len(radii) or not all(0 < radius < np.inf for radius in radii):
        raise ZooError(f"The spectral radii should be finite, above 0 and different from each other, received {radii}.")
    if steps < 2 or units < 1:
        raise ZooError(f"Expected at least 2 steps and 1 unit, received {steps} and {units}.")
    networks = [_norms(radius, *_terms(radius, steps, units, seed)) for radius in radii]
    plot_bptt(networks, output)
    write_csv(output.with_suffix(".csv"), command, [row for pair in zip(radii, networks) for row in _rows(*pair)])
    return networks


def _terms(radius: float, steps: int, units: int, seed: int) -> tuple[Parameters, Terms]:
    """The same draws for every radius."""
    rng = np.random.default_rng(seed)
    orthogonal, upper = np.linalg.qr(rng.normal(size=(units, units)))
    parameters = Parameters(
        U=_SMALL * rng.normal(size=(units, _INPUTS)),
        W=radius * orthogonal * np.sign(np.diag(upper)),
        V=rng.normal(size=(_CLASSES, units)) / np.sqrt(units),
        b=np.zeros(units),
        c=np.zeros(_CLASSES),
    )
    x, y = rng.normal(size=(steps, _INPUTS)), rng.integers(_CLASSES, size=steps)
    return parameters, back_propagate(parameters, x, y)


def _norms(radius: float, parameters: Parameters, terms: Terms) -> BPTTNorms:
    return BPTTNorms(
        title=f"spectral radius {radius:g}",
        by_loss=np.linalg.norm(by_loss(parameters, terms), axis=-1),
        grad_h=np.linalg.norm(terms.grad_h, axis=-1),
        contributions=np.linalg.norm(terms.contributions.W, axis=(1, 2)),
    )


def _rows(radius: float, norms: BPTTNorms) -> list[dict]:
    columns = zip(norms.grad_h.tolist(), norms.by_loss[:, -1].tolist(), norms.contributions.tolist())
    return [
        {"spectral_radius": radius, "step": t, "grad_h": whole, "grad_h_of_last_loss": last, "grad_W_of_step": part}
        for t, (whole, last, part) in enumerate(columns, start=1)
    ]
