"""Examples of a dataset, side by side: pictures, videos as rows of frames, sequences as maps."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_rnn_zoo.plots.legible import legible

DRAWN, _FRAMES = 8, 10


def plot_examples(examples: Sequence[np.ndarray], captions: Sequence[str], path, title: str) -> Path:
    """Draws up to 8 examples into a `.png` or `.svg` file.

    Args:
        examples: each a picture `(height, width, channels)` from 0 to 1, a video `(frames, height, width, channels)`, of
            which ten frames are shown, a sequence `(timesteps, features)`, or a vector `(features,)`.
        captions: what stands above each.
        path: the file.
        title: above all.
    """
    from matplotlib.figure import Figure

    examples, captions = list(examples)[:DRAWN], list(captions)[:DRAWN]
    columns = 4 if examples[0].ndim == 3 else 1 if examples[0].ndim == 4 else 2
    rows = -(-len(examples) // columns)
    height = 1.1 if examples[0].ndim == 4 else 1.9
    figure = Figure(figsize=(11, height * rows + 0.5), layout="constrained")
    figure.suptitle(title)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in places[len(examples) :]:
        axes.set_axis_off()
    for axes, example, caption in zip(places, examples, captions):
        _draw(axes, example)
        axes.set_title(legible(textwrap.shorten(caption, 90 // columns * 2, placeholder=" ...")), fontsize=8, wrap=True)
    figure.savefig(path, dpi=110)
    return Path(path)


def _draw(axes, example: np.ndarray):
    if example.ndim >= 3:
        picture = _filmstrip(example) if example.ndim == 4 else example
        axes.imshow(picture.squeeze(-1) if picture.shape[-1] == 1 else picture, cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
    elif example.ndim == 1:
        axes.plot(example, linewidth=0.6)
        axes.set(xlabel="feature", xlim=(0, len(example) - 1))
    else:
        axes.imshow(example.T, origin="lower", aspect="auto", interpolation="nearest")
        axes.set(xlabel="step", ylabel="feature")


def _filmstrip(video: np.ndarray) -> np.ndarray:
    chosen = np.unique(np.linspace(0, len(video) - 1, _FRAMES).astype(int))
    return np.concatenate(video[chosen], axis=1)
