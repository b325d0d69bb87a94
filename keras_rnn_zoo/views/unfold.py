"""A model's recurrent graph, folded and unfolded."""

from __future__ import annotations

from pathlib import Path

import keras

from keras_rnn_zoo.plots.unfold import plot_unfold
from keras_rnn_zoo.views.recurrent_graph import recurrent_graph


def draw_unfolded(model: keras.Model, output: Path) -> Path:
    """Draws the folded and the unfolded graph of a model side by side (Goodfellow et al. 2016, fig. 10.3).

    Args:
        model: of any builder, or a sequential or functional model of one's own.
        output: the picture's file, `.png` or `.svg`.

    Raises:
        ZooError: the model has no recurrent layer, or is wired in a way that cannot be drawn.
    """
    return plot_unfold(recurrent_graph(model), output, title=model.name)
