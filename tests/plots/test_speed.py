"""The picture of `bench speed`: every figure is in it, told apart without colours."""

import warnings

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from keras_rnn_zoo.plots.speed import plot_speed

SHAPES = [[32, 100, 64, 128], [64, 200, 128, 256]]


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were saved; a warning is an error."""
    figures, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **o: (figures.append(figure), save(figure, *a, **o)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield figures


def row(cell, shape, zoo, torch, limit, masked=False, options={}, **more):
    ratio = {"zoo": zoo, "torch.nn": torch, "limit": limit, **more}
    return {"cell": cell, "cell_options": options, "shape": shape, "masked": masked, "training": {"ratio": ratio}}


def heights(axes):
    return [round(bar.get_height(), 2) for bar in axes.patches]


def test_a_panel_for_each_shape(tmp_path, drawn):
    rows = [
        row("lstm", SHAPES[0], 1.25, 2.5, 4),
        row("lstm", SHAPES[0], 1.5, None, None, masked=True),
        row("deep_transition", SHAPES[1], 0.5, None, 3, options={"shortcut": True}),
    ]
    path = plot_speed({"rows": rows}, tmp_path / "speed.png")
    first, second = drawn[0].axes
    assert path.read_bytes().startswith(b"\x89PNG")
    assert heights(first) == [1.25, 2.5, 4, 1.5] and heights(second) == [0.5, 3]
    assert [text.get_text() for text in first.texts] == ["1.25", "2.50", "4.00", "1.50"]
    assert [label.get_text() for label in first.get_xticklabels()] == ["lstm", "lstm\nmasked"]
    assert second.get_xticklabels()[0].get_text() == "deep_transition\nshortcut=True"
    assert "batch 64, 200 time steps, 128 features, 256 units" in second.get_title()
    assert {line.get_ydata()[0] for axes in (first, second) for line in axes.lines} == {1}


def test_ways_are_told_apart_without_colours(tmp_path, drawn):
    plot_speed({"rows": [row("lstm", SHAPES[0], 1, 2, 3, **{"cuDNN LSTM": 4})]}, tmp_path / "speed.png")
    bars = drawn[0].axes[0].patches
    assert len({(bar.get_facecolor(), bar.get_hatch()) for bar in bars}) == 4
    assert all(len(set(to_rgb(bar.get_facecolor()))) == 1 for bar in bars)
    names = [text.get_text() for text in drawn[0].legends[0].get_texts()]
    assert sorted(names) == ["cuDNN LSTM", "limit", "stock Keras", "torch.nn", "zoo"]
    places = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars)
    assert all(one[1] <= other[0] for one, other in zip(places, places[1:]))
