"""What `GradientFlow` keeps in its folder."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

from keras_rnn_zoo.plots.gradient_flow import plot_gradient_flow


def write_flow(flow, folder: Path, draw: bool):
    """Writes everything that `flow` has seen so far, each file whole.

    Args:
        flow: a `GradientFlow`.
        draw: the picture too.
    """
    _write(folder / "gradient_flow.csv", ("epoch", "layer", "timestep", "mean", "median"), _steps(flow))
    _write(folder / "gradient_flow_summary.csv", ("epoch", "layer", "quantity", "value"), _quantities(flow))
    _write(folder / "gradient_flow_updates.csv", ("epoch", "update", "norm", "clipped_norm"), _updates(flow))
    if draw:
        temporary = folder / "gradient_flow.writing.png"
        plot_gradient_flow(flow.error_norms, flow.updates, temporary)
        os.replace(temporary, folder / "gradient_flow.png")


def _steps(flow):
    for epoch, layers in flow.error_norms.items():
        for layer, means in layers.items():
            for t, (mean, median) in enumerate(zip(means, flow.error_medians[epoch][layer], strict=True)):
                if not math.isnan(mean) or not math.isnan(median):
                    yield epoch, layer, t, float(mean), float(median)


def _quantities(flow):
    for epoch, layers in flow.summary.items():
        for layer, quantities in layers.items():
            for quantity, value in quantities.items():
                yield epoch, layer, quantity, value


def _updates(flow):
    for epoch, norms in flow.updates.items():
        for number, (before, after) in enumerate(norms.tolist(), start=1):
            yield epoch, number, before, after


def _write(path: Path, names, rows):
    temporary = path.with_suffix(".writing")
    with open(temporary, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    os.replace(temporary, path)
